"""Checks of emergencies, approvals by supervisors, and blocks against the event log.

For an emergency the events hold who issued it, why, until when, and how it ended. For an approval they hold what it was
about, who agreed, why, and for a limit how much had been counted.
"""

from collections.abc import Iterable, Iterator

from django.db.models import Q, QuerySet

from licences.domain.approvals import LimitKind
from licences.domain.codes import grouped
from licences.models import Approval, Emergency, Event, Serial
from licences.proof.findings import Judges, LogFinding

Kind = Event.Kind
SETTLING = {
    Kind.EMERGENCY_SETTLED: Emergency.Outcome.RELEASE_CODE,
    Kind.EMERGENCY_DECIDED: Emergency.Outcome.DECIDED,
    Kind.EMERGENCY_WITHDRAWN: Emergency.Outcome.WITHDRAWN,
}
_NO_COUNT = -1
_LIMITS = frozenset(limit.value for limit in LimitKind)
_AGREEING = [Kind.RELICENSING_AGREED, Kind.RELICENSING_DECIDED, Kind.EMERGENCY_ISSUED, Kind.EMERGENCY_DECIDED]
# Request, number of the check, emergency (0 where not), subject, reason, user, count.
ApprovalKey = tuple[int, int, int, str, str, str, int]


# --- Emergencies -------------------------------------------------------------------------------------


def _emergencies() -> QuerySet[Emergency]:
    related = ("serial", "request", "earlier", "installation", "permanent_code")
    return Emergency.objects.select_related(*related).order_by("pk")


def _judge_emergencies(batch: list[Emergency]) -> Iterator[LogFinding]:
    """Findings about emergencies that did not begin or end as the log says."""
    begun, ended = _events_of({each.serial.code for each in batch})
    for each in batch:
        event = begun.get(each.pk)
        if event is None:
            yield LogFinding("emergency-without-event", "emergency", each.pk)
        elif _stored_begin(each) != _logged_begin(event):
            yield LogFinding("emergency-differs", "emergency", each.pk, {"event": event.pk})
        end = ended.get(each.pk)
        if end is None:
            if not each.is_open:
                yield LogFinding("settlement-without-event", "emergency", each.pk)
        elif _stored_end(each) != _logged_end(end):
            yield LogFinding("emergency-differs", "emergency", each.pk, {"event": end.pk})


def _events_of(serials: set[str]) -> tuple[dict[int, Event], dict[int, Event]]:
    """The events that began emergencies and those that ended them, each by the key of the emergency."""
    kinds = [Kind.EMERGENCY_ISSUED, *SETTLING]
    logged = list(Event.objects.filter(serial__in=serials, kind__in=kinds).order_by("pk"))
    begun = {event.details["emergency"]: event for event in logged if event.kind == Kind.EMERGENCY_ISSUED}
    return begun, {event.details["emergency"]: event for event in logged if event.kind != Kind.EMERGENCY_ISSUED}


def _stored_begin(each: Emergency) -> tuple[object, ...]:
    last_day, site_ids = str(each.expires_on), (each.installation.site_id, each.earlier.site_id)
    return each.serial.code, each.issued_by, each.reason, each.request_id, last_day, *site_ids


def _logged_begin(event: Event) -> tuple[object, ...]:
    names = ("reason", "request", "expires_on", "site_id", "earlier_site_id")
    return event.serial, event.actor, *(event.details.get(name) for name in names)


def _stored_end(each: Emergency) -> tuple[object, ...]:
    code = each.permanent_code
    return each.outcome, each.settled_by, each.settled_reason, code.sequence if code else None


def _logged_end(event: Event) -> tuple[object, ...]:
    outcome = SETTLING[Kind(event.kind)].value
    return outcome, event.actor, event.details.get("reason", ""), event.details.get("sequence")


# --- Approvals ---------------------------------------------------------------------------------------


def _approvals() -> QuerySet[Approval]:
    return Approval.objects.select_related("checklist").order_by("pk")


def _judge_approvals(batch: list[Approval]) -> Iterator[LogFinding]:
    """Findings about approvals that no event records."""
    requests = {each.checklist.request_id for each in batch if each.checklist}
    emergencies = {each.emergency_id for each in batch if each.emergency_id}
    events = Event.objects.filter(kind__in=_AGREEING)
    logged = {
        approval
        for related in (
            events.filter(details__request__in=sorted(requests)),
            events.filter(details__emergency__in=sorted(emergencies)),
        )
        for event in related
        for approval in _approvals_in_event(event)
    }
    for each in batch:
        if logged.isdisjoint((_approval_key(each), _key_without_count(each))):
            yield LogFinding("approval-without-event", "approval", each.pk)


def _approval_key(each: Approval) -> ApprovalKey:
    check = each.checklist
    about = (check.request_id, check.number, 0) if check else (0, 0, each.emergency_id or 0)
    return *about, each.subject, each.reason, each.approved_by, each.counted


def _key_without_count(each: Approval) -> ApprovalKey:
    """The key as an event of an older release gives it, which held no count."""
    return *_approval_key(each)[:-1], _NO_COUNT


def _approvals_in_event(event: Event) -> Iterator[ApprovalKey]:
    """Keys of the approvals that an event recorded, one per subject."""
    details = event.details
    for_good = event.kind == Kind.EMERGENCY_DECIDED or (
        event.kind == Kind.RELICENSING_AGREED and "emergency" in details
    )
    about = (0, 0, details["emergency"]) if for_good else (details["request"], details["check"], 0)
    counted = {name: each["count"] for name, each in details.get("counted", {}).items()}
    for subject in _subjects(event):
        yield (
            *about,
            subject,
            details["reason"],
            event.actor,
            counted.get(subject, _NO_COUNT if subject in _LIMITS else 0),
        )


def _subjects(event: Event) -> list[str]:
    if event.kind == Kind.EMERGENCY_ISSUED:
        return [Approval.Subject.EMERGENCY.value]
    if event.kind == Kind.EMERGENCY_DECIDED:
        return [Approval.Subject.FOR_GOOD.value]
    return [*event.details["items"], *event.details.get("agreed", ())]


# --- Emergencies and approvals that events name: do they exist? --------------------------------------


def _judge_events(batch: list[Event]) -> Iterator[LogFinding]:
    """Findings about emergencies and approvals that these events name and that are gone."""
    yield from _missing_emergencies([event for event in batch if event.kind == Kind.EMERGENCY_ISSUED])
    stored = _stored_approvals(batch)
    for event in batch:
        if not set(_expected_approvals(event)) <= stored:
            yield LogFinding("approval-missing", "event", event.pk)


def _missing_emergencies(issued: list[Event]) -> Iterator[LogFinding]:
    logged = {event.details["emergency"]: event.pk for event in issued}
    existing = set(Emergency.objects.filter(pk__in=logged).values_list("pk", flat=True))
    for emergency, event in logged.items():
        if emergency not in existing:
            yield LogFinding("emergency-missing", "event", event, {"emergency": emergency})


def _stored_approvals(batch: Iterable[Event]) -> set[ApprovalKey]:
    requests = [event.details["request"] for event in batch if "request" in event.details]
    emergencies = [event.details["emergency"] for event in batch if "emergency" in event.details]
    approvals = _approvals()
    querysets = (
        approvals.filter(checklist__request__in=requests),
        approvals.filter(emergency__in=emergencies),
    )
    return {
        approval
        for queryset in querysets
        for each in queryset
        for approval in (_approval_key(each), _key_without_count(each))
    }


def _expected_approvals(event: Event) -> Iterator[ApprovalKey]:
    """Keys of the approvals that must exist for an event. Decided items are left out: before there were approvals they
    had only decisions, which ``record_checks`` judges."""
    for approval in _approvals_in_event(event):
        if event.kind != Kind.RELICENSING_DECIDED or approval[3] in _LIMITS:
            yield approval


# --- Blocks ------------------------------------------------------------------------------------------


def _blocked() -> QuerySet[Serial]:
    """Serial numbers that are blocked, or that were blocked once according to the log."""
    logged = Event.objects.filter(kind=Kind.BLOCKED).order_by().values("serial")
    return Serial.objects.filter(Q(blocked_at__isnull=False) | Q(code__in=logged)).order_by("pk")


def _judge_blocks(batch: list[Serial]) -> Iterator[LogFinding]:
    """Findings about blocks that are not as the last event about them says."""
    blocking = Event.objects.filter(kind__in=[Kind.BLOCKED, Kind.UNBLOCKED], serial__in=[each.code for each in batch])
    last = {event.serial: event for event in blocking.order_by("pk")}
    for each in batch:
        event = last.get(each.code)
        logged = (
            (True, event.actor, event.details["reason"]) if event and event.kind == Kind.BLOCKED else (False, "", "")
        )
        if (each.blocked_at is not None, each.blocked_by, each.blocked_reason) != logged:
            yield LogFinding("block-differs", "serial", each.pk, {"serial": grouped(each.code)})


JUDGES: Judges = [
    (_emergencies(), _judge_emergencies),
    (_approvals(), _judge_approvals),
    (Event.objects.filter(kind__in=_AGREEING).order_by("pk"), _judge_events),
    (_blocked(), _judge_blocks),
]
