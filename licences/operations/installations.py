"""A serial's life on its servers: register, update, release."""

from dataclasses import asdict, dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from licences import decisions
from licences.compiled import Compiled, Given, change, insert
from licences.domain.decisions import given_reason
from licences.domain.details import Details
from licences.domain.entitlements import Coverage, Ruling, may_run
from licences.domain.errors import Refusal
from licences.domain.versions import Version
from licences.models import Emergency, Event, Installation, Registration, Serial, UnlockCode
from licences.operations import search
from licences.operations.codes import unlock_code_for
from licences.operations.events import record_event
from licences.operations.follow_ups import make_permanent, record_about, refuse_expired
from licences.operations.locks import lock_serial


@dataclass(frozen=True, slots=True)
class Versions:
    """The Xchange versions that an installation reports."""

    server: Version
    client: Version

    @classmethod
    def parse(cls, *, server: str, client: str) -> "Versions":
        """``Refusal("not-a-version")`` naming the field that is none."""
        read = {}
        for field, text in (("server_version", server), ("client_version", client)):
            try:
                read[field] = Version.parse(text)
            except Refusal as refusal:
                raise Refusal(refusal.code, field=field, **refusal.parameters) from None
        return cls(server=read["server_version"], client=read["client_version"])


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server or a clerk gets back.

    ``changed`` is False where the same call had been answered before; ``began`` says that the installation is new.
    """

    unlock_code: UnlockCode
    changed: bool
    product_names: dict[int, str]
    began: bool = False


@transaction.atomic
def register(*, serial: str, site_id: str, versions: Versions, details: Details, by: str, today: date) -> Answer:
    """Register a serial's first installation with the customer's details (domain.md rules 4, 6 and 9).

    ``serial`` and ``site_id`` are canonical. The live installation again gets its code again; its registration
    stays as it was. ``Refusal``: ``unknown-serial``, ``serial-blocked``, ``serial-in-use``,
    ``relicensing-required``, ``site-id-in-use``, ``nothing-licensed``, ``software-assurance-required``,
    ``details-missing``, ``emergency-expired``.
    """
    details.require_all_four()
    held = lock_serial(serial)
    refuse_blocked(held)
    live = _live_or_latest(held)
    if live is not None and not live.is_live:
        raise Refusal("relicensing-required", field="serial")
    if live is not None and live.site_id != site_id:
        raise Refusal("serial-in-use", field="serial")
    coverage = require_versions(held, versions, on=today)
    made_for = UnlockCode.Occasion.REGISTRATION
    if live is not None:
        return _refresh(live, versions, coverage, occasion=made_for, by=by, today=today)
    live = begin_installation(held, site_id, versions, origin=Installation.Origin.REGISTERED)
    enter_registration(live, details, by=by)
    until = coverage.assured_until
    made = unlock_code_for(live, assured_until=until, occasion=made_for, by=by, customer=details.name)
    _record(Event.Kind.REGISTERED, live, by=by, sequence=made.code.sequence, registered_name=details.name)
    return Answer(made.code, changed=True, product_names=made.product_names, began=True)


def _live_or_latest(serial: Serial, site_id: str | None = None) -> Installation | None:
    """The live installation of a serial, or else the one that ended last; of one site ID, if that is given."""
    if site_id is None:
        found = _LIVE_OR_LATEST.first(serial=serial.pk)
    else:
        found = _LIVE_OR_LATEST_THERE.first(serial=serial.pk, site_id=site_id)
    if found is not None:
        found.serial = serial
    return found


def _by_life() -> QuerySet[Installation]:
    live_first = F("ended_at").desc(nulls_first=True)
    return Installation.objects.filter(serial=Given("serial", like=0)).order_by(live_first, "-pk")


_LIVE_OR_LATEST = Compiled(lambda: _by_life()[:1])
_LIVE_OR_LATEST_THERE = Compiled(lambda: _by_life().filter(site_id=Given("site_id", like=""))[:1])


@transaction.atomic
def update(*, serial: str, site_id: str | None, versions: Versions | None, by: str, today: date) -> Answer:
    """Give the live installation the code for what its serial is worth now (domain.md rule 7).

    ``site_id`` is None for whichever installation is live; ``versions`` is None where nobody said which run.
    ``Refusal``: ``unknown-serial`` (also for a site ID that never held the serial), ``serial-never-registered``,
    ``relicensing-required`` (released), ``serial-blocked``, ``nothing-licensed``,
    ``software-assurance-required``, ``emergency-expired``.
    """
    held = lock_serial(serial)
    refuse_blocked(held)
    live = _live_installation(held, site_id)
    coverage = held.coverage() if versions is None else require_versions(held, versions, on=today)
    return _refresh(live, versions, coverage, occasion=UnlockCode.Occasion.UPDATE, by=by, today=today)


def _live_installation(serial: Serial, site_id: str | None) -> Installation:
    live = _live_or_latest(serial, site_id)
    if live is None:
        raise Refusal("serial-never-registered" if site_id is None else "unknown-serial", field="serial")
    if not live.is_live:
        raise Refusal("relicensing-required", field="serial")
    return live


def judge_upgrade(*, serial: str, site_id: str, to: Version, today: date) -> Ruling:
    """Whether the live installation may step up to a version; nothing is changed by asking (domain.md rule 10).

    ``Refusal``: as ``update``, but for ``software-assurance-required``, which is the answer here.
    """
    held = Serial.objects.filter(code=serial).first()
    if held is None:
        raise Refusal("unknown-serial", field="serial")
    refuse_blocked(held)
    refuse_expired(_live_installation(held, site_id), on=today)
    return may_run(to, held.coverage(), on=today)


@transaction.atomic
def release(*, serial: str, site_id: str, release_code: str, by: str) -> Installation:
    """End an installation that gave its serial back over the web, proved by its release code (canonical).

    An installation from an older system has no code to check by; what it reports is recorded. Reported again, or
    after a re-licensing has ended it, it is the same answer. An emergency that waits for this code is settled, unless
    the serial has had more wrong codes than staff may let pass: then its supervisor has to. ``Refusal``:
    ``unknown-serial``, ``release-code-wrong``, ``serial-blocked``.
    """
    held = lock_serial(serial)
    refuse_blocked(held)
    installation = held.installations.filter(site_id=site_id).first()  # newest first
    if installation is None:
        raise Refusal("unknown-serial", field="serial")
    known = _release_codes(installation)
    gives_back = installation.is_live and release_code in known
    late = None if gives_back else _reported_late(held, site_id, release_code, by=by)
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
    _record(Event.Kind.RELEASED, installation, by=by, proved=bool(known))
    return installation


def _release_codes(installation: Installation) -> set[str]:
    return set(installation.unlock_codes.values_list("release_code", flat=True))


def _reported_late(serial: Serial, site_id: str, release_code: str, *, by: str) -> Installation | None:
    """The earlier installation of an emergency that has waited for this code, or for any if none can be checked."""
    emergency = decisions.open_emergencies().filter(serial=serial, earlier__site_id=site_id).first()
    if emergency is None:
        return None
    earlier, known = emergency.earlier, _release_codes(emergency.earlier)
    if known and release_code not in known:
        return None
    other = earlier.reported_release_code not in ("", release_code)
    if not known and (other or release_code in _release_codes(emergency.installation)):
        return None
    emergency.serial = earlier.serial = emergency.installation.serial = serial
    if earlier.reported_release_code != release_code:
        earlier.reported_release_code = release_code
        earlier.save(update_fields=["reported_release_code"])
        record_about(Event.Kind.EMERGENCY_CODE_REPORTED, emergency, by=by, proved=bool(known))
    if known and not _too_many_wrong_codes(serial):
        make_permanent(emergency, Emergency.Outcome.RELEASE_CODE, by=by, release_code=release_code)
    return earlier


def _too_many_wrong_codes(serial: Serial) -> bool:
    wrong = decisions.wrong_release_codes(serial, now=timezone.now()).count()
    return wrong > decisions.limits().wrong_codes


@transaction.atomic
def renew_registration(*, serial: str, details: Details, reason: str, by: str) -> Registration:
    """Record new details beside the old ones, for a customer who moved or was renamed (decisions.md 5)."""
    details.require_all_four()
    reason = given_reason(reason)
    held = lock_serial(serial)
    installation = held.installations.first()
    if installation is None:
        raise Refusal("serial-never-registered", field="serial")
    registration = enter_registration(installation, details, reason=reason, by=by)
    _record(Event.Kind.REGISTRATION_RENEWED, installation, by=by, registered_name=details.name, reason=reason)
    return registration


# --- Shared with re-licensing (the caller holds the serial) ----------------------------------------


def refuse_blocked(serial: Serial) -> None:
    if serial.blocked_at is not None:
        raise Refusal("serial-blocked", field="serial")


def require_versions(serial: Serial, versions: Versions, *, on: date) -> Coverage:
    """Refuse versions that need Software Assurance; remember the highest that was lawful.

    Returns the coverage by which they were judged.
    """
    coverage = serial.coverage()
    for field, version in (("server_version", versions.server), ("client_version", versions.client)):
        ruling = may_run(version, coverage, on=on)
        if not ruling.allowed:
            raise Refusal(ruling.reason, field=field, **ruling.parameters)
    highest = max(versions.server, versions.client)
    if coverage.highest_version is None or highest > coverage.highest_version:
        serial.highest_version = str(highest)
        change(serial, "highest_version")
    return coverage


def begin_installation(
    serial: Serial, site_id: str, versions: Versions, *, origin: Installation.Origin
) -> Installation:
    try:
        with transaction.atomic():  # a savepoint: the constraint may refuse, and we go on to say so
            return insert(
                Installation(
                    serial=serial,
                    site_id=site_id,
                    origin=origin,
                    server_version=str(versions.server),
                    client_version=str(versions.client),
                    began_at=timezone.now(),
                )
            )
    except IntegrityError:
        raise Refusal("site-id-in-use", field="site_id") from None


def end_installation(installation: Installation, reason: Installation.EndReason) -> None:
    installation.ended_at = timezone.now()
    installation.end_reason = reason
    installation.save(update_fields=["ended_at", "end_reason", "reported_release_code"])


def enter_registration(installation: Installation, details: Details, *, by: str, reason: str = "") -> Registration:
    registration = Registration(
        serial=installation.serial,
        installation=installation,
        reason=reason,
        entered_by=by,
        entered_at=timezone.now(),
        **asdict(details),
    )
    insert(registration)
    search.refresh([installation.serial_id])
    return registration


def _refresh(
    live: Installation,
    versions: Versions | None,
    coverage: Coverage,
    *,
    occasion: UnlockCode.Occasion,
    by: str,
    today: date,
) -> Answer:
    """Bring a live installation's versions and code up to date; an event only if something changed."""
    made = unlock_code_for(live, assured_until=coverage.assured_until, occasion=occasion, by=by)
    if made.code.expires_on is not None and made.code.expires_on < today:
        raise Refusal("emergency-expired", field="serial", until=made.code.expires_on)
    moved = versions is not None and note_versions(live, versions)
    if made.is_new or moved:
        _record(Event.Kind.LICENCES_UPDATED, live, by=by, sequence=made.code.sequence)
    return Answer(made.code, changed=made.is_new, product_names=made.product_names)


def note_versions(live: Installation, versions: Versions) -> bool:
    """Keep the versions that an installation reports; whether they are others than before."""
    reported = (str(versions.server), str(versions.client))
    if reported == (live.server_version, live.client_version):
        return False
    live.server_version, live.client_version = reported
    live.save(update_fields=["server_version", "client_version"])
    return True


def _record(
    kind: Event.Kind, installation: Installation, *, by: str, registered_name: str = "", **details: object
) -> None:
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
