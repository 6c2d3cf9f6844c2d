"""Checks of re-licensing requests: whether they ended as the log says, with which code, using up which release."""

from collections.abc import Iterator

from django.db.models import Q

from licences.models import Emergency, Event, ReleaseCodeUse, Relicensing
from licences.operations import digests
from licences.proof.findings import Judges, LogFinding

Kind = Event.Kind
_ENDING = {
    Kind.RELICENSED: Relicensing.Outcome.ISSUED,
    Kind.EMERGENCY_ISSUED: Relicensing.Outcome.EMERGENCY,
    Kind.RELICENSING_WITHDRAWN: Relicensing.Outcome.WITHDRAWN,
    Kind.RELICENSING_CLOSED: Relicensing.Outcome.WITHDRAWN,
}
_SETTLING = (Kind.EMERGENCY_SETTLED, Kind.EMERGENCY_DECIDED)
_USING = (Kind.RELICENSED, *_SETTLING)


# --- How a request ended -----------------------------------------------------------------------------


def _judge_requests(batch: list[Relicensing]) -> Iterator[LogFinding]:
    """Findings about requests: their serial number, and how they ended."""
    checked: dict[int, Event] = {}
    ended: dict[int, Event] = {}
    events = Event.objects.filter(details__request__in=[each.pk for each in batch])
    kinds = [Kind.RELICENSING_CHECKED, Kind.RELICENSING_REOPENED, *_ENDING]
    for event in events.filter(kind__in=kinds).order_by("pk"):
        if event.kind == Kind.RELICENSING_REOPENED:
            ended.pop(event.details["request"], None)
        else:
            (checked if event.kind == Kind.RELICENSING_CHECKED else ended)[event.details["request"]] = event
    for each in batch:
        check, end = checked.get(each.pk), ended.get(each.pk)
        if check is None:
            yield LogFinding("request-without-event", "relicensing", each.pk)
        elif (each.serial.code if each.serial else "") != check.serial:
            yield LogFinding("request-differs", "relicensing", each.pk, {"event": check.pk})
        if end is None:
            if not each.is_open:
                yield LogFinding("end-without-event", "relicensing", each.pk)
        elif _stored_end(each) != _logged_end(end):
            yield LogFinding("request-differs", "relicensing", each.pk, {"event": end.pk})


def _stored_end(each: Relicensing) -> tuple[object, ...]:
    code = each.unlock_code
    return each.outcome, each.closed_by, *((code.serial_id == each.serial_id, code.sequence) if code else (True, None))


def _logged_end(event: Event) -> tuple[object, ...]:
    return _ENDING[Kind(event.kind)].value, event.actor, True, event.details.get("sequence")


# --- Whose release was used up -----------------------------------------------------------------------


def _judge_uses(batch: list[ReleaseCodeUse]) -> Iterator[LogFinding]:
    """Findings about used-up releases: each belongs to a request that was issued or an emergency that was settled."""
    issued = set(
        Event.objects.filter(kind=Kind.RELICENSED, details__request__in=[each.request_id for each in batch])
        .exclude(details__has_key="repeated")
        .values_list("details__request", flat=True)
    )
    earlier = {each.installation_id for each in batch}
    settled = Event.objects.filter(kind__in=_SETTLING).values_list("details__emergency", flat=True)
    of_emergencies = Emergency.objects.filter(earlier__in=earlier)
    settled_ones = set(settled.filter(details__emergency__in=[each.pk for each in of_emergencies]))
    proved = {each.earlier_id for each in of_emergencies if each.pk in settled_ones}
    for each in batch:
        if each.request_id not in issued and each.installation_id not in proved:
            yield LogFinding("use-without-event", "releasecodeuse", each.pk, {"request": each.request_id})


def _judge_using(batch: list[Event]) -> Iterator[LogFinding]:
    """Findings about events whose used-up release is gone or differs."""
    with_digest = [event for event in batch if "used" in event.details.get("made", {})]
    emergencies = [event.details["emergency"] for event in with_digest if event.kind in _SETTLING]
    earlier = dict(Emergency.objects.filter(pk__in=emergencies).values_list("pk", "earlier"))
    requests = [event.details["request"] for event in with_digest if event.kind == Kind.RELICENSED]
    uses = list(ReleaseCodeUse.objects.filter(Q(request__in=requests) | Q(installation__in=earlier.values())))
    by_request = {use.request_id: use for use in uses}
    by_installation = {use.installation_id: use for use in uses}
    for event in with_digest:
        if event.kind == Kind.RELICENSED:
            use = by_request.get(event.details["request"])
        else:
            use = by_installation.get(earlier.get(event.details["emergency"], 0))
        if digests.digest_release_code_use(use) != event.details["made"]["used"]:
            yield LogFinding("use-differs", "event", event.pk)


JUDGES: Judges = [
    (Relicensing.objects.select_related("serial", "unlock_code").order_by("pk"), _judge_requests),
    (ReleaseCodeUse.objects.order_by("pk"), _judge_uses),
    (Event.objects.filter(kind__in=_USING).order_by("pk"), _judge_using),
]
