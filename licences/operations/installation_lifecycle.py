"""How installations and registrations begin and end: shared by registering, releasing, re-licensing and emergencies.

Callers have locked the serial. They record the events.
"""

from dataclasses import asdict
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from licences.database.compiled import insert_row, update_fields
from licences.domain.details import RegistrationDetails
from licences.domain.entitlements import Coverage, may_run
from licences.domain.errors import Refusal
from licences.domain.installation_proof import InstallationProof
from licences.domain.versions import Versions
from licences.models import Installation, Registration, Serial
from licences.operations import search
from licences.operations.installation_proof import initial_proof_columns


def refuse_blocked_serial(serial: Serial) -> None:
    """Refuse to go on with a serial that a supervisor has blocked. ``Refusal``: ``serial-blocked``."""
    if serial.blocked_at is not None:
        raise Refusal("serial-blocked", field="serial")


def require_lawful_versions(serial: Serial, versions: Versions, *, on: date) -> Coverage:
    """Refuse versions that need Software Assurance on a day without it; store the highest version run lawfully.

    Returns the coverage by which they were judged. ``Refusal``: ``software-assurance-required``. Rule:
    docs/decisions.md#lawful-versions.
    """
    coverage = serial.coverage()
    for field, version in (("server_version", versions.server), ("client_version", versions.client)):
        ruling = may_run(version, coverage, on=on)
        if not ruling.allowed:
            raise Refusal(ruling.reason, field=field, **ruling.parameters)
    highest = max(versions.server, versions.client)
    if coverage.highest_version is None or highest > coverage.highest_version:
        serial.highest_version = str(highest)
        update_fields(serial, "highest_version")
    return coverage


def begin_installation(
    serial: Serial,
    site_id: str,
    versions: Versions,
    *,
    origin: Installation.Origin,
    proof: InstallationProof | None = None,
) -> Installation:
    """Insert a live installation of a serial, and return it.

    ``site_id`` is canonical; ``proof`` is that of the server that begins it, None if staff do. ``Refusal``:
    ``site-id-in-use`` (docs/domain.md#one-live-installation).
    """
    taken_over = origin == Installation.Origin.TAKEN_OVER
    proof_columns = {} if taken_over else initial_proof_columns(serial, site_id, proof)
    try:
        with transaction.atomic():  # a savepoint, so that the transaction survives a violated constraint
            return insert_row(
                Installation(
                    serial=serial,
                    site_id=site_id,
                    origin=origin,
                    server_version=str(versions.server),
                    client_version=str(versions.client),
                    began_at=timezone.now(),
                    **proof_columns,
                )
            )
    except IntegrityError:
        raise Refusal("site-id-in-use", field="site_id") from None


def end_installation(installation: Installation, reason: Installation.EndReason) -> None:
    """End a live installation now, for ``reason``; also stores its ``reported_release_code``."""
    installation.ended_at = timezone.now()
    installation.end_reason = reason
    installation.save(update_fields=["ended_at", "end_reason", "reported_release_code"])


def end_previous_installation(serial: Serial, reason: Installation.EndReason) -> Installation | None:
    """Return the installation whose release code a re-licensing has to show, and end it for ``reason`` if it is live.

    Without a live installation of the serial it is the latest that was released, or replaced in an emergency, and whose
    release is not used up yet. None if there is none of these.
    """
    is_released = Q(end_reason__in=(Installation.EndReason.RELEASED, Installation.EndReason.EMERGENCY))
    previous = serial.installations.filter(Q(ended_at=None) | is_released, release_use=None).first()  # newest first
    if previous is not None and previous.is_live:
        end_installation(previous, reason)
    return previous


def store_reported_versions(live: Installation, versions: Versions) -> bool:
    """Store the versions that a live installation reports; returns whether they differ from those stored before."""
    reported = (str(versions.server), str(versions.client))
    if reported == (live.server_version, live.client_version):
        return False
    live.server_version, live.client_version = reported
    live.save(update_fields=["server_version", "client_version"])
    return True


def known_release_codes(installation: Installation) -> set[str]:
    """The canonical release codes of an installation: of its unlock codes on record, and of those its server proved.

    Empty for an installation from an older system: its release code cannot be verified.
    """
    known = set(installation.unlock_codes.values_list("release_code", flat=True))
    return known | {code for _sequence, code in installation.proved_release_codes}


def enter_registration(
    installation: Installation, details: RegistrationDetails, *, by: str, reason: str = ""
) -> Registration:
    """Insert a registration of an installation's serial, and update its search texts; returns the registration.

    ``details`` are stored as entered, whatever they are. ``reason`` says why earlier details were replaced; it is empty
    for the first registration.
    """
    registration = Registration(
        serial=installation.serial,
        installation=installation,
        reason=reason,
        entered_by=by,
        entered_at=timezone.now(),
        **asdict(details),
    )
    insert_row(registration)
    search.refresh_serials([installation.serial_id])
    return registration
