"""The event log as a feed: pages of events in the order in which they were committed (docs/events.md)."""

from collections.abc import Collection
from dataclasses import dataclass

from licences.domain.errors import Refusal
from licences.models import Event

LONGEST_SEARCH = 20_000  # positions that one page of chosen kinds passes over


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Events in order, the position behind all that was read for them, and whether there may be more now."""

    events: list[Event]
    next: int
    more: bool


def feed_page(*, after: int, limit: int) -> FeedPage:
    """Return at most ``limit`` events behind the position ``after``, the oldest first.

    A position is the primary key of an event, which is given while the end of the chain is locked until the transaction
    commits. So events become visible in the order of their positions, and none appears before a position that was read.
    Numbers may be missing between two positions: those of transactions that failed. ``Refusal``: ``after-beyond-end``.
    """
    found = list(Event.objects.filter(pk__gt=after).order_by("pk")[: limit + 1])
    if not found:
        _refuse_beyond_end(after)
    events = found[:limit]
    return FeedPage(events, events[-1].pk if events else after, len(found) > limit)


def feed_page_of_kinds(*, after: int, limit: int, kinds: Collection[str]) -> FeedPage:
    """Return at most ``limit`` events of some kinds behind the position ``after``, the oldest first.

    The page goes on behind events of other kinds as well, for ``LONGEST_SEARCH`` positions, so it may be empty although
    there are more. ``Refusal``: ``after-beyond-end``.
    """
    end = end_of_log()  # read first: an event up to it is visible to the next query, whatever is committed meanwhile
    if after > end:
        _refuse_beyond_end(after)
    last = min(end, after + LONGEST_SEARCH)
    found = list(Event.objects.filter(pk__gt=after, pk__lte=last, kind__in=kinds).order_by("pk")[: limit + 1])
    events = found[:limit]
    following = events[-1].pk if len(found) > limit else last
    return FeedPage(events, following, following < end)


def end_of_log() -> int:
    """The position of the newest event; 0 before the first."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _refuse_beyond_end(after: int) -> None:
    """A restored backup may end before a position that a program has read."""
    end = end_of_log()
    if after > end:
        raise Refusal("after-beyond-end", field="after", after=after, end=end)
