"""Checks of entries by hand, and of the decisions about them, against the event log."""

from collections.abc import Iterator

from licences.domain.hand_entries import reference
from licences.models import Event, HandDecision, HandEntry, LicenceGrant
from licences.operations.hand_entries import digest_of_entry
from licences.proof.findings import Judges, LogFinding

Kind = Event.Kind
_ENTERED = [Kind.HAND_ENTERED, Kind.CUSTOMER_ENTERED]


def _judge_entries(batch: list[HandEntry]) -> Iterator[LogFinding]:
    """Findings about entries that no event records like this, and about recorded ones without purchase lines."""
    numbers = [each.number for each in batch]
    events = Event.objects.filter(kind__in=_ENTERED, details__entry__in=numbers).order_by("pk")
    logged = {event.details["entry"]: event for event in events}
    bought = LicenceGrant.objects.filter(purchase_reference__in=[each.reference for each in batch])
    references = set(bought.values_list("purchase_reference", flat=True))
    for each in batch:
        event = logged.get(each.number)
        if event is None:
            yield LogFinding("entry-without-event", "handentry", each.pk)
        elif event.details["digest"] != digest_of_entry(each) or event.actor != each.entered_by:
            yield LogFinding("entry-differs", "handentry", each.pk, {"event": event.pk})
        is_recorded = each.outcome == "recorded" and each.kind != HandEntry.Kind.CUSTOMER
        if is_recorded != (reference(each.number) in references):
            yield LogFinding("entry-not-recorded", "handentry", each.pk, {"reference": each.reference})


def _judge_decisions(batch: list[HandDecision]) -> Iterator[LogFinding]:
    """Findings about decisions that no event records with this person, reason and outcome."""
    numbers = [each.entry.number for each in batch]
    events = Event.objects.filter(kind=Kind.HAND_DECIDED, details__entry__in=numbers)
    logged = {(event.details["entry"], *_outcome(event)) for event in events}
    for each in batch:
        if (each.entry.number, each.is_agreed, each.reason, each.decided_by) not in logged:
            yield LogFinding("entry-decision-without-event", "handdecision", each.pk)


def _outcome(event: Event) -> tuple[bool, str, str]:
    return event.details["agreed"], event.details["reason"], event.actor


def _judge_events(batch: list[Event]) -> Iterator[LogFinding]:
    """Findings about entries and decisions that these events name and that are gone."""
    numbers = [event.details["entry"] for event in batch]
    entries = set(HandEntry.objects.filter(number__in=numbers).values_list("number", flat=True))
    decided = set(HandDecision.objects.filter(entry__number__in=numbers).values_list("entry__number", flat=True))
    for event in batch:
        existing = decided if event.kind == Kind.HAND_DECIDED else entries
        if event.details["entry"] not in existing:
            yield LogFinding("entry-missing", "event", event.pk, {"reference": reference(event.details["entry"])})


JUDGES: Judges = [
    (HandEntry.objects.select_related("decision").order_by("pk"), _judge_entries),
    (HandDecision.objects.select_related("entry").order_by("pk"), _judge_decisions),
    (Event.objects.filter(kind__in=[*_ENTERED, Kind.HAND_DECIDED]).order_by("pk"), _judge_events),
]
