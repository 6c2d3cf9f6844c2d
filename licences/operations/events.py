"""Appending to the event log (docs/decisions.md#the-event-log)."""

import secrets
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from customers.models import Customer
from licences.database.compiled import CompiledQuery, insert_row, update_fields
from licences.domain import chain
from licences.models import Event, EventChain, Serial


def record_event(
    kind: Event.Kind,
    *,
    by: str,
    serial: str = "",
    customer: Customer | None = None,
    details: dict[str, Any] | None = None,
    personal: dict[str, Any] | None = None,
) -> Event:
    """Append an event to the chain, and return it. Every call adds one.

    An operation calls this last, because the end of the chain stays locked until the transaction commits. ``by`` is the
    actor, ``serial`` a canonical serial number or empty. ``details`` and ``personal`` hold JSON values; names of people
    and companies belong in ``personal``, which an erasure can empty.
    """
    end = _END.first() or EventChain.objects.select_for_update().get_or_create(pk=1)[0]
    salt, sealed = secrets.token_hex(16), chain.with_nonce(personal or {}, secrets.token_hex(16))
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
    insert_row(event)
    end.last_hash = event.hash
    end.length += 1
    update_fields(end, "last_hash", "length")
    return event


def record_customer_event(
    kind: Event.Kind,
    *,
    by: str,
    details: dict[str, Any],
    serial: Serial | None = None,
    customer: Customer | None = None,
) -> Event:
    """Append an event whose personal part names the customer: the one given, else that of the serial, if any.

    Otherwise as ``record_event``.
    """
    if customer is None and serial is not None:
        customer = serial.site.customer
    personal = {"customer": customer.name} if customer else None
    code = serial.code if serial else ""
    return record_event(kind, by=by, serial=code, customer=customer, details=details, personal=personal)


_END = CompiledQuery(lambda: EventChain.objects.select_for_update().filter(pk=1))


def hashed_content(event: Event) -> dict[str, Any]:
    """The JSON object that the hash of an event covers: all its columns, the personal part as its digest."""
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
