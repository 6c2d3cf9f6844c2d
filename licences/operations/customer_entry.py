"""Entering a customer by hand (docs/decisions.md#records-by-hand)."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from customers.models import Customer
from licences.domain.errors import Refusal
from licences.models import HandEntry
from licences.operations import hand_entries
from licences.operations.customers import fill_search_columns, refuse_taken_number, stored_values
from licences.operations.locks import lock_purchases_or_refuse
from licences.operations.reasons import require_reason


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """The fields of a new customer, by the names in ``CORRECTABLE_FIELDS``, and why it is entered by hand."""

    values: dict[str, str]
    reason: str


@transaction.atomic
def enter_customer(new: NewCustomer, *, by: str) -> Customer:
    """Store a new customer with an entry by hand and its event; returns the customer.

    Values are trimmed and stored without what cannot be seen. A customer with the same number, or with the same name,
    first address line and postcode as far as an import would take them for one, is not stored twice, so a second call
    is refused.

    ``Refusal``: ``reason-missing``, ``reason-too-short``, ``value-missing`` (the name), ``number-taken`` and
    ``number-taken-otherwise`` (another customer has the number, in some spelling), ``customer-known`` (the field
    ``name``; parameter ``customer``: name of the known one), ``purchases-busy`` (an import holds the lock). Rule:
    docs/decisions.md#records-by-hand.
    """
    reason = require_reason(new.reason)
    lock_purchases_or_refuse()  # an import could otherwise create the same customer meanwhile
    customer = fill_search_columns(Customer(**stored_values(new.values)))
    _refuse_known(customer)
    customer.save()
    kind = HandEntry.Kind.CUSTOMER
    entry = hand_entries.add_entry(by=by, kind=kind, customer=customer, reason=reason)
    hand_entries.record_entered(entry, by=by)
    return customer


def _refuse_known(customer: Customer) -> None:
    """Refuse a customer without a name, or one that is on record already.

    ``customer`` is unsaved and has its keys. Customers with two different numbers are two. ``Refusal``:
    ``value-missing``, ``customer-known``, ``number-taken``, ``number-taken-otherwise``.
    """
    if not customer.name:
        raise Refusal("value-missing", field="name")
    refuse_taken_number(customer, customer.number)
    one_country = Q(postcode=customer.postcode) | Q(country_key=customer.country_key) | Q(country_key="")
    same_details = Q(details_key=customer.details_key) & (one_country if customer.country_key else Q())
    same = Q(match_key=customer.match_key) | same_details
    alike = Customer.objects.filter(same, merged_into=None, erased_at=None)
    if customer.number:  # two numbers are two customers
        alike = alike.filter(number="")
    if known := alike.order_by("pk").first():
        raise Refusal("customer-known", field="name", customer=known.name, number=known.number or "–")
