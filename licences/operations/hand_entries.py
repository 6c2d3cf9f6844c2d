"""Entries by hand and the decisions about them, with their events (docs/decisions.md#records-by-hand).

``imports.hand_entries`` and ``customer_entry`` call this under the lock on purchases, which keeps the numbers without
gaps.
"""

import hashlib
from typing import Any

from django.db.models import Max
from django.utils import timezone

from licences.domain import hand_entries
from licences.domain.chain import canonical_json
from licences.domain.staff_identity import user_number_of
from licences.models import Event, HandDecision, HandEntry, LicenceGrant, PurchaseReferenceKey
from licences.operations.events import record_event

DIGEST_VERSION = 1


def add_entry(*, by: str, **values: Any) -> HandEntry:
    """Store an entry by hand under the next free number, and return it. Every call adds one.

    The caller holds the lock on purchases. ``values`` are columns of ``HandEntry``. A number is left out only where the
    purchases of a file have its reference already, in any spelling.
    """
    number = (HandEntry.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    while _is_on_record(hand_entries.reference(number)):
        number += 1
    who = {"entered_by": by, "entered_by_number": user_number_of(by)}
    return HandEntry.objects.create(number=number, **who, entered_at=timezone.now(), **values)


def _is_on_record(reference: str) -> bool:
    """Whether a purchase has this reference, which is its own key, in any spelling."""
    written_otherwise = PurchaseReferenceKey.objects.filter(key=reference)
    return LicenceGrant.objects.filter(purchase_reference=reference).exists() or written_otherwise.exists()


def record_entered(entry: HandEntry, *, by: str, **about: Any) -> None:
    """Append the event of an entry, with its number, reason and digest; ``about`` is added to the details."""
    kind = Event.Kind.CUSTOMER_ENTERED if entry.kind == HandEntry.Kind.CUSTOMER else Event.Kind.HAND_ENTERED
    details = {"entry": entry.number, "reason": entry.reason, "digest": digest_of_entry(entry), **about}
    _record(kind, entry, by=by, details=details)


def add_decision(entry: HandEntry, *, is_agreed: bool, reason: str, by: str) -> HandDecision:
    """Store a decision about an entry, and return it."""
    return HandDecision.objects.create(
        entry=entry,
        is_agreed=is_agreed,
        reason=reason,
        decided_by=by,
        decided_by_number=user_number_of(by),
        decided_at=timezone.now(),
    )


def record_decided(decision: HandDecision, *, by: str) -> None:
    """Append the event of a decision, with the number of its entry, whether it was agreed to, and why."""
    details = {"entry": decision.entry.number, "agreed": decision.is_agreed, "reason": decision.reason}
    _record(Event.Kind.HAND_DECIDED, decision.entry, by=by, details=details)


def digest_of_entry(entry: HandEntry) -> str:
    """Return the SHA-256, in hexadecimal, of what an entry says.

    The site name is not covered, because an erasure removes it.
    """
    bought, until = entry.purchased_on, entry.software_assurance_until
    content = {
        "version": DIGEST_VERSION,
        "number": entry.number,
        "kind": str(entry.kind),
        "customer": entry.customer_id,
        "serial": entry.serial_id,
        "corrects": entry.corrects_id,
        "lines": entry.lines,
        "purchased_on": bought.isoformat() if bought else None,
        "software_assurance_until": until.isoformat() if until else None,
        "needs_decision": entry.needs_decision,
        "reason": entry.reason,
        "entered_by": entry.entered_by,
    }
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def _record(kind: Event.Kind, entry: HandEntry, *, by: str, details: dict[str, Any]) -> None:
    """Append an event about an entry, with its customer and, if it names one, its serial; names go into the personal
    part.
    """
    serial = entry.serial.code if entry.serial else ""
    personal = {"customer": entry.customer.name, **({"site": entry.site_name} if entry.site_name else {})}
    record_event(kind, by=by, serial=serial, customer=entry.customer, details=details, personal=personal)
