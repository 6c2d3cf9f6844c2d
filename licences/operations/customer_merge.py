"""Merging two records of the same customer (docs/personal-data.md#changes-of-customers-and-sites)."""

from dataclasses import dataclass

from django.db import transaction

from customers import history
from customers.models import Customer, Site
from licences.domain.errors import Refusal
from licences.models import Event, Serial
from licences.operations import search
from licences.operations.events import record_event
from licences.operations.locks import lock_customer, lock_purchases
from licences.operations.reasons import require_reason


@dataclass(frozen=True, slots=True)
class MergeResult:
    """The customer that is kept, and how many sites were moved to it."""

    customer: Customer
    sites: int


@transaction.atomic
def merge_customers(*, kept_id: int, merged_id: int, reason: str, by: str) -> MergeResult:
    """Move all sites of one customer to another. Nothing is deleted, and the details of the kept one do not change.

    ``kept_id`` and ``merged_id`` are primary keys. Returns the kept customer and the number of moved sites.
    Registrations, events and grants stay as they are (docs/decisions.md#digests-and-keys-of-purchases). The merged
    customer stays on record and points to the kept one; future purchases that name it go to the kept one. Rule:
    docs/decisions.md#merging-customers.

    ``Refusal``: ``reason-missing``, ``reason-too-short``, ``merge-with-itself``, ``customer-unknown`` (no such
    customer, or one of the two was merged already, as after a first call).
    """
    reason = require_reason(reason)
    if kept_id == merged_id:
        raise Refusal("merge-with-itself", field="other")
    kept, merged = _lock_both(kept_id, merged_id)
    lock_purchases()  # a purchase could otherwise give one of them a new site meanwhile
    serial_ids = list(Serial.objects.filter(site__customer=merged).values_list("pk", flat=True))
    sites = _move_sites(kept, merged, reason=reason, by=by)
    search.refresh_serials(serial_ids)
    search.refresh_customer(kept)
    details = {"kept": kept.pk, "merged": merged.pk, "sites": sites, "reason": reason}
    personal = {"customer": kept.name, "merged_customer": merged.name}
    record_event(Event.Kind.CUSTOMERS_MERGED, by=by, customer=kept, details=details, personal=personal)
    return MergeResult(kept, sites)


def _move_sites(kept: Customer, merged: Customer, *, reason: str, by: str) -> int:
    """Move the sites, and point the merged customer and those merged into it earlier to the kept one.

    Returns the number of sites.
    """
    site_ids = list(Site.objects.filter(customer=merged).values_list("pk", flat=True))
    ids = [merged.pk, *Customer.objects.filter(merged_into=merged).values_list("pk", flat=True)]
    change = {"by": by, "source": "merge", "reason": reason}
    with history.recording_changes(Site, site_ids, **change), history.recording_changes(Customer, ids, **change):
        sites = Site.objects.filter(pk__in=site_ids).update(customer=kept)
        Customer.objects.filter(pk__in=ids).update(merged_into=kept)
    merged.merged_into = kept
    return sites


def _lock_both(kept_id: int, merged_id: int) -> tuple[Customer, Customer]:
    """Lock both customers, by ascending key to prevent a deadlock; returns the kept and the merged one.

    ``Refusal``: ``customer-unknown``.
    """
    locked: dict[int, Customer] = {}
    for customer_id in sorted((kept_id, merged_id)):
        try:
            locked[customer_id] = lock_customer(customer_id)
        except Customer.DoesNotExist:
            raise Refusal("customer-unknown", field="other") from None
        if locked[customer_id].merged_into_id is not None:
            raise Refusal("customer-unknown", field="other")
    return locked[kept_id], locked[merged_id]
