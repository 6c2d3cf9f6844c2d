"""Questions about entries by hand. Nothing here writes."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet, Sum

from customers.models import Customer
from licences.domain.hand_entries import reference
from licences.domain.staff_identity import StaffIdentity
from licences.models import HandEntry, LicenceGrant

A_DAY = timedelta(days=1)


def hand_entries() -> QuerySet[HandEntry]:
    """Return all entries, with what their pages and lists show of them, the newest first."""
    return HandEntry.objects.select_related("customer", "serial", "corrects", "decision")


def entries_to_decide() -> QuerySet[HandEntry]:
    """Return the entries that wait for a second person, the oldest first."""
    return hand_entries().filter(needs_decision=True, decision=None).order_by("number")


def decidable_by(supervisor: StaffIdentity) -> QuerySet[HandEntry]:
    """Return the entries that wait for a second person and that this person did not enter, the oldest first."""
    by_name = Q(entered_by=supervisor)
    if supervisor.number is not None:  # a row without a number compares by name (domain/staff_identity.py)
        by_name = Q(entered_by_number=supervisor.number) | Q(entered_by_number=None, entered_by=supervisor)
    return entries_to_decide().exclude(by_name)


def grants_of(entry: HandEntry) -> QuerySet[LicenceGrant]:
    """Return the purchase lines that an entry recorded; none while it waits."""
    grants = LicenceGrant.objects.filter(purchase_reference=entry.reference)
    return grants.select_related("serial", "product").order_by("line")


def recorded_quantities(entry: HandEntry) -> dict[str, int]:
    """Return what an entry and its corrections have recorded together, as SKU to quantity; 0 for what was undone."""
    references = [entry.reference, *(reference(each) for each in entry.corrections.values_list("number", flat=True))]
    totals = LicenceGrant.objects.filter(purchase_reference__in=references).order_by("product__slot")
    return dict(totals.values_list("product__sku").annotate(total=Sum("quantity")).values_list("product__sku", "total"))


def recent_licences(customer: Customer, *, now: datetime) -> int:
    """Return how many licences were entered by hand for a customer within the last 24 hours, without a second person.

    Bought, returned and corrected ones count alike.
    """
    entries = HandEntry.objects.filter(customer=customer, needs_decision=False, entered_at__gt=now - A_DAY)
    references = [reference(each) for each in entries.values_list("number", flat=True)]
    grants = LicenceGrant.objects.filter(purchase_reference__in=references)
    bought = grants.filter(quantity__gt=0).aggregate(all=Sum("quantity"))["all"] or 0
    return bought - (grants.filter(quantity__lt=0).aggregate(all=Sum("quantity"))["all"] or 0)


def correctable(entry: HandEntry) -> bool:
    """Tell whether an entry can be corrected: it is a purchase or return that was recorded."""
    return entry.kind in (HandEntry.Kind.PURCHASE, HandEntry.Kind.RETURN) and entry.outcome == "recorded"


def waiting_correction(entry: HandEntry) -> HandEntry | None:
    """Return the correction of an entry that waits for a second person, if there is one."""
    waiting = Q(needs_decision=True, decision=None)
    return entry.corrections.filter(waiting).select_related("decision").first()
