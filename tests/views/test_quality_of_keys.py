"""Data quality: customers and purchases whose keys have become one (docs/decisions.md#a-key-typed-otherwise)."""

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Customer
from licences import imports, operations
from licences.domain.codes import grouped
from licences.imports.stored_keys import fill_missing_keys
from licences.models import LicenceGrant, RecordPair
from licences.queries import data_quality
from tests import factories
from tests.factories import TODAY
from tests.imports import entry_points
from tests.imports.files import csv_bytes
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


def entries(slug, **options):
    return data_quality.BY_SLUG[slug].entries(today=TODAY, **options)


# --- Customers -------------------------------------------------------------------------------------------


def of_old(number, name):
    """A customer with a number that older code would have stored beside another spelling of it."""
    customer = factories.bought(customer_number=f"TEMPORARY-{name}", customer_name=name).site.customer
    Customer.objects.filter(pk=customer.pk).update(number=number, details_key="")
    fill_missing_keys(connection)
    return customer


@each_row(
    ("one", "other"),
    [("17", "0017"), ("0017", "17"), ("0017", "00017"), ("K-1", "k-1"), ("K\u20131", "K-1"), ("K-\u200b1", "k-1")],
)
def test_customers_whose_numbers_have_become_one_are_paired(one, other):
    older, newer = of_old(one, "Nordlicht Energie AG"), of_old(other, "Zunftmeister Ost")
    of_old("K-3", "Groß & Klein oHG")

    (found,) = entries("same-number")

    assert (found.customer, found.other) == (older, newer)
    assert found.about == f"{one} and {other}"
    assert found.since == timezone.localdate(newer.created_at)
    assert Customer.objects.filter(merged_into=None).count() == 3


def test_of_three_each_is_paired_with_the_oldest_and_a_page_stops():
    first, second, third = (of_old(number, f"Haus {number} AG") for number in ("0017", "17", "00017"))

    assert [(each.customer, each.other) for each in entries("same-number")] == [(first, second), (first, third)]
    assert len(entries("same-number", most=1)) == 1


def test_once_merged_they_are_not_listed():
    one, other = of_old("17", "Nordlicht Energie AG"), of_old("0017", "Zunftmeister Ost")

    operations.merge_customers(kept_id=one.pk, merged_id=other.pk, reason="Same, as told by letter", by="tests")

    assert entries("same-number") == []


def test_the_page_leads_to_merging(supervisor, as_user):
    one, other = of_old("17", "Nordlicht Energie AG"), of_old("0017", "Zunftmeister Ost")

    operations.count_quality_lists(now=timezone.now(), by_worker=False)
    page = as_user(supervisor).get("/quality/same-number/").text

    assert f"/customers/{one.pk}/merge/?other=Zunftmeister%20Ost&amp;other_id={other.pk}" in page
    assert "17 and 0017" in page


# --- Purchases -------------------------------------------------------------------------------------------


def recorded(reference, *, line=1, serial=None):
    """A grant as older code recorded it beside another spelling of its reference."""
    serial = serial or factories.bought(customer_number=f"K-{reference}")
    grant = serial.grants.first()
    grant.pk, grant.purchase_reference, grant.line = None, reference, line
    grant.save(force_insert=True)
    fill_missing_keys(connection)
    return LicenceGrant.objects.get(pk=grant.pk)


SPELLINGS = [
    ("PO-17", "po-17"),
    ("po-17", "PO-17"),
    ("po-17", "Po-17"),
    ("PO\u201317", "PO-17"),
    ("PO-1\u200b7", "PO-17"),
]


@each_row(("one", "other"), SPELLINGS)
def test_purchases_whose_references_have_become_one_are_listed_once(one, other):
    serials = [factories.bought(customer_number=number) for number in ("K-1", "K-2")]
    known, later = (recorded(each, serial=serial) for each, serial in zip((one, other), serials, strict=True))
    recorded(one, line=2, serial=known.serial)
    recorded(other, line=2, serial=later.serial)
    recorded("PO-18")

    (found,) = entries("same-purchase")

    assert (found.customer, found.serial) == (later.serial.site.customer, later.serial)
    assert found.about == f"{other}; earlier {one}, serial number {grouped(known.serial.code)}"
    assert found.since == timezone.localdate(later.recorded_at)


def test_a_further_line_under_another_spelling_is_no_second_purchase():
    known = recorded("PO-17")
    recorded("po-17", line=2, serial=known.serial)

    assert entries("same-purchase") == []


def test_a_purchase_that_somebody_said_is_another_is_not_listed():
    row = {"purchase_reference": "PO-17", "line": 1, "product": "XCH-USR", "quantity": 5, "customer_name": "Alpha AG"}
    entry_points.through_the_page(csv_bytes(row))
    waiting = entry_points.preview(csv_bytes({**row, "purchase_reference": "po-17"}))
    kind = RecordPair.objects.get().kind
    imports.decide_pairs(file_import_id=waiting.pk, decisions={}, others=(kind, "another"), by="clerk")
    entry_points.confirmed(entry_points.advance(waiting))

    assert LicenceGrant.objects.count() == 2
    assert entries("same-purchase") == []


def test_a_purchase_that_was_taken_back_is_not_listed():
    known = recorded("PO-17")
    later = recorded("po-17", serial=known.serial)
    assert len(entries("same-purchase")) == 1
    reversal = LicenceGrant.objects.get(pk=later.pk)
    reversal.pk, reversal.quantity, reversal.reverses, reversal.generation = None, -later.quantity, later, 1
    reversal.save(force_insert=True)

    assert entries("same-purchase") == []


@each_row("slug", ["same-purchase", "same-number"])
def test_the_lists_are_pages_and_files(slug, staff):
    known = recorded("PO-17")
    recorded("po-17", serial=known.serial)
    of_old("17", "Nordlicht Energie AG")
    of_old("0017", "Zunftmeister Ost")
    sought = "po-17; earlier PO-17" if slug == "same-purchase" else "17 and 0017"

    operations.count_quality_lists(now=timezone.now(), by_worker=False)

    answer = staff.get(f"/quality/{slug}/", {"format": "csv"})

    assert sought in staff.get(f"/quality/{slug}/").text
    assert sought in b"".join(answer.streaming_content).decode("utf-8-sig")
