"""Adding to the event log."""

import secrets
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from customers.models import Customer
from licences.compiled import Compiled, change, insert
from licences.domain import chain
from licences.models import Event, EventChain


def record_event(
    kind: Event.Kind,
    *,
    by: str,
    serial: str = "",
    customer: Customer | None = None,
    details: dict[str, Any] | None = None,
    personal: dict[str, Any] | None = None,
) -> Event:
    """Append an event to the chain. The last thing an operation does: the chain stays locked until it commits.

    ``details`` and ``personal`` hold JSON values; names of people and companies belong into ``personal``.
    """
    end = _END.first() or EventChain.objects.select_for_update().get_or_create(pk=1)[0]
    salt, sealed = secrets.token_hex(16), chain.unguessable(personal or {}, secrets.token_hex(16))
    event = Event(
        at=timezone.now(),
        kind=kind,
        actor=by,
        serial=serial,
        customer=customer,
        details=details or {},
        personal=sealed,
        personal_salt=salt,
        personal_digest=chain.personal_digest(salt, sealed),
        previous_hash=end.last_hash,
    )
    event.hash = chain.link_hash(end.last_hash, hashed_content(event))
    insert(event)
    end.last_hash = event.hash
    end.length += 1
    change(end, "last_hash", "length")
    return event


_END = Compiled(lambda: EventChain.objects.select_for_update().filter(pk=1))


def hashed_content(event: Event) -> dict[str, Any]:
    """What an event's hash covers: all that it says, personal details by their digest."""
    at: datetime = event.at
    return {
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": str(event.kind),
        "actor": event.actor,
        "serial": event.serial,
        "customer": event.customer_id,
        "details": event.details,
        "personal_salt": event.personal_salt,
        "personal_digest": event.personal_digest,
    }
