"""Purchases, returns and corrections entered by hand, each recorded as a batch of one purchase
(docs/decisions.md#records-by-hand).
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from customers.contact import CONTACT_COLUMNS
from customers.models import Customer, Site
from licences.domain.cells import visible_line
from licences.domain.customer_keys import site_key
from licences.domain.errors import Refusal
from licences.domain.hand_entries import Quantities, lines_of_correction, needs_second_person
from licences.domain.staff_identity import is_same_person
from licences.imports.purchase_batches import RejectedLine, judge_purchases, record_purchases
from licences.imports.rows.purchase_lines import PurchaseLine
from licences.models import HandDecision, HandEntry, Serial
from licences.operations import hand_entries
from licences.operations.locks import lock_customer, lock_purchases_or_refuse
from licences.operations.reasons import require_reason
from licences.queries import hand_entries as entries


@dataclass(frozen=True, slots=True)
class HandPurchase:
    """What is bought or returned: SKU → number of licences, all positive, and its days."""

    lines: dict[str, int] = field(default_factory=dict)
    purchased_on: date | None = None
    software_assurance_until: date | None = None


@transaction.atomic
def enter_purchase(
    *, customer_id: int, purchase: HandPurchase, reason: str, by: str, serial: str = "", site_name: str = ""
) -> HandEntry:
    """Enter a purchase by hand, and return its entry. Every call enters one.

    It tops up ``serial`` (canonical), or gets a new serial number at a new site of that name. The entry is recorded at
    once or waits for a second person; ``HandEntry.outcome`` says which. Rule: docs/decisions.md#records-by-hand.

    ``Refusal``: ``reason-missing``, ``reason-too-short``, ``customer-unknown`` (merged or erased), ``purchases-busy``
    (an import holds the lock), ``unknown-serial``, ``serial-of-another-customer``, ``nothing-entered``, ``site-known``
    (the customer has a site of that name), ``allocated-list-unwritable``, and with ``lines`` as their field those of a
    purchase line, above all ``product-unknown``, ``total-out-of-range`` and ``too-many-products`` (see
    ``record_purchase``).
    """
    reason = require_reason(reason)
    customer = _lock_buyer(customer_id)
    target = _serial_of(customer, serial) if serial else None
    site_name = visible_line(site_name)
    if target is None and Site.objects.filter(customer=customer, name_key=site_key(site_name)).exists():
        raise Refusal("site-known", field="site_name")
    about: dict[str, Any] = {"serial": target, "site_name": "" if target else site_name}
    return _enter(HandEntry.Kind.PURCHASE, customer, purchase, purchase.lines, reason=reason, by=by, **about)


@transaction.atomic
def enter_return(*, serial: str, purchase: HandPurchase, reason: str, by: str) -> HandEntry:
    """Enter a return of licences of a serial number by hand, and return its entry. Every call enters one.

    ``serial`` is canonical; ``purchase`` has the quantities that come back, positive. The entry is recorded at once or
    waits for a second person. ``Refusal``: ``reason-missing``, ``reason-too-short``, ``customer-unknown``,
    ``purchases-busy``, ``unknown-serial``, ``nothing-entered``, ``product-unknown``, ``total-out-of-range`` (more would
    be returned than there are), ``allocated-list-unwritable``. Rule: docs/decisions.md#records-by-hand.
    """
    reason = require_reason(reason)
    customer = _lock_buyer(_customer_of(serial))
    about: dict[str, Any] = {"serial": _serial_of(customer, serial)}
    lines = {sku: -quantity for sku, quantity in purchase.lines.items()}
    return _enter(HandEntry.Kind.RETURN, customer, purchase, lines, reason=reason, by=by, **about)


@transaction.atomic
def enter_correction(
    *, number: int, wanted: Quantities, reason: str, by: str, shown: Quantities | None = None
) -> HandEntry:
    """Enter a correction of a purchase or return that was entered by hand, and return the correction's entry.

    ``number`` is that of the corrected entry. ``wanted`` is what it should have said: SKU → number of licences,
    positive for a return too; products that it does not name become 0. ``shown`` is what the form showed, signed as
    recorded.

    ``Refusal``: ``reason-missing``, ``reason-too-short``, ``entry-not-correctable``, ``correction-waiting``,
    ``changed-meanwhile`` (``shown`` is not what is recorded any more), ``nothing-to-correct`` (also on a second call),
    ``customer-unknown``, ``purchases-busy``, ``product-unknown``, ``total-out-of-range``, ``too-many-products``,
    ``allocated-list-unwritable``.
    """
    reason = require_reason(reason)
    corrected = entries.hand_entries().get(number=number)
    lock_purchases_or_refuse()  # before the customer: which customer it is follows from the serial number
    grant = entries.grants_of(corrected).first()
    if not entries.correctable(corrected) or grant is None:
        raise Refusal("entry-not-correctable")
    if entries.waiting_correction(corrected):
        raise Refusal("correction-waiting")
    recorded = entries.recorded_quantities(corrected)
    if shown is not None and dict(shown) != recorded:
        raise Refusal("changed-meanwhile")
    sign = -1 if corrected.kind == HandEntry.Kind.RETURN else 1
    lines = lines_of_correction(recorded, {sku: sign * quantity for sku, quantity in wanted.items()})
    if not lines:
        raise Refusal("nothing-to-correct")
    days = HandPurchase(purchased_on=timezone.localdate())
    about: dict[str, Any] = {"serial": grant.serial, "corrects": corrected}
    customer = _usable(grant.serial.site.customer)
    return _enter(HandEntry.Kind.CORRECTION, customer, days, lines, reason=reason, by=by, **about)


@transaction.atomic
def decide_entry(*, number: int, is_agreed: bool, reason: str, by: str) -> HandEntry:
    """Agree to an entry that waits, which records it, or decline it; returns the entry.

    ``number`` is that of the entry. ``Refusal``: ``reason-missing``, ``reason-too-short``, ``decided-already`` (also on
    a second call, and for an entry that never waited), ``decider-entered`` (agreeing to one's own entry),
    ``purchases-busy``, and when it is recorded ``customer-unknown``, ``total-out-of-range``, ``too-many-products``,
    ``allocated-list-unwritable``. Rule: docs/decisions.md#records-by-hand.
    """
    reason = require_reason(reason)
    waiting = entries.hand_entries().get(number=number)
    lock_purchases_or_refuse()
    decided = HandDecision.objects.filter(entry=waiting).first()
    if decided is not None or not waiting.needs_decision:
        raise Refusal("decided-already", who=decided.decided_by if decided else waiting.entered_by)
    if is_agreed and is_same_person(by, waiting.enterer):
        raise Refusal("decider-entered")
    if is_agreed:
        _usable(waiting.customer)
    decision = hand_entries.add_decision(waiting, is_agreed=is_agreed, reason=reason, by=by)
    if is_agreed:
        _record(waiting, by=by)
    hand_entries.record_decided(decision, by=by)
    return entries.hand_entries().get(number=number)


# --- Who buys, and for which serial number -------------------------------------------------------------


def _lock_buyer(customer_id: int) -> Customer:
    """Lock a customer, then purchases; returns the customer. ``Refusal``: ``customer-unknown``, ``purchases-busy``."""
    customer = _usable(lock_customer(customer_id))
    lock_purchases_or_refuse()
    return customer


def _usable(customer: Customer) -> Customer:
    """Return the customer. ``Refusal``: ``customer-unknown`` if it was merged into another or erased."""
    if customer.merged_into_id is not None or customer.erased_at is not None:
        raise Refusal("customer-unknown")
    return customer


def _customer_of(serial: str) -> int:
    """The primary key of the customer whose serial number this is, not locked. ``Refusal``: ``unknown-serial``."""
    customer: int | None = Serial.objects.filter(code=serial).values_list("site__customer", flat=True).first()
    if customer is None:
        raise Refusal("unknown-serial")
    return customer


def _serial_of(customer: Customer, code: str) -> Serial:
    """Find a serial number of this customer. ``Refusal``: ``unknown-serial``, ``serial-of-another-customer``."""
    serial = Serial.objects.select_related("site").filter(code=code).first()
    if serial is None:
        raise Refusal("unknown-serial")
    if serial.site.customer_id != customer.pk:
        raise Refusal("serial-of-another-customer", serial=code)
    return serial


# --- Recording ---------------------------------------------------------------------------------------


def _enter(
    kind: HandEntry.Kind, customer: Customer, purchase: HandPurchase, lines: Quantities, *, by: str, **about: Any
) -> HandEntry:
    """Store an entry with its event, and record it unless a second person has to agree; returns the entry.

    ``lines``: SKU → number of licences, negative for what is returned; zeros are left out. ``Refusal``:
    ``nothing-entered``, and that of the first line that could not be recorded.
    """
    lines = {sku: quantity for sku, quantity in lines.items() if quantity}
    if not lines:
        raise Refusal("nothing-entered", field="lines")
    recent = entries.recent_licences(customer, now=timezone.now())
    waits = needs_second_person(lines, recent=recent, limit=settings.HAND_PURCHASE_LICENCES)
    entry = hand_entries.add_entry(
        kind=kind,
        customer=customer,
        lines=lines,
        purchased_on=purchase.purchased_on,
        software_assurance_until=purchase.software_assurance_until,
        needs_decision=waits,
        by=by,
        **about,
    )
    if waits:
        _refuse_rejected(entry, judge_purchases(_lines(entry)))
    else:
        _record(entry, by=by)
    hand_entries.record_entered(entry, by=by, waits=waits)
    return entry


def _record(entry: HandEntry, *, by: str) -> None:
    """Record the lines of an entry as one purchase; all or none.

    ``Refusal``: that of the first rejected line, or ``allocated-list-unwritable``.
    """
    about = {"entry": entry.number, "reason": entry.reason}
    _refuse_rejected(entry, record_purchases(_lines(entry), by=by, about=about).rejected)


def _refuse_rejected(entry: HandEntry, rejected: list[RejectedLine]) -> None:
    """``Refusal``: that of the first rejected line, with its SKU as the parameter ``product``."""
    skus = list(entry.lines)
    for line in rejected:
        parameters = {**line.problem.parameters, "product": skus[line.row - 1]}
        raise Refusal(line.problem.reason, field="lines", **parameters)


def _lines(entry: HandEntry) -> list[tuple[int, PurchaseLine]]:
    """The purchase lines of an entry, numbered from 1."""
    return [(row, _line(entry, row, sku, quantity)) for row, (sku, quantity) in enumerate(entry.lines.items(), start=1)]


def _line(entry: HandEntry, row: int, sku: str, quantity: int) -> PurchaseLine:
    """The purchase line of one product of an entry by hand; ``row`` counts the entry's lines from 1."""
    customer = entry.customer
    return PurchaseLine(
        purchase_reference=entry.reference,
        line=row,
        purchased_on=entry.purchased_on,
        serial=entry.serial.code if entry.serial else "",
        product=sku,
        quantity=quantity,
        software_assurance_until=entry.software_assurance_until,
        customer_number=customer.number,
        customer_name=customer.name,
        **{name: getattr(customer, name) for name in CONTACT_COLUMNS},
        site_name=entry.site_name,
    )
