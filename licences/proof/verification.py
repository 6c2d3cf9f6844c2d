"""Verification of the event log, row by row from the first to the last (docs/proof.md#the-event-log).

Rows are read in batches by key, so memory stays flat and writers do not wait. The key of an event is assigned while its
writer holds the lock on the end of the chain, so the order of keys is the order of the chain.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from licences.domain import chain
from licences.models import Event, EventChain
from licences.operations.events import hashed_content
from licences.proof.anchors import Anchor
from licences.proof.findings import LogFinding

BATCH = 2_000  # events read at a time
BEFORE_FIRST_KEY = -(2**63)  # the database assigns no key below 1, but somebody may write one


class LogVerification:
    """One verification of the whole log; ``findings`` does it, and may be called once.

    ``anchors``: anchors to compare with. ``watch``: called with the number of events verified so far. Afterwards
    ``rows``, ``last_id`` and ``last_hash`` say how many events there are, and key and hash of the last one.
    """

    def __init__(self, anchors: Iterable[Anchor] = (), *, watch: Callable[[int], None] = lambda rows: None) -> None:
        self.rows, self.last_id, self.last_hash = 0, BEFORE_FIRST_KEY, chain.GENESIS
        self._anchors: dict[int, list[Anchor]] = defaultdict(list)
        for anchor in anchors:
            self._anchors[anchor.length].append(anchor)
        self._erased = erased_events()
        self._watch = watch

    def findings(self) -> Iterator[LogFinding]:
        """Everything that is wrong, in the order of the log. Locks nothing and writes nothing."""
        while True:
            yield from self._check_to_last_row()
            end = EventChain.objects.filter(pk=1).first()
            if not Event.objects.filter(pk__gt=self.last_id).exists():
                break  # no event was written since the end was read
        yield from self._check_end(end)
        for anchors in self._anchors.values():
            for anchor in anchors:
                about = {"at": anchor.at, "length": anchor.length, "rows": self.rows}
                yield LogFinding("anchor-not-reached", parameters=about)

    def _check_to_last_row(self) -> Iterator[LogFinding]:
        while batch := list(Event.objects.filter(pk__gt=self.last_id).order_by("pk")[:BATCH]):
            for event in batch:
                yield from self._check_event(event)
            self._watch(self.rows)

    def _check_event(self, event: Event) -> Iterator[LogFinding]:
        if event.previous_hash != self.last_hash:
            yield self._broken_link(event)
        if event.hash != chain.link_hash(event.previous_hash, hashed_content(event)):
            yield LogFinding("content-changed", row=event.pk)
        yield from self._check_personal(event)
        self.rows, self.last_id, self.last_hash = self.rows + 1, event.pk, event.hash
        for anchor in self._anchors.pop(self.rows, ()):
            if anchor.last_hash != event.hash:
                about = {"at": anchor.at, "length": anchor.length}
                yield LogFinding("anchor-differs", row=event.pk, parameters=about)

    def _broken_link(self, event: Event) -> LogFinding:
        before = self.last_id if self.rows else "none"
        follows = Event.objects.filter(hash=event.previous_hash).values_list("pk", flat=True).first()
        if follows is None and event.previous_hash != chain.GENESIS:
            return LogFinding("rows-missing", row=event.pk, parameters={"before": before})
        return LogFinding("out-of-place", row=event.pk, parameters={"before": before, "follows": follows or "none"})

    def _check_personal(self, event: Event) -> Iterator[LogFinding]:
        if event.personal_digest == chain.personal_digest(event.personal_salt, event.personal):
            return
        if event.personal:
            yield LogFinding("personal-changed", row=event.pk)
        elif event.pk not in self._erased:
            yield LogFinding("personal-removed", row=event.pk)

    def _check_end(self, end: EventChain | None) -> Iterator[LogFinding]:
        if end is None:
            if self.rows:
                yield LogFinding("no-end", table="eventchain", parameters={"rows": self.rows})
        elif (end.length, end.last_hash) != (self.rows, self.last_hash):
            problem = "end-missing" if self.rows < end.length else "end-unknown"
            about = {"rows": self.rows, "length": end.length}
            yield LogFinding(problem, table="eventchain", row=end.pk, parameters=about)


_ERASING = (Event.Kind.CUSTOMER_ERASED, Event.Kind.CONTACT_FORGOTTEN)


def erased_events(kinds: Sequence[Event.Kind] = _ERASING) -> set[int]:
    """Keys of the events whose personal details were removed, as the events of erasures say.

    ``kinds``: whether of customers, of contact persons, or both.
    """
    erasures = Event.objects.filter(kind__in=kinds).values_list("details", flat=True)
    return {row for details in erasures.iterator() for row in details.get("events", ())}
