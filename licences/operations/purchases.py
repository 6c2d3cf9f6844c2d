"""Recording purchases. Import is a batch, and one purchase is a batch of one (decisions.md 17).

A batch is judged whole before anything is written; what is left is written at once, as one event.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from customers.models import Customer
from licences.domain import codes
from licences.domain.errors import Refusal
from licences.domain.purchase_lines import PurchaseLine
from licences.models import Balance, Event, LicenceGrant, Product, Serial
from licences.operations import search
from licences.operations.customers import keyed, new_site
from licences.operations.events import record_event
from licences.operations.locks import lock_purchases, lock_serials
from licences.operations.purchase_judge import Buyer, Judged, PurchaseJudge, Target


@dataclass(slots=True)
class Outcome:
    """What became of a batch. ``applied`` is False where nothing was written."""

    judged: list[Judged]
    applied: bool = False
    allocated: list[str] = field(default_factory=list)

    @property
    def new(self) -> list[Judged]:
        return [each for each in self.judged if each.target is not None]

    @property
    def unchanged(self) -> list[Judged]:
        return [each for each in self.judged if each.target is None and each.problem is None]

    @property
    def rejected(self) -> list[Judged]:
        return [each for each in self.judged if each.problem is not None]


def record_purchase(line: PurchaseLine, *, by: str) -> LicenceGrant:
    """Record one purchase line; the same line again changes nothing.

    Raises ``Refusal`` with the code of the problem and the column as its field.
    """
    outcome = record_purchases([(1, line)], by=by)
    for judged in outcome.rejected:
        if judged.problem:
            raise Refusal(judged.problem.reason, field=judged.problem.column, **judged.problem.parameters)
    return LicenceGrant.objects.get(purchase_reference=line.purchase_reference, line=line.line)


@transaction.atomic
def record_purchases(
    lines: Iterable[tuple[int, PurchaseLine]],
    *,
    by: str,
    accept_valid: bool = False,
    dry_run: bool = False,
    rejected_before: bool = False,
    source: Mapping[str, Any] | None = None,
) -> Outcome:
    """Record lines, each with its row number in the file: all or none, unless ``accept_valid``.

    ``rejected_before``: rows of the same file were unreadable, so that "all" is out of reach already.
    ``source`` (JSON values, such as file name and SHA-256) is kept in the event.
    """
    lock_purchases()
    judge = PurchaseJudge(lines)
    outcome = Outcome(judge.judge())
    spoilt = bool(outcome.rejected) or rejected_before
    if dry_run or not outcome.new or (spoilt and not accept_valid):
        return outcome
    outcome.allocated = _apply(outcome.new, judge.products)
    outcome.applied = True
    search.catch_up()
    counts = {
        "new": len(outcome.new),
        "unchanged": len(outcome.unchanged),
        "rejected": len(outcome.rejected),
        "serials": outcome.allocated,
    }
    record_event(Event.Kind.PURCHASES_RECORDED, by=by, details={**counts, **(source or {})})
    return outcome


# --- Writing -----------------------------------------------------------------------------------------


def _apply(accepted: list[Judged], products: Mapping[str, Product]) -> list[str]:
    """Write what was accepted; returns the serials that were newly allocated, grouped."""
    _hold_serials(accepted)
    allocated = []
    added: Counter[tuple[int, int]] = Counter()
    for judged in accepted:
        target, product = judged.target, products[judged.line.product.casefold()]
        if target is None:
            continue
        if target.serial is None:
            target.serial = _new_serial(target)
            if not target.code:
                allocated.append(codes.grouped(target.serial.code))
        _grant(target.serial, product, judged.line).save(force_insert=True)
        added[target.serial.pk, product.pk] += judged.line.quantity
    for (serial_id, product_id), quantity in added.items():
        _add_to_balance(serial_id, product_id, quantity)
    return allocated


def _hold_serials(accepted: list[Judged]) -> None:
    """In one order, before the first write: whoever makes a code sees all of the batch or nothing of it."""
    known = sorted({each.target.serial.pk for each in accepted if each.target and each.target.serial})
    for start in range(0, len(known), 500):
        lock_serials(known[start : start + 500])


def _grant(serial: Serial, product: Product, line: PurchaseLine) -> LicenceGrant:
    return LicenceGrant(
        serial=serial,
        product=product,
        quantity=line.quantity,
        purchase_reference=line.purchase_reference,
        line=line.line,
        purchased_on=line.purchased_on,
        software_assurance_until=line.software_assurance_until,
        row_digest=line.row_digest(),
        column_checks=line.column_checks(),
        allocation_key=line.allocation_key(),
    )


def _new_serial(target: Target) -> Serial:
    site = new_site(_customer(target.buyer), target.site_name)
    site.save()
    if target.code:
        return Serial.objects.create(code=target.code, site=site, origin=Serial.Origin.TAKEN_OVER)
    code = codes.new_serial()
    while Serial.objects.filter(code=code).exists():
        code = codes.new_serial()
    return Serial.objects.create(code=code, site=site)


def _customer(buyer: Buyer) -> Customer:
    """The buyer's record, made from the line that named it first. Existing details are not overwritten."""
    if buyer.record is None:
        details = {name: getattr(buyer.line, name) for name in _DETAILS}
        customer = Customer(number=buyer.line.customer_number, name=buyer.line.customer_name, **details)
        keyed(customer).save()
        buyer.record = customer
    return buyer.record


_DETAILS = (
    "address_line1",
    "address_line2",
    "postcode",
    "city",
    "country",
    "contact_name",
    "contact_phone",
    "contact_email",
)


def _add_to_balance(serial_id: int, product_id: int, quantity: int) -> None:
    balance, _created = Balance.objects.get_or_create(
        serial_id=serial_id, product_id=product_id, defaults={"quantity": 0}
    )
    balance.quantity += quantity
    balance.save(update_fields=["quantity"])
