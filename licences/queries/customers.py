"""Questions about customers. Nothing here writes."""

from dataclasses import dataclass

from customers.models import Customer, Site
from licences.domain.codes import canonical_or_empty
from licences.models import Serial


def customer_named(text: str) -> Customer | None:
    """Return the customer with this customer number, or else with this serial number; None if there is none.

    If the customer was merged into another, that one is returned.
    """
    customer = Customer.objects.filter(number=text.strip()).exclude(number="").select_related("merged_into").first()
    if customer is None and (code := canonical_or_empty(text)):
        serial = Serial.objects.filter(code=code).select_related("site__customer").first()
        customer = serial.site.customer if serial else None
    return (customer.merged_into or customer) if customer else None


@dataclass(frozen=True, slots=True)
class MergeAdvice:
    """Two customers that may be one: which one is kept, which one goes, and why.

    ``why`` is what speaks for the one that is kept: ``number``, ``sites`` or ``older``. ``is_advised`` is False where
    that speaks for the other one.
    """

    kept: Customer
    merged: Customer
    why: str
    is_advised: bool
    kept_sites: int
    merged_sites: int


def merge_advice(kept: Customer, merged: Customer) -> MergeAdvice:
    """Return which of two customers should be kept: the one with a number, more sites, or the older record."""
    kept_sites, merged_sites = (Site.objects.filter(customer=each).count() for each in (kept, merged))
    if bool(kept.number) != bool(merged.number):
        why, is_advised = "number", bool(kept.number)
    elif kept_sites != merged_sites:
        why, is_advised = "sites", kept_sites > merged_sites
    else:
        why, is_advised = "older", kept.pk < merged.pk
    return MergeAdvice(kept, merged, why, is_advised, kept_sites, merged_sites)
