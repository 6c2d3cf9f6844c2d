"""Seals: whether the hash chain holds around single events, without verifying the whole log.

A seal checks the event's own hash, the row before, the row after and the personal details
(docs/proof.md#the-case-file-of-a-serial-number).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from licences.domain import chain
from licences.models import Event, EventChain
from licences.operations.events import hashed_content
from licences.proof.verification import erased_events


@dataclass(frozen=True, slots=True)
class Seal:
    """What the chain says about an event: its key, its hash and the one before.

    ``holds``: nothing is wrong around it. ``personal``: ``intact``, ``erased`` (by an erasure on record) or
    ``changed``. The names of the fields are part of the digests of case files and must stay.
    """

    event: int
    hash: str
    previous_hash: str
    holds: bool
    personal: str

    @property
    def is_erased(self) -> bool:
        """Whether an erasure on record removed the personal details."""
        return self.personal == "erased"


def seals_of(events: Iterable[Event]) -> dict[int, Seal]:
    """The seal of each event by its key. At most four queries, however many events."""
    sealed = list(events)
    if not sealed:
        return {}
    before = {each.previous_hash for each in sealed} - {chain.GENESIS}
    known = set(Event.objects.filter(hash__in=before).values_list("hash", flat=True)) | {chain.GENESIS}
    followed = set(
        Event.objects.filter(previous_hash__in=[each.hash for each in sealed]).values_list("previous_hash", flat=True)
    )
    followed |= set(EventChain.objects.values_list("last_hash", flat=True))
    erased = erased_events() if any(not each.personal for each in sealed) else set()
    return {each.pk: _seal(each, each.previous_hash in known and each.hash in followed, erased) for each in sealed}


def _seal(event: Event, linked: bool, erased: set[int]) -> Seal:
    personal = "intact"
    if event.personal_digest != chain.personal_digest(event.personal_salt, event.personal):
        personal = "erased" if not event.personal and event.pk in erased else "changed"
    content_holds = event.hash == chain.link_hash(event.previous_hash, hashed_content(event))
    return Seal(event.pk, event.hash, event.previous_hash, linked and content_holds and personal != "changed", personal)
