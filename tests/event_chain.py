"""The event log read as an auditor reads it: row by row, trusting nothing but what each row says."""

from datetime import UTC

from licences.domain import chain
from licences.models import Event, EventChain


def said_by(event: Event) -> dict:
    """All that a row says, names by their digest."""
    return {
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": event.kind,
        "actor": event.actor,
        "serial": event.serial,
        "customer": event.customer_id,
        "details": event.details,
        "personal_salt": event.personal_salt,
        "personal_digest": event.personal_digest,
    }


def flaws() -> list[str]:
    """Where the chain does not hold; an empty list if it does, from its first row to its end."""
    found = []
    before = chain.GENESIS
    events = Event.objects.order_by("pk")
    for event in events:
        if event.previous_hash != before:
            found.append(f"{event.pk} does not follow the row before it")
        if event.hash != chain.link_hash(event.previous_hash, said_by(event)):
            found.append(f"{event.pk} says something else than its hash")
        before = event.hash
    end = EventChain.objects.get()
    if (end.length, end.last_hash) != (len(events), before):
        found.append("the end is not where the chain says that it is")
    return found
