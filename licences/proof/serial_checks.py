"""Checks of installations and registrations: on which site ID a serial number runs, how often, by whom and to whom it
was registered.

Events hold who registered and to which name, but no address, because that may be erased. Installations taken over from
an older system have one event for the whole file, so the registration that came with them is not compared.
"""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from licences.domain.codes import grouped
from licences.models import Event, Installation, Registration, Serial
from licences.proof.findings import Judges, LogFinding

Kind = Event.Kind
_BEGINNING = (Kind.REGISTERED, Kind.RELICENSED, Kind.EMERGENCY_ISSUED)
_ENDING = (Kind.RELEASED, Kind.EMERGENCY_WITHDRAWN)
_REGISTERING = (Kind.REGISTERED, Kind.REGISTRATION_RENEWED, Kind.TRANSFERRED)
_KINDS = sorted({*_BEGINNING, *_ENDING, *_REGISTERING})


def _judge_serials(batch: list[Serial]) -> Iterator[LogFinding]:
    """Findings about the installations and registrations of these serial numbers."""
    events = defaultdict(list)
    for event in Event.objects.filter(serial__in=[each.code for each in batch], kind__in=_KINDS).order_by("pk"):
        events[event.serial].append(event)
    installations, registrations = defaultdict(list), defaultdict(list)
    for installation in Installation.objects.filter(serial__in=batch).order_by("pk"):
        installations[installation.serial_id].append(installation)
    for registration in Registration.objects.filter(serial__in=batch).order_by("pk"):
        registrations[registration.serial_id].append(registration)
    for each in batch:
        yield from _installation_findings(each, installations[each.pk], events[each.code])
        yield from _registration_findings(each, installations[each.pk], registrations[each.pk], events[each.code])


# --- Where it runs -----------------------------------------------------------------------------------


def _installation_findings(
    serial: Serial, installations: list[Installation], events: list[Event]
) -> Iterator[LogFinding]:
    """A finding if the serial number runs elsewhere than the last event that begins or ends an installation says.

    Without such an event nothing is known, and nothing is found.
    """
    changes = [event for event in events if event.kind in (*_BEGINNING, *_ENDING) and not event.details.get("repeated")]
    if not changes:
        return
    logged_site_id = ""
    for event in changes:
        if event.kind in _BEGINNING:
            logged_site_id = event.details["site_id"]
        elif logged_site_id == event.details["site_id"]:
            logged_site_id = ""
    stored_site_id = next((each.site_id for each in installations if each.is_live), "")
    if stored_site_id != logged_site_id:
        about = {
            "serial": grouped(serial.code),
            "live": _site_id_or_none(stored_site_id),
            "logged": _site_id_or_none(logged_site_id),
        }
        yield LogFinding("installation-differs", "serial", serial.pk, about)


def _site_id_or_none(site_id: str) -> str:
    """The grouped site ID for a sentence, or words that say that there is none."""
    return grouped(site_id) if site_id else "no PC"


# --- To whom it is registered ------------------------------------------------------------------------


def _registration_findings(
    serial: Serial, installations: list[Installation], registrations: list[Registration], events: list[Event]
) -> Iterator[LogFinding]:
    logged = [event for event in events if event.kind in _REGISTERING and _has_registration(event)]
    taken_over = sum(each.origin == Installation.Origin.TAKEN_OVER for each in installations)
    if len(registrations) != taken_over + len(logged):
        about = {"serial": grouped(serial.code), "stored": len(registrations), "logged": taken_over + len(logged)}
        yield LogFinding("registrations-differ", "serial", serial.pk, about)
        return
    for registration, event in zip(registrations[taken_over:], logged, strict=True):
        if not _matches_event(registration, event):
            yield LogFinding("registration-differs", "registration", registration.pk, {"event": event.pk})


def _has_registration(event: Event) -> bool:
    """Whether a registration was written with the event; a transfer of a serial number that runs nowhere has none."""
    return event.kind != Kind.TRANSFERRED or event.details.get("registration") is not None


def _matches_event(registration: Registration, event: Event) -> bool:
    """Whether a registration is as its event says. Names are compared only where neither was erased."""
    name = event.personal.get("registered_name")
    if name and registration.name and name != registration.name:
        return False
    if event.kind == Kind.TRANSFERRED and event.details["registration"] != registration.pk:
        return False
    return (registration.entered_by, registration.reason) == (event.actor, event.details.get("reason", ""))


JUDGES: Judges = [
    (Serial.objects.filter(Exists(Installation.objects.filter(serial=OuterRef("pk")))).order_by("pk"), _judge_serials),
]
