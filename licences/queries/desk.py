"""Questions for the desk: what waits, and what happened last. Nothing here writes."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from licences.models import (
    Balance,
    Event,
    Installation,
    Registration,
    Serial,
)
from licences.queries.serials import EVENTS_SHOWN

WAITING_SHOWN = 50
COUNT_LIMIT = 999


def awaiting_relicensing() -> QuerySet[Installation]:
    """Return the installations that reported their release, and whose serials run nowhere now, the oldest first."""
    live = Installation.objects.filter(serial=OuterRef("serial"), ended_at=None)
    released = Installation.objects.filter(end_reason=Installation.EndReason.RELEASED, release_use=None)
    related = released.exclude(Exists(live)).select_related("serial__site__customer")
    return related.order_by("ended_at")


@dataclass(frozen=True, slots=True)
class WaitingList:
    """A list on the desk: how many serials there are (counted up to ``COUNT_LIMIT`` + 1), and the first ten."""

    count: int
    first: list[Serial]


def bought_but_unregistered() -> WaitingList:
    """Return the serials that have licences and were never registered, the newest first."""
    registered = Registration.objects.filter(serial=OuterRef("pk"))
    licensed = Balance.objects.filter(serial=OuterRef("pk"), quantity__gt=0)
    waiting = Serial.objects.filter(Exists(licensed)).exclude(Exists(registered))
    return WaitingList(
        waiting.order_by()[: COUNT_LIMIT + 1].count(),
        list(waiting.select_related("site__customer").order_by("-pk")[:10]),
    )


def recent_events() -> QuerySet[Event]:
    """Return the latest events of all serials, with their customers."""
    return Event.objects.select_related("customer")[:EVENTS_SHOWN]
