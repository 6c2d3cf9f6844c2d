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
RELEASES_READ = 500  # so that the desk takes no longer where hundreds of thousands were released
SERIALS_READ = 20_000  # so that the desk takes no longer where all of ten million serials are registered


def awaiting_relicensing() -> QuerySet[Installation]:
    """Return the installations that reported their release, and whose serials run nowhere now, the newest first.

    Only the latest ``RELEASES_READ`` releases are read; the list of data quality has those of 30 days ago and earlier.
    """
    released = Installation.objects.filter(end_reason=Installation.EndReason.RELEASED)
    latest = released.order_by("-ended_at").values("pk")[:RELEASES_READ]
    live = Installation.objects.filter(serial=OuterRef("serial"), ended_at=None)
    waiting = Installation.objects.filter(pk__in=latest, release_use=None).exclude(Exists(live))
    return waiting.select_related("serial__site__customer").order_by("-ended_at")


@dataclass(frozen=True, slots=True)
class WaitingList:
    """A list on the desk: how many serials there are (counted up to ``COUNT_LIMIT`` + 1), and the first ten.

    ``read`` is how many serials were looked at, the newest ones, 0 if it was all of them.
    """

    count: int
    first: list[Serial]
    read: int = 0


def bought_but_unregistered() -> WaitingList:
    """Return the serials that have licences and were never registered, the newest first.

    Only the latest ``SERIALS_READ`` serials are read; the list of data quality has all.
    """
    keys = Serial.objects.order_by("-pk").values_list("pk", flat=True)
    older = next(iter(keys[SERIALS_READ : SERIALS_READ + 1]), None)
    registered = Registration.objects.filter(serial=OuterRef("pk"))
    licensed = Balance.objects.filter(serial=OuterRef("pk"), quantity__gt=0)
    waiting = Serial.objects.filter(Exists(licensed), pk__gt=older or 0).exclude(Exists(registered))
    return WaitingList(
        waiting.order_by()[: COUNT_LIMIT + 1].count(),
        list(waiting.select_related("site__customer").order_by("-pk")[:10]),
        SERIALS_READ if older else 0,
    )


def recent_events() -> QuerySet[Event]:
    """Return the latest events of all serials, with their customers."""
    return Event.objects.select_related("customer")[:EVENTS_SHOWN]
