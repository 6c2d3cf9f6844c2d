"""Walking the event log from its first row to its end, row by row, trusting nothing but what each row says.

Rows are read in batches by their key, so that memory stays flat and nobody who writes has to wait. The key of an
event is drawn while its writer holds the end of the chain: the order of keys is the order of the chain.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from licences.domain import chain
from licences.models import Event, EventChain
from licences.operations.events import hashed_content
from licences.proof.anchors import Anchor
from licences.proof.findings import Finding

BATCH = 2_000
BEFORE_ALL = -(2**63)  # keys below 1 are drawn by nobody, but may be written by somebody


class Walk:
    """One walk. ``rows`` and ``last_hash`` tell how far it came; ``findings`` does the walking."""

    def __init__(self, anchors: Iterable[Anchor] = (), *, watch: Callable[[int], None] = lambda rows: None) -> None:
        self.rows, self.last_id, self.last_hash = 0, BEFORE_ALL, chain.GENESIS
        self._anchors: dict[int, list[Anchor]] = defaultdict(list)
        for anchor in anchors:
            self._anchors[anchor.length].append(anchor)
        self._erased = erased_events()
        self._watch = watch

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong, in the order of the log."""
        while True:
            yield from self._to_the_last_row()
            end = EventChain.objects.filter(pk=1).first()
            if not Event.objects.filter(pk__gt=self.last_id).exists():
                break  # nobody has written since
        yield from self._at_the_end(end)
        for anchors in self._anchors.values():
            for anchor in anchors:
                about = {"at": anchor.at, "length": anchor.length, "rows": self.rows}
                yield Finding("anchor-not-reached", parameters=about)

    def _to_the_last_row(self) -> Iterator[Finding]:
        while batch := list(Event.objects.filter(pk__gt=self.last_id).order_by("pk")[:BATCH]):
            for event in batch:
                yield from self._step(event)
            self._watch(self.rows)

    def _step(self, event: Event) -> Iterator[Finding]:
        if event.previous_hash != self.last_hash:
            yield self._broken_link(event)
        if event.hash != chain.link_hash(event.previous_hash, hashed_content(event)):
            yield Finding("content-changed", row=event.pk)
        yield from self._personal(event)
        self.rows, self.last_id, self.last_hash = self.rows + 1, event.pk, event.hash
        for anchor in self._anchors.pop(self.rows, ()):
            if anchor.last_hash != event.hash:
                about = {"at": anchor.at, "length": anchor.length}
                yield Finding("anchor-differs", row=event.pk, parameters=about)

    def _broken_link(self, event: Event) -> Finding:
        before = self.last_id if self.rows else "none"
        follows = Event.objects.filter(hash=event.previous_hash).values_list("pk", flat=True).first()
        if follows is None and event.previous_hash != chain.GENESIS:
            return Finding("rows-missing", row=event.pk, parameters={"before": before})
        return Finding("out-of-place", row=event.pk, parameters={"before": before, "follows": follows or "none"})

    def _personal(self, event: Event) -> Iterator[Finding]:
        if event.personal_digest == chain.personal_digest(event.personal_salt, event.personal):
            return
        if event.personal:
            yield Finding("personal-changed", row=event.pk)
        elif event.pk not in self._erased:
            yield Finding("personal-removed", row=event.pk)

    def _at_the_end(self, end: EventChain | None) -> Iterator[Finding]:
        if end is None:
            if self.rows:
                yield Finding("no-end", table="eventchain", parameters={"rows": self.rows})
        elif (end.length, end.last_hash) != (self.rows, self.last_hash):
            problem = "end-missing" if self.rows < end.length else "end-unknown"
            about = {"rows": self.rows, "length": end.length}
            yield Finding(problem, table="eventchain", row=end.pk, parameters=about)


def erased_events() -> set[int]:
    """The events whose personal details an erasure removed, as the erasures themselves say (the chain covers that)."""
    erasures = Event.objects.filter(kind=Event.Kind.CUSTOMER_ERASED).values_list("details", flat=True)
    return {row for details in erasures.iterator() for row in details.get("events", ())}
