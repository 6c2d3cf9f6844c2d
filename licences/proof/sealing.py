"""Whether the chain holds around single events: their own hash, the row before and the row after."""

from collections.abc import Iterable
from dataclasses import dataclass

from licences.domain import chain
from licences.models import Event, EventChain
from licences.operations.events import hashed_content
from licences.proof.walking import erased_events


@dataclass(frozen=True, slots=True)
class Seal:
    """An event's place in the chain. ``personal`` is intact, erased or changed; ``holds`` says that all is well."""

    event: int
    hash: str
    previous_hash: str
    holds: bool
    personal: str

    @property
    def is_erased(self) -> bool:
        return self.personal == "erased"


def seals_of(events: Iterable[Event]) -> dict[int, Seal]:
    """The seal of each event, by its key, in three queries."""
    held = list(events)
    if not held:
        return {}
    before = {each.previous_hash for each in held} - {chain.GENESIS}
    known = set(Event.objects.filter(hash__in=before).values_list("hash", flat=True)) | {chain.GENESIS}
    followed = set(
        Event.objects.filter(previous_hash__in=[each.hash for each in held]).values_list("previous_hash", flat=True)
    )
    followed |= set(EventChain.objects.values_list("last_hash", flat=True))
    erased = erased_events() if any(not each.personal for each in held) else set()
    return {each.pk: _seal(each, each.previous_hash in known and each.hash in followed, erased) for each in held}


def _seal(event: Event, linked: bool, erased: set[int]) -> Seal:
    personal = "intact"
    if event.personal_digest != chain.personal_digest(event.personal_salt, event.personal):
        personal = "erased" if not event.personal and event.pk in erased else "changed"
    said = event.hash == chain.link_hash(event.previous_hash, hashed_content(event))
    return Seal(event.pk, event.hash, event.previous_hash, linked and said and personal != "changed", personal)
