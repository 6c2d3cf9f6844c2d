"""Figures by product and reseller (docs/figures.md#products-and-resellers)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from licences import operations
from licences.models import (
    DailyFigure,
    DividedFigure,
    FigureDay,
    FileImport,
    LicenceGrant,
    Product,
    SenderProfile,
    Serial,
)
from tests import factories
from tests.operations.stored_figures import divided, numbers

pytestmark = pytest.mark.django_db


def compute(first: str, last: str) -> None:
    operations.compute_figures(first=date.fromisoformat(first), last=date.fromisoformat(last), now=timezone.now())


def file_of(name: str = "", *, folder: str = "") -> FileImport:
    """An imported file of a sender: of a profile, of a folder, or of nobody who is known."""
    profile = None
    if name:
        profile = SenderProfile.objects.create(name=name, name_key=name, kind="purchases", shape=name)
    return FileImport.objects.create(
        kind="purchases", state="applied", profile=profile, inbox_sender=folder or None, ended_at=timezone.now()
    )


def allocated_by(file_import: FileImport, **values) -> Serial:
    """A serial that a file allocated."""
    serial = factories.bought(**values)
    Serial.objects.filter(pk=serial.pk).update(allocated_by=file_import)
    return serial


def line(serial: Serial, file_import: FileImport, quantity: int) -> None:
    """A further purchase line of the serial's product, in a file."""
    LicenceGrant.objects.bulk_create(
        [LicenceGrant(serial=serial, product_id=serial.grants.earliest("pk").product_id, quantity=quantity,
                      purchase_reference=f"PO-R{file_import.pk}", line=1, row_digest="0", column_checks="0",
                      allocation_key="0", file_import=file_import)]
    )  # fmt: skip


def product(sku: str) -> int:
    return Product.objects.get(sku=sku).pk


def test_calls_count_for_each_product_that_the_serial_has_and_for_the_reseller_whose_file_it_first_came_in(
    catalogue, at
):
    at("2026-11-02 09:00")
    north = allocated_by(file_of("Northwind"))
    factories.top_up(north, product="XCH-CTI")
    for serial in (north, allocated_by(file_of(folder="south")), factories.bought()):
        factories.request(factories.registered(serial))

    compute("2026-11-02", "2026-11-02")

    assert numbers("calls") == {("11-02", ""): 3}
    found = {
        "server": divided("calls", product=product("XCH-SRV")),
        "cti": divided("calls", product=product("XCH-CTI")),
        "Northwind": divided("calls", reseller="Northwind"),
        "south": divided("calls", reseller="south"),
        "both": divided("calls", product=product("XCH-CTI"), reseller="Northwind"),
        "neither": divided("calls", product=product("XCH-CTI"), reseller="south"),
    }
    counts = {name: rows.get(("11-02", ""), 0) for name, rows in found.items()}
    assert counts == {"server": 3, "cti": 1, "Northwind": 1, "south": 1, "both": 1, "neither": 0}
    assert divided("registrations", reseller="Northwind") == {("11-02", "hand"): 1}
    assert divided("registrations", product=product("XCH-SRV")) == {("11-02", "hand"): 3}


def test_licences_count_for_the_product_and_the_sender_of_their_own_line(catalogue, at):
    at("2026-11-02 09:00")
    serial = allocated_by(file_of("Northwind"), quantity=4)
    line(serial, file_of("Southwind"), 3)

    compute("2026-11-02", "2026-11-02")

    server = product("XCH-SRV")
    assert numbers("licences") == divided("licences", product=server) == {("11-02", "bought"): 7}
    assert divided("licences", reseller="Southwind") == {("11-02", "bought"): 3}
    assert divided("product-licences", reseller="Southwind") == {("11-02", f"{server}/bought"): 3}
    assert divided("licences", reseller="Northwind") == {}


def test_imports_count_for_their_sender_and_for_no_product(catalogue, at):
    at("2026-11-02 09:00")
    file_of("Northwind")
    file_of()

    compute("2026-11-02", "2026-11-02")

    assert divided("imports", reseller="Northwind") == {("11-02", "applied"): 1}
    assert not DividedFigure.objects.filter(figure="imports").exclude(product=0).exists()


def test_what_stands_on_record_is_divided_and_only_the_latest_day_is_kept(catalogue, at):
    at("2026-11-02 09:00")
    north = allocated_by(file_of("Northwind"), quantity=5, software_assurance_until=date(2026, 12, 31))
    factories.top_up(north, product="XCH-CTI", quantity=2, software_assurance_until=date(2026, 12, 31))
    old = allocated_by(file_of("Southwind"), software_assurance_until=date(2026, 11, 1))
    factories.registered(old, versions=factories.versions("2.2"))
    at("2026-11-03 09:00")
    compute("2026-11-02", "2026-11-02")
    compute("2026-11-03", "2026-11-03")
    at("2026-11-04 09:00")

    compute("2026-11-04", "2026-11-04")

    server, cti = product("XCH-SRV"), product("XCH-CTI")
    assert divided("assurance-ends", product=cti) == {("11-04", "2026-12"): 1}
    assert divided("licences-ending", product=cti) == {("11-04", "2026-12"): 2}
    assert divided("licences-ending", reseller="Northwind") == {("11-04", "2026-12"): 7}
    assert divided("assurance-ends", reseller="Northwind") == {("11-04", "2026-12"): 1}
    assert divided("assurance-cover", product=server) == {("11-04", "covered"): 1, ("11-04", "lapsed"): 1}
    assert divided("assurance-cover", product=cti) == {("11-04", "covered"): 1}
    assert divided("renewals", reseller="Southwind") == {("11-04", "2026-11/lapsed"): 1}
    assert divided("never-registered", product=cti) == {("11-04", "0-30"): 1}
    assert divided("versions", reseller="Southwind") == {("11-04", "2.2/unknown"): 1}
    assert divided("licences-in-force", reseller="Northwind") == {("11-04", str(server)): 5, ("11-04", str(cti)): 2}


def test_days_that_an_earlier_release_computed_are_computed_again_exactly(catalogue, at):
    at("2026-11-02 09:00")
    factories.request(factories.registered(allocated_by(file_of("Northwind"))))
    at("2026-11-05 12:00")
    operations.refresh_figures(now=timezone.now())
    right = set(DividedFigure.objects.values_list("product", "reseller", "day", "figure", "part", "country", "value"))
    whole = set(DailyFigure.objects.values_list("day", "figure", "part", "country", "value"))
    assert any(day == date(2026, 11, 2) for _product, _reseller, day, *_rest in right)
    DividedFigure.objects.exclude(figure__in=["licences-in-force"]).filter(day__lt=date(2026, 11, 5)).delete()
    FigureDay.objects.filter(day__lt=date(2026, 11, 5)).update(divided_at=None)

    at("2026-11-05 12:06")
    operations.refresh_figures(now=timezone.now() + timedelta(seconds=1))

    found = set(DividedFigure.objects.values_list("product", "reseller", "day", "figure", "part", "country", "value"))
    assert found == right
    assert set(DailyFigure.objects.values_list("day", "figure", "part", "country", "value")) == whole
    assert not FigureDay.objects.filter(divided_at=None).exists()
