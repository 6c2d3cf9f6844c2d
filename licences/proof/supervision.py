"""What the log vouches for of emergencies, of what supervisors agreed to, and of blocks.

Of an emergency the events hold all but its keys: who issued it and why, until when, and how it ended. Of an approval
they hold what it was about, who agreed and why, and how much had been counted where that was a limit.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet

from licences.domain.codes import grouped
from licences.domain.decisions import Hold
from licences.models import Approval, Emergency, Event, Serial
from licences.proof.findings import Finding

Kind = Event.Kind
SETTLING = {
    Kind.EMERGENCY_SETTLED: Emergency.Outcome.RELEASE_CODE,
    Kind.EMERGENCY_DECIDED: Emergency.Outcome.DECIDED,
    Kind.EMERGENCY_WITHDRAWN: Emergency.Outcome.WITHDRAWN,
}
_UNTOLD = -1
_HOLDS = frozenset(hold.value for hold in Hold)
_AGREEING = [Kind.RELICENSING_AGREED, Kind.RELICENSING_DECIDED, Kind.EMERGENCY_ISSUED, Kind.EMERGENCY_DECIDED]
Agreed = tuple[int, int, int, str, str, str, int]


# --- Emergencies -------------------------------------------------------------------------------------


def _emergencies() -> QuerySet[Emergency]:
    related = ("serial", "request", "earlier", "installation", "permanent_code")
    return Emergency.objects.select_related(*related).order_by("pk")


def _judge_emergencies(batch: list[Emergency]) -> Iterator[Finding]:
    begun, ended = _told_of({each.serial.code for each in batch})
    for each in batch:
        event = begun.get(each.pk)
        if event is None:
            yield Finding("emergency-without-event", "emergency", each.pk)
        elif _begun(each) != _begun_as_told(event):
            yield Finding("emergency-differs", "emergency", each.pk, {"event": event.pk})
        end = ended.get(each.pk)
        if end is None:
            if not each.is_open:
                yield Finding("settlement-without-event", "emergency", each.pk)
        elif _ended(each) != _ended_as_told(end):
            yield Finding("emergency-differs", "emergency", each.pk, {"event": end.pk})


def _told_of(serials: set[str]) -> tuple[dict[int, Event], dict[int, Event]]:
    """Emergency → the event that it began with, and the one that it ended with."""
    kinds = [Kind.EMERGENCY_ISSUED, *SETTLING]
    told = list(Event.objects.filter(serial__in=serials, kind__in=kinds).order_by("pk"))
    begun = {event.details["emergency"]: event for event in told if event.kind == Kind.EMERGENCY_ISSUED}
    return begun, {event.details["emergency"]: event for event in told if event.kind != Kind.EMERGENCY_ISSUED}


def _begun(each: Emergency) -> tuple[object, ...]:
    last_day, places = str(each.expires_on), (each.installation.site_id, each.earlier.site_id)
    return each.serial.code, each.issued_by, each.reason, each.request_id, last_day, *places


def _begun_as_told(event: Event) -> tuple[object, ...]:
    names = ("reason", "request", "expires_on", "site_id", "earlier_site_id")
    return event.serial, event.actor, *(event.details.get(name) for name in names)


def _ended(each: Emergency) -> tuple[object, ...]:
    code = each.permanent_code
    return each.outcome, each.settled_by, each.settled_reason, code.sequence if code else None


def _ended_as_told(event: Event) -> tuple[object, ...]:
    outcome = SETTLING[Kind(event.kind)].value
    return outcome, event.actor, event.details.get("reason", ""), event.details.get("sequence")


# --- Approvals ---------------------------------------------------------------------------------------


def _approvals() -> QuerySet[Approval]:
    return Approval.objects.select_related("checklist").order_by("pk")


def _judge_approvals(batch: list[Approval]) -> Iterator[Finding]:
    requests = {each.checklist.request_id for each in batch if each.checklist}
    emergencies = {each.emergency_id for each in batch if each.emergency_id}
    events = Event.objects.filter(kind__in=_AGREEING)
    told = {
        agreed
        for found in (
            events.filter(details__request__in=sorted(requests)),
            events.filter(details__emergency__in=sorted(emergencies)),
        )
        for event in found
        for agreed in _agreed_in(event)
    }
    for each in batch:
        if told.isdisjoint((_agreed(each), _uncounted(each))):
            yield Finding("approval-without-event", "approval", each.pk)


def _agreed(each: Approval) -> Agreed:
    check = each.checklist
    about = (check.request_id, check.number, 0) if check else (0, 0, each.emergency_id or 0)
    return *about, each.subject, each.reason, each.approved_by, each.counted


def _uncounted(each: Approval) -> Agreed:
    """As the events of before told it: how much had been counted was in none."""
    return *_agreed(each)[:-1], _UNTOLD


def _agreed_in(event: Event) -> Iterator[Agreed]:
    """All that somebody agreed to by an event."""
    details = event.details
    for_good = event.kind == Kind.EMERGENCY_DECIDED or (
        event.kind == Kind.RELICENSING_AGREED and "emergency" in details
    )
    about = (0, 0, details["emergency"]) if for_good else (details["request"], details["check"], 0)
    counted = {name: each["count"] for name, each in details.get("counted", {}).items()}
    for subject in _subjects(event):
        yield *about, subject, details["reason"], event.actor, counted.get(subject, _UNTOLD if subject in _HOLDS else 0)


def _subjects(event: Event) -> list[str]:
    if event.kind == Kind.EMERGENCY_ISSUED:
        return [Approval.Subject.EMERGENCY.value]
    if event.kind == Kind.EMERGENCY_DECIDED:
        return [Approval.Subject.FOR_GOOD.value]
    return [*event.details["items"], *event.details.get("agreed", ())]


# --- What events say of both: is it there? -----------------------------------------------------------


def _events() -> QuerySet[Event]:
    return Event.objects.filter(kind__in=_AGREEING).order_by("pk")


def _judge_events(batch: list[Event]) -> Iterator[Finding]:
    yield from _missing_emergencies([event for event in batch if event.kind == Kind.EMERGENCY_ISSUED])
    kept = _kept(batch)
    for event in batch:
        if not set(_to_be_kept(event)) <= kept:
            yield Finding("approval-missing", "event", event.pk)


def _missing_emergencies(issued: list[Event]) -> Iterator[Finding]:
    told = {event.details["emergency"]: event.pk for event in issued}
    there = set(Emergency.objects.filter(pk__in=told).values_list("pk", flat=True))
    for emergency, event in told.items():
        if emergency not in there:
            yield Finding("emergency-missing", "event", event, {"emergency": emergency})


def _kept(batch: Iterable[Event]) -> set[Agreed]:
    requests = [event.details["request"] for event in batch if "request" in event.details]
    emergencies = [event.details["emergency"] for event in batch if "emergency" in event.details]
    approvals = _approvals()
    found = (
        approvals.filter(checklist__request__in=requests),
        approvals.filter(emergency__in=emergencies),
    )
    return {agreed for rows in found for each in rows for agreed in (_agreed(each), _uncounted(each))}


def _to_be_kept(event: Event) -> Iterator[Agreed]:
    """Items were decided before there were approvals, and their decisions are judged by themselves."""
    for agreed in _agreed_in(event):
        if event.kind != Kind.RELICENSING_DECIDED or agreed[3] in _HOLDS:
            yield agreed


# --- Blocks ------------------------------------------------------------------------------------------


def _blocked() -> QuerySet[Serial]:
    """Serials that are blocked, or that somebody once blocked."""
    told = Event.objects.filter(kind=Kind.BLOCKED).order_by().values("serial")
    return Serial.objects.filter(Q(blocked_at__isnull=False) | Q(code__in=told)).order_by("pk")


def _judge_blocks(batch: list[Serial]) -> Iterator[Finding]:
    blocking = Event.objects.filter(kind__in=[Kind.BLOCKED, Kind.UNBLOCKED], serial__in=[each.code for each in batch])
    last = {event.serial: event for event in blocking.order_by("pk")}
    for each in batch:
        event = last.get(each.code)
        told = (True, event.actor, event.details["reason"]) if event and event.kind == Kind.BLOCKED else (False, "", "")
        if (each.blocked_at is not None, each.blocked_by, each.blocked_reason) != told:
            yield Finding("block-differs", "serial", each.pk, {"serial": grouped(each.code)})


JUDGES: list[tuple[Callable[[], QuerySet[Any]], Callable[[list[Any]], Iterator[Finding]]]] = [
    (_emergencies, _judge_emergencies),
    (_approvals, _judge_approvals),
    (_events, _judge_events),
    (_blocked, _judge_blocks),
]
