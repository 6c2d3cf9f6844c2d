"""The only writers of customers and sites."""

from dataclasses import dataclass

from django.db import transaction

from customers import history
from customers.models import Customer
from licences.domain.decisions import given_reason
from licences.domain.errors import Refusal
from licences.domain.matching import fold_name
from licences.domain.purchase_lines import match_key
from licences.models import Event
from licences.operations import search
from licences.operations.events import record_event
from licences.operations.locks import lock_customer, lock_purchases_or_refuse

CORRECTABLE = (
    "number",
    "name",
    "address_line1",
    "address_line2",
    "postcode",
    "city",
    "country",
    "contact_name",
    "contact_phone",
    "contact_email",
)


@dataclass(frozen=True, slots=True)
class Correction:
    """New values of a customer's fields (names as in ``CORRECTABLE``) and why they change."""

    values: dict[str, str]
    reason: str


def keyed(customer: Customer) -> Customer:
    """Bring the columns that are searched and matched up to date with name and address; does not save."""
    customer.name_search = fold_name(customer.name)[:400]
    customer.match_key = match_key(customer.name, customer.address_line1, customer.postcode)
    return customer


@transaction.atomic
def correct_customer(*, customer_id: int, correction: Correction, by: str) -> Customer:
    """Correct a customer's record. Registrations stay as they were entered.

    ``Refusal``: ``reason-missing``, ``value-missing`` (no name), ``number-taken``, ``purchases-busy``.
    """
    reason = given_reason(correction.reason)
    customer = lock_customer(customer_id)
    before = {name: getattr(customer, name) for name in CORRECTABLE}
    after = {name: value.strip() for name, value in correction.values.items() if name in CORRECTABLE}
    changed = sorted(name for name, value in after.items() if value != before[name])
    if not changed:
        return customer
    if "number" in changed:
        lock_purchases_or_refuse()  # a purchase may be about to bring a customer of that number
    _refuse_unusable(customer, after)
    for name in changed:
        setattr(customer, name, after[name])
    with history.recorded(Customer, [customer.pk], by=by, source="correction", reason=reason):
        keyed(customer).save()
    search.refresh_customer(customer)
    personal = {name: {"before": before[name], "after": after[name]} for name in changed}
    details = {"fields": changed, "reason": reason}
    record_event(Event.Kind.CUSTOMER_CORRECTED, by=by, customer=customer, details=details, personal=personal)
    return customer


def _refuse_unusable(customer: Customer, after: dict[str, str]) -> None:
    if not after.get("name", customer.name):
        raise Refusal("value-missing", field="name")
    number = after.get("number")
    if number and Customer.objects.filter(number=number).exclude(pk=customer.pk).exists():
        raise Refusal("number-taken", field="number", number=number)
