"""Correcting a customer's record (docs/personal-data.md#changes-of-customers-and-sites)."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from customers import history
from customers.contact import CONTACT_COLUMNS
from customers.models import Customer
from licences.domain.batches import batched
from licences.domain.cells import visible_line
from licences.domain.customer_keys import customer_keys, match_key, sparse_number_key
from licences.domain.errors import Refusal
from licences.domain.matching import fold_name
from licences.domain.record_keys import code_text, number_key
from licences.domain.shown_records import refuse_changed
from licences.models import Event
from licences.operations import search
from licences.operations.events import record_event
from licences.operations.locks import lock_customer, lock_purchases_or_refuse
from licences.operations.reasons import require_reason

_CHUNK = 500  # customers
CORRECTABLE_FIELDS = ("number", "name", *CONTACT_COLUMNS)


@dataclass(frozen=True, slots=True)
class Correction:
    """New values of a customer's fields, by the names in ``CORRECTABLE_FIELDS``, and the reason for the change.

    ``shown`` are the values that the form showed; None compares nothing.
    """

    values: dict[str, str]
    reason: str
    shown: Mapping[str, str] | None = None


def stored_values(values: Mapping[str, str]) -> dict[str, str]:
    """Return the ``CORRECTABLE_FIELDS`` among the values as they are stored: trimmed, and only what can be seen."""
    known = {name: value for name, value in values.items() if name in CORRECTABLE_FIELDS}
    return {name: code_text(value) if name == "number" else visible_line(value) for name, value in known.items()}


def refuse_taken_number(customer: Customer, number: str) -> None:
    """Refuse a number that another customer has, in any spelling (docs/decisions.md#who-is-this-customer).

    A customer that was merged into this one may have it in another spelling. ``Refusal``: ``number-taken`` and
    ``number-taken-otherwise`` (parameters ``number``, ``customer`` and, for the latter, ``known``).
    """
    if not number:
        return
    key = number_key(number)
    others = Customer.objects.select_related("merged_into").exclude(pk=customer.pk).order_by("pk")
    for holder in others.filter(number=number):
        raise Refusal("number-taken", field="number", number=number, customer=_current(holder).name)
    for holder in others.filter(Q(number=key) | Q(number_key=key)):
        if _current(holder) != customer:
            about = {"number": number, "known": holder.number, "customer": _current(holder).name}
            raise Refusal("number-taken-otherwise", field="number", **about)


def _current(customer: Customer) -> Customer:
    """The customer, or the one that it was merged into."""
    return customer.merged_into or customer


def fill_search_columns(customer: Customer) -> Customer:
    """Set the columns by which a customer is searched and matched. Returns the customer; does not save it.

    They are computed from its number, name, first address line, postcode, country and telephone number
    (docs/decisions.md#who-is-this-customer). Idempotent.
    """
    customer.name_search = fold_name(customer.name)[:400]
    customer.match_key = match_key(customer.name, customer.address_line1, customer.postcode)
    customer.number_key = sparse_number_key(customer.number)
    keys = customer_keys(
        customer.name, customer.address_line1, customer.postcode, customer.country, customer.contact_phone
    )
    for name, value in keys._asdict().items():
        setattr(customer, name, value)
    return customer


@transaction.atomic
def correct_customer(*, customer_id: int, correction: Correction, by: str) -> Customer:
    """Correct a customer's record, and return it. Registrations stay as they were entered.

    ``customer_id`` is a primary key. Values are trimmed and stored without what cannot be seen; fields that are not
    correctable are ignored. Idempotent: if nothing changes, nothing is written, and there is no event.

    ``Refusal``: ``reason-missing``, ``reason-too-short``, ``changed-meanwhile`` (the record is not as it was shown),
    ``value-missing`` (the name), ``purchases-busy`` (an import holds the lock), ``number-taken`` and
    ``number-taken-otherwise`` (another customer has the new number, in some spelling). Rule:
    docs/domain.md#registration-details.
    """
    reason = require_reason(correction.reason)
    customer = lock_customer(customer_id)
    before = {name: getattr(customer, name) for name in CORRECTABLE_FIELDS}
    after = stored_values(correction.values)
    untouched = {name for name, value in correction.values.items() if value.strip() == before.get(name)}
    changed = sorted(name for name, value in after.items() if value != before[name] and name not in untouched)
    if not changed:
        return customer
    refuse_changed(correction.shown, before)
    if "number" in changed:
        lock_purchases_or_refuse()  # a purchase could otherwise create a customer with that number meanwhile
    if not after.get("name", customer.name):
        raise Refusal("value-missing", field="name")
    if "number" in changed:
        refuse_taken_number(customer, after["number"])
    for name in changed:
        setattr(customer, name, after[name])
    with history.recording_changes(Customer, [customer.pk], by=by, source="correction", reason=reason):
        fill_search_columns(customer).save()
    search.refresh_customer(customer)
    personal = {name: {"before": before[name], "after": after[name]} for name in changed}
    details = {"fields": changed, "reason": reason}
    record_event(Event.Kind.CUSTOMER_CORRECTED, by=by, customer=customer, details=details, personal=personal)
    return customer


@transaction.atomic
def take_numbers(*, numbers: Mapping[int, str], by: str) -> int:
    """Give customers without a number the one that came with a purchase, with an event for each; returns how many.

    ``numbers``: primary key → number. A customer that has a number, or that somebody is just changing, keeps what it
    has. Idempotent. Call with purchases locked. Rule: docs/decisions.md#who-is-this-customer.
    """
    ids, taken = sorted(numbers), 0
    for chunk in batched(ids, _CHUNK):
        # Not waiting: a correction locks the customer first and purchases afterwards.
        free = Customer.objects.select_for_update(skip_locked=True, no_key=True).filter(number="", erased_at=None)
        customers = list(free.filter(pk__in=chunk).order_by("pk"))
        with history.recording_changes(Customer, [each.pk for each in customers], by=by, source="import"):
            for customer in customers:
                customer.number = numbers[customer.pk]
                customer.number_key = sparse_number_key(customer.number)
            Customer.objects.bulk_update(customers, ["number", "number_key"])
        for customer in customers:
            search.refresh_customer(customer)
            personal = {"number": {"before": "", "after": customer.number}}
            details = {"fields": ["number"], "reason": "import"}
            record_event(Event.Kind.CUSTOMER_CORRECTED, by=by, customer=customer, details=details, personal=personal)
        taken += len(customers)
    return taken
