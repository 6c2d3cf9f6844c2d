"""Thousands of serial numbers for a benchmark, each bought by a customer of its own."""

from datetime import date

from customers.models import Customer, Site
from licences.domain import codes
from licences.models import Balance, LicenceGrant, Product, Serial
from licences.operations.customers import fill_search_columns

COVERED_UNTIL = date(2099, 12, 31)
_BATCH = 5000


def bought_serials(count: int) -> list[str]:
    """Create ``count`` serial numbers with one purchase line each; returns their codes."""
    product, _new = Product.objects.get_or_create(slot=1, defaults={"sku": "XCH-SRV", "name": "Xchange Server"})
    first = Customer.objects.count() + 1
    numbers = range(first, first + count)
    customers = Customer.objects.bulk_create(
        [
            fill_search_columns(
                Customer(number=f"B-{number}", name=f"Customer {number}", address_line1=f"Street {number}")
            )
            for number in numbers
        ],
        batch_size=_BATCH,
    )
    sites = Site.objects.bulk_create([Site(customer=customer) for customer in customers], batch_size=_BATCH)
    drawn = _drawn(count)
    serials = Serial.objects.bulk_create(
        [Serial(code=code, site=site) for code, site in zip(drawn, sites, strict=True)], batch_size=_BATCH
    )
    grants = [_grant(serial, product, number) for serial, number in zip(serials, numbers, strict=True)]
    LicenceGrant.objects.bulk_create(grants, batch_size=_BATCH)
    balances = [Balance(serial=serial, product=product, quantity=25) for serial in serials]
    Balance.objects.bulk_create(balances, batch_size=_BATCH)
    return drawn


def _drawn(count: int) -> list[str]:
    """New codes that differ from each other; that they differ from earlier ones is up to the constraint."""
    drawn: dict[str, None] = {}
    while len(drawn) < count:
        drawn[codes.new_serial()] = None
    return list(drawn)


def _grant(serial: Serial, product: Product, number: int) -> LicenceGrant:
    return LicenceGrant(
        serial=serial,
        product=product,
        quantity=25,
        purchase_reference=f"B-{number}",
        line=1,
        software_assurance_until=COVERED_UNTIL,
    )
