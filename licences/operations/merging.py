"""Merging two records of one customer."""

from dataclasses import dataclass

from django.db import transaction

from customers import history
from customers.models import Customer, Site
from licences.domain.decisions import given_reason
from licences.domain.errors import Refusal
from licences.models import Event, Serial
from licences.operations import search
from licences.operations.events import record_event
from licences.operations.locks import lock_customer, lock_purchases


@dataclass(frozen=True, slots=True)
class Merged:
    """The customer that is kept, and how many sites it was given."""

    customer: Customer
    sites: int


@transaction.atomic
def merge_customers(*, kept_id: int, merged_id: int, reason: str, by: str) -> Merged:
    """Give all sites of one customer to another. Nothing is removed, and no detail of the kept one changes.

    Registrations, events and grants stay as they are (decisions.md 9): the merged record stays behind them, points to
    the kept one, and purchases that name it mean the kept one from then on. ``Refusal``: ``reason-missing``,
    ``merge-with-itself``, ``customer-unknown`` (also for one that was merged itself).
    """
    reason = given_reason(reason)
    if kept_id == merged_id:
        raise Refusal("merge-with-itself", field="other")
    kept, merged = _lock_both(kept_id, merged_id)
    lock_purchases()  # a purchase may be about to give one of them a site
    serial_ids = list(Serial.objects.filter(site__customer=merged).values_list("pk", flat=True))
    sites = _move(kept, merged, reason=reason, by=by)
    search.refresh(serial_ids)
    search.refresh_customer(kept)
    details = {"kept": kept.pk, "merged": merged.pk, "sites": sites, "reason": reason}
    names = {"customer": kept.name, "merged_customer": merged.name}
    record_event(Event.Kind.CUSTOMERS_MERGED, by=by, customer=kept, details=details, personal=names)
    return Merged(kept, sites)


def _move(kept: Customer, merged: Customer, *, reason: str, by: str) -> int:
    """Give the sites of one to the other, and point to it whatever was merged before; how many sites there were."""
    site_ids = list(Site.objects.filter(customer=merged).values_list("pk", flat=True))
    ids = [merged.pk, *Customer.objects.filter(merged_into=merged).values_list("pk", flat=True)]
    why = {"by": by, "source": "merge", "reason": reason}
    with history.recorded(Site, site_ids, **why), history.recorded(Customer, ids, **why):
        sites = Site.objects.filter(pk__in=site_ids).update(customer=kept)
        Customer.objects.filter(pk__in=ids).update(merged_into=kept)
    merged.merged_into = kept
    return sites


def _lock_both(kept_id: int, merged_id: int) -> tuple[Customer, Customer]:
    """Hold both, always in the same order; neither may have been merged already."""
    held: dict[int, Customer] = {}
    for customer_id in sorted((kept_id, merged_id)):
        try:
            held[customer_id] = lock_customer(customer_id)
        except Customer.DoesNotExist:
            raise Refusal("customer-unknown", field="other") from None
        if held[customer_id].merged_into_id is not None:
            raise Refusal("customer-unknown", field="other")
    return held[kept_id], held[merged_id]
