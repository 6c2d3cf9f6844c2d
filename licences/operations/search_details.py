"""What search texts hold besides customer and registration: former names, site IDs and references of tickets."""

from collections import defaultdict
from collections.abc import Mapping

from django.db.models import Q

from customers.models import Customer, Site
from licences.models import Installation, Relicensing

Lines = dict[int, list[str]]


def former_names(owners: Mapping[int, tuple[int, int]]) -> Lines:
    """Primary key of each serial → names that its customer had before, and those of earlier owners of its site.

    ``owners`` maps each serial to the primary keys of its site and its customer. Names are in order, oldest first.
    Erased customers have no names any more.
    """
    owner_of = dict(owners.values())
    customers = set(owner_of.values())
    renamed: Lines = defaultdict(list)
    past = Customer.history.filter(id__in=customers).exclude(name="").order_by("history_id")
    for customer, name in past.values_list("id", "name"):
        renamed[customer].append(name)
    sold: dict[int, list[int]] = defaultdict(list)
    transfers = Site.history.filter(id__in=owner_of).order_by("history_id")
    for site, customer in transfers.values_list("id", "customer_id"):
        if customer != owner_of[site]:
            sold[site].append(customer)
    sellers = {seller for each in sold.values() for seller in each}
    names = dict(Customer.objects.filter(pk__in=sellers, erased_at=None).values_list("pk", "name")) if sellers else {}
    lines: Lines = defaultdict(list)
    for serial, (site, customer) in owners.items():
        lines[serial] = [*(names[each] for each in sold[site] if each in names), *renamed[customer]]
    return lines


def site_ids(serial_ids: list[int]) -> Lines:
    """Primary key of each serial → the site IDs of all its installations, the latest first.

    A search text that is too long is cut off at its end, so that it keeps the latest.
    """
    lines: Lines = defaultdict(list)
    installations = Installation.objects.filter(serial__in=serial_ids).order_by("-pk")
    for serial, site_id in installations.values_list("serial_id", "site_id"):
        lines[serial].append(site_id)
    return lines


def ticket_references(serial_ids: list[int]) -> Lines:
    """Primary key of each serial → references of tickets noted at its re-licensing requests, oldest first."""
    lines: Lines = defaultdict(list)
    noted = Relicensing.objects.filter(~Q(ticket_reference=""), serial__in=serial_ids).order_by("pk")
    for serial, reference in noted.values_list("serial_id", "ticket_reference"):
        lines[serial].append(reference)
    return lines
