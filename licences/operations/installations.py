"""Operations on the installations of a serial: register, update, release, and record new registration details."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from licences.database.compiled import CompiledQuery, QueryParameter
from licences.domain.details import RegistrationDetails
from licences.domain.entitlements import Coverage, VersionRuling, may_run
from licences.domain.errors import Refusal
from licences.domain.installation_proof import InstallationProof
from licences.domain.shown_records import refuse_changed
from licences.domain.versions import Version, Versions
from licences.models import Emergency, Event, Installation, Registration, Serial, UnlockCode
from licences.operations.codes import issue_unlock_code
from licences.operations.emergency_settlement import (
    make_emergency_permanent,
    record_emergency_event,
    refuse_expired_emergency,
)
from licences.operations.events import record_event
from licences.operations.installation_lifecycle import (
    begin_installation,
    end_installation,
    enter_registration,
    known_release_codes,
    refuse_blocked_serial,
    require_lawful_versions,
    store_reported_versions,
)
from licences.operations.installation_proof import require_installation_proof
from licences.operations.locks import lock_serial
from licences.operations.reasons import require_reason
from licences.queries import approvals


@dataclass(frozen=True, slots=True)
class ServerLicence:
    """The unlock code that a server or a clerk receives, and the names of its products by slot.

    ``changed`` is False if the code is not new; ``began`` is True if this call began the installation.
    """

    unlock_code: UnlockCode
    changed: bool
    product_names: dict[int, str]
    began: bool = False


@transaction.atomic
def register_installation(
    *,
    serial: str,
    site_id: str,
    versions: Versions,
    details: RegistrationDetails,
    by: str,
    today: date,
    proof: InstallationProof | None = None,
) -> ServerLicence:
    """Register the first installation of a serial with the customer's details, and issue its unlock code.

    ``serial`` and ``site_id`` are canonical. ``proof`` is what a call from a server or visitor sent; None is for staff
    only. Idempotent: the live installation gets its code again, and its registration stays as it was; only other
    versions or licences are an update.

    ``Refusal``: ``details-missing``, ``unknown-serial``, ``serial-blocked``, ``relicensing-required`` (released),
    ``serial-in-use`` (live with another site ID), ``site-id-in-use`` (live with another serial),
    ``installation-not-proved``, ``software-assurance-required``, ``nothing-licensed``, ``codes-exhausted``,
    ``emergency-expired``.

    Rules: docs/domain.md#first-registration, docs/domain.md#registration-details, docs/domain.md#asking-again and
    docs/domain.md#released-serials.
    """
    details.require_all_four()
    locked_serial = lock_serial(serial)
    refuse_blocked_serial(locked_serial)
    live = _live_or_latest(locked_serial)
    if live is not None and not live.is_live:
        raise Refusal("relicensing-required", field="serial")
    if live is not None and live.site_id != site_id:
        raise Refusal("serial-in-use", field="serial")
    if live is not None:
        require_installation_proof(live, proof, by=by)
    coverage = require_lawful_versions(locked_serial, versions, on=today)
    occasion = UnlockCode.Occasion.REGISTRATION
    if live is not None:
        return _refresh_licences(live, versions, coverage, occasion=occasion, by=by, today=today)
    live = begin_installation(locked_serial, site_id, versions, origin=Installation.Origin.REGISTERED, proof=proof)
    enter_registration(live, details, by=by)
    until = coverage.assured_until
    issued = issue_unlock_code(live, assured_until=until, occasion=occasion, by=by, customer=details.name)
    about = {"sequence": issued.code.sequence, **issued.digests()}
    _record_installation_event(Event.Kind.REGISTERED, live, by=by, registered_name=details.name, **about)
    return ServerLicence(issued.code, changed=True, product_names=issued.product_names, began=True)


def _live_or_latest(serial: Serial, site_id: str | None = None) -> Installation | None:
    """The live installation of a serial, else the one that ended last; None if there is none.

    ``site_id`` limits this to installations with that site ID. ``serial`` becomes its related object.
    """
    if site_id is None:
        installation = _LIVE_OR_LATEST.first(serial=serial.pk)
    else:
        installation = _LIVE_OR_LATEST_OF_SITE_ID.first(serial=serial.pk, site_id=site_id)
    if installation is not None:
        installation.serial = serial
    return installation


def _live_first() -> QuerySet[Installation]:
    """A query for the installations of one serial: a live one, then those that ended, the latest first.

    It is compiled once; its parameter ``serial`` is the primary key of the serial.
    """
    live_first = F("ended_at").desc(nulls_first=True)
    return Installation.objects.filter(serial=QueryParameter("serial", like=0)).order_by(live_first, "-pk")


_LIVE_OR_LATEST = CompiledQuery(lambda: _live_first()[:1])
_LIVE_OR_LATEST_OF_SITE_ID = CompiledQuery(lambda: _live_first().filter(site_id=QueryParameter("site_id", like=""))[:1])


@transaction.atomic
def update_installation(
    *,
    serial: str,
    site_id: str | None,
    versions: Versions | None,
    by: str,
    today: date,
    proof: InstallationProof | None = None,
) -> ServerLicence:
    """Return the unlock code for the present licences of the live installation, as after a top-up.

    ``serial`` and ``site_id`` are canonical; ``site_id`` is None for any live installation. ``versions`` are those that
    run now; None leaves the recorded ones. ``proof`` is what a call from a server sent; None is for staff only.
    Idempotent: while nothing has changed, the same code is returned, and there is no event.

    ``Refusal``: ``unknown-serial`` (also for a site ID that never ran the serial), ``serial-blocked``,
    ``registration-required`` (never registered; without a site ID that is ``serial-never-registered``),
    ``relicensing-required`` (released), ``installation-not-proved``, ``software-assurance-required``,
    ``nothing-licensed``, ``codes-exhausted``, ``emergency-expired``.

    Rules: docs/domain.md#top-ups and docs/domain.md#asking-again.
    """
    locked_serial = lock_serial(serial)
    refuse_blocked_serial(locked_serial)
    never = "serial-never-registered" if site_id is None else "registration-required"
    live = _require_live_installation(locked_serial, site_id, never=never)
    require_installation_proof(live, proof, by=by)
    coverage = (
        locked_serial.coverage() if versions is None else require_lawful_versions(locked_serial, versions, on=today)
    )
    return _refresh_licences(live, versions, coverage, occasion=UnlockCode.Occasion.UPDATE, by=by, today=today)


def _require_live_installation(serial: Serial, site_id: str | None, *, never: str = "unknown-serial") -> Installation:
    """The live installation of a serial, with this site ID if one is given.

    ``Refusal``: ``relicensing-required``, ``unknown-serial`` (another site ID), and the code in ``never`` for a serial
    that was never registered.
    """
    live = _live_or_latest(serial, site_id)
    if live is None:
        raise Refusal("unknown-serial" if serial.installations.exists() else never, field="serial")
    if not live.is_live:
        raise Refusal("relicensing-required", field="serial")
    return live


def judge_upgrade(*, serial: str, site_id: str, to: Version, today: date) -> VersionRuling:
    """Judge whether the live installation of a serial may run the version ``to`` today; returns that and the reason.

    ``serial`` and ``site_id`` are canonical. Changes nothing. Needs no proof, because it returns no code. ``Refusal``:
    ``unknown-serial`` (also for a serial that was never registered), ``serial-blocked``, ``relicensing-required``
    (released), ``emergency-expired``. Rule: docs/domain.md#versions-and-software-assurance.
    """
    stored_serial = Serial.objects.filter(code=serial).first()
    if stored_serial is None:
        raise Refusal("unknown-serial", field="serial")
    refuse_blocked_serial(stored_serial)
    refuse_expired_emergency(_require_live_installation(stored_serial, site_id), on=today)
    return may_run(to, stored_serial.coverage(), on=today)


@transaction.atomic
def release_installation(
    *, serial: str, site_id: str, release_code: str, by: str, proof: InstallationProof | None = None
) -> Installation:
    """End an installation whose server reports that it has released its serial; returns the installation.

    ``serial``, ``site_id`` and ``release_code`` are canonical. ``proof`` is what a call from a server sent; None is for
    staff only. The release code of an installation taken over from an older system cannot be verified and is stored as
    reported. If the installation was replaced in an emergency, its release code settles that emergency, unless
    the serial has more than ``WRONG_RELEASE_CODE_LIMIT`` wrong codes: then a supervisor has to. Idempotent: the same
    release reported again, also after a re-licensing, ends nothing more and returns the ended installation.

    ``Refusal``: ``unknown-serial`` (also for a site ID that never ran the serial), ``registration-required`` (never
    registered), ``serial-blocked``, ``installation-not-proved``, ``release-code-wrong``, ``codes-exhausted`` (the
    permanent code of an emergency).

    Rules: docs/domain.md#released-serials, docs/decisions.md#how-an-installation-ends,
    docs/decisions.md#taken-over-installations and docs/decisions.md#dead-pc-and-emergency-codes.
    """
    locked_serial = lock_serial(serial)
    refuse_blocked_serial(locked_serial)
    installation = locked_serial.installations.filter(site_id=site_id).first()  # newest first
    if installation is None:
        raise Refusal(
            "unknown-serial" if locked_serial.installations.exists() else "registration-required", field="serial"
        )
    installation.serial = locked_serial
    require_installation_proof(installation, proof, by=by)
    known = known_release_codes(installation)
    is_regular = installation.is_live and release_code in known
    late = None if is_regular else _accept_late_release_code(locked_serial, site_id, release_code, by=by)
    if late is not None:
        return late
    if known and release_code not in known:
        raise Refusal("release-code-wrong", field="release_code")
    if not installation.is_live:
        if not known and installation.reported_release_code != release_code:
            raise Refusal("release-code-wrong", field="release_code")
        return installation
    installation.reported_release_code = release_code
    end_installation(installation, Installation.EndReason.RELEASED)
    _record_installation_event(Event.Kind.RELEASED, installation, by=by, proved=bool(known))
    return installation


def _accept_late_release_code(serial: Serial, site_id: str, release_code: str, *, by: str) -> Installation | None:
    """Accept the late release code of an installation that was replaced in an emergency, and return that installation.

    ``site_id`` is that of the replaced installation; both codes are canonical. The emergency is settled if the release
    code verifies. If none can be verified, the reported code is stored for the supervisor. None if there is no such
    emergency, or the code is wrong.
    """
    emergency = approvals.open_emergencies().filter(serial=serial, earlier__site_id=site_id).first()
    if emergency is None:
        return None
    earlier, known = emergency.earlier, known_release_codes(emergency.earlier)
    if known and release_code not in known:
        return None
    differs = earlier.reported_release_code not in ("", release_code)
    if not known and (differs or release_code in known_release_codes(emergency.installation)):
        return None
    emergency.serial = earlier.serial = emergency.installation.serial = serial
    if earlier.reported_release_code != release_code:
        earlier.reported_release_code = release_code
        earlier.save(update_fields=["reported_release_code"])
        record_emergency_event(Event.Kind.EMERGENCY_CODE_REPORTED, emergency, by=by, proved=bool(known))
    if known and not _is_over_wrong_code_limit(serial):
        make_emergency_permanent(emergency, Emergency.Outcome.RELEASE_CODE, by=by, release_code=release_code)
    return earlier


def _is_over_wrong_code_limit(serial: Serial) -> bool:
    """Whether a serial has had more than ``WRONG_RELEASE_CODE_LIMIT`` wrong release codes in 24 hours."""
    wrong = approvals.recent_wrong_release_codes(serial, now=timezone.now()).count()
    return wrong > approvals.approval_limits().wrong_codes


@transaction.atomic
def renew_registration(
    *, serial: str, details: RegistrationDetails, reason: str, by: str, shown: Mapping[str, str] | None = None
) -> Registration:
    """Record new registration details for a customer who moved or was renamed, and return the registration.

    ``serial`` is canonical. Earlier registrations stay; every call adds one. ``shown`` are the details of the latest
    registration as the form showed them; None compares nothing. ``Refusal``: ``details-missing``,
    ``reason-missing``, ``reason-too-short``, ``unknown-serial``, ``serial-never-registered``,
    ``changed-meanwhile`` (``shown`` is not the latest). Rule: docs/decisions.md#registrations-are-a-history.
    """
    details.require_all_four()
    reason = require_reason(reason)
    locked_serial = lock_serial(serial)
    installation = locked_serial.installations.first()
    if installation is None:
        raise Refusal("serial-never-registered", field="serial")
    if latest := locked_serial.registrations.first():
        refuse_changed(shown, {name: getattr(latest, name) for name in RegistrationDetails.__dataclass_fields__})
    registration = enter_registration(installation, details, reason=reason, by=by)
    _record_installation_event(
        Event.Kind.REGISTRATION_RENEWED, installation, by=by, registered_name=details.name, reason=reason
    )
    return registration


# --- Shared by registering and updating ----------------------------------------------------------------


def _refresh_licences(
    live: Installation,
    versions: Versions | None,
    coverage: Coverage,
    *,
    occasion: UnlockCode.Occasion,
    by: str,
    today: date,
) -> ServerLicence:
    """Update the versions of a live installation and its unlock code; returns the code with the licences.

    ``versions`` are those that run now; None leaves the recorded ones. ``coverage`` is the Software Assurance by which
    they were judged, ``occasion`` what a new code is issued for. There is an event only if something changed.
    ``Refusal``: ``nothing-licensed``, ``codes-exhausted``, ``emergency-expired``.
    """
    issued = issue_unlock_code(live, assured_until=coverage.assured_until, occasion=occasion, by=by)
    expires_on = issued.code.expires_on
    if expires_on is not None and expires_on < today:
        raise Refusal("emergency-expired", field="serial", until=expires_on)
    has_other_versions = versions is not None and store_reported_versions(live, versions)
    if issued.is_new or has_other_versions:
        _record_installation_event(
            Event.Kind.LICENCES_UPDATED, live, by=by, sequence=issued.code.sequence, **issued.digests()
        )
    return ServerLicence(issued.code, changed=issued.is_new, product_names=issued.product_names)


def _record_installation_event(
    kind: Event.Kind, installation: Installation, *, by: str, registered_name: str = "", **details: object
) -> None:
    """Record an event about an installation, with its site ID, versions and customer. ``details`` are added.

    ``registered_name`` is the name in its registration, for the personal part of the event; empty if that says nothing
    new.
    """
    customer = installation.serial.site.customer
    personal = {"customer": customer.name}
    if registered_name:
        personal["registered_name"] = registered_name
    about = {
        "site_id": installation.site_id,
        "server_version": installation.server_version,
        "client_version": installation.client_version,
        **details,
    }
    record_event(kind, by=by, serial=installation.serial.code, customer=customer, details=about, personal=personal)
