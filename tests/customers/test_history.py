"""The field history of customers and sites, whichever operation changes a field."""

import pytest

from customers import history
from customers.models import Customer, Site
from licences import operations
from tests import factories
from tests.imports import entry_points, files
from tests.tables import each_row

BAKERY, ENERGY = "Bäckerei Müller & Söhne GmbH", "Nordlicht Energie AG"


@pytest.fixture
def customer(catalogue):
    return factories.bought(site_name="Werk 1").site.customer


def correct(customer, reason="Misspelled.", **values):
    correction = operations.Correction(values, reason)
    return operations.correct_customer(customer_id=customer.pk, correction=correction, by="clerk")


def told(customer):
    return [
        (each.source, each.by, each.reason, each.field, each.before, each.after)
        for each in history.changes_of(customer)
    ]


def test_what_nobody_has_changed_has_no_history(customer):
    assert history.changes_of(customer) == []


def test_a_correction_tells_field_before_after_who_and_why(customer):
    correct(customer, city="Rottenburg", contact_phone="07472/1")

    assert sorted(told(customer)) == [
        ("correction", "clerk", "Misspelled.", "telephone number", "07071/555 0163", "07472/1"),
        ("correction", "clerk", "Misspelled.", "town", "Tübingen", "Rottenburg"),
    ]


def test_the_newest_change_comes_first(customer):
    correct(customer, city="Rottenburg")
    correct(customer, city="Tübingen", reason="No, they did not move.")

    assert [each.after for each in history.changes_of(customer)] == ["Tübingen", "Rottenburg"]


def test_a_correction_of_nothing_is_no_change(customer):
    correct(customer, city=customer.city)

    assert history.changes_of(customer) == []


def test_the_first_change_keeps_how_an_import_brought_the_record(catalogue):
    entry_points.through_the_page(files.csv_bytes(files.row(city="Tübingen")))
    customer = Customer.objects.get(number="K-1")

    correct(customer, city="Rottenburg")

    first = customer.history.earliest()
    assert (first.history_type, first.city, first.history_date) == ("+", "Tübingen", customer.created_at)
    assert [(each.before, each.after) for each in history.changes_of(customer)] == [("Tübingen", "Rottenburg")]


def test_a_merge_tells_of_both_records_and_of_every_site_that_moved(catalogue):
    kept = factories.bought(customer_name=ENERGY).site.customer
    serials = [factories.bought(customer_number="K-77", site_name=name) for name in ("Werk 1", "Werk 2")]
    merged = serials[0].site.customer

    operations.merge_customers(kept_id=kept.pk, merged_id=merged.pk, reason="One company.", by="supervisor")

    moved = [(each.about, each.before, each.after) for each in history.changes_of(kept)]
    assert sorted(moved) == [
        (name, f"{BAKERY} ({merged.pk})", f"{ENERGY} ({kept.pk})") for name in ("Werk 1", "Werk 2")
    ]
    assert ("merge", "supervisor", "One company.", "merged into", "", f"{ENERGY} ({kept.pk})") in told(merged)


def test_what_was_merged_before_tells_that_it_points_on(catalogue):
    first, second, third = (factories.bought(customer_name=name).site.customer for name in ("A", "B", "C"))
    operations.merge_customers(kept_id=second.pk, merged_id=first.pk, reason="One, as told by letter.", by="supervisor")
    operations.merge_customers(kept_id=third.pk, merged_id=second.pk, reason="One, as told by letter.", by="supervisor")

    pointed = [each.after for each in history.changes_of(first) if each.field == "merged into"]
    assert pointed == [f"C ({third.pk})", f"B ({second.pk})"]


def test_a_transfer_tells_of_the_site(catalogue):
    serial = factories.bought(site_name="Werk 1")
    seller, buyer = serial.site.customer, factories.bought(customer_name=ENERGY).site.customer

    operations.transfer_serial(
        serial=serial.code,
        customer=buyer,
        details=factories.details(),
        reason="Sold, as told by letter.",
        by="supervisor",
    )

    for customer in (seller, buyer):
        [change] = history.changes_of(customer)
        assert (change.source, change.about, change.after) == ("transfer", "Werk 1", f"{ENERGY} ({buyer.pk})")


def test_many_rows_at_once_are_kept_by_statements_of_a_bounded_number(catalogue, django_assert_max_num_queries):
    ids = [factories.bought(customer_name=f"Customer {number}").site.customer_id for number in range(20)]

    with django_assert_max_num_queries(3), history.recording_changes(Customer, ids, by="tests", source="merge"):
        Customer.objects.filter(pk__in=ids).update(city="Reutlingen")

    assert Customer.history.filter(id__in=ids, city="Reutlingen").count() == 20


def test_the_last_row_of_every_history_is_how_the_record_reads(customer):
    correct(customer, city="Rottenburg")
    correct(customer, name="Backwaren Vogel KG", number="V-1")

    latest = customer.history.latest()
    customer.refresh_from_db()
    for name in ("number", "name", "city", "contact_phone", "merged_into_id"):
        assert getattr(latest, name) == getattr(customer, name)


def test_a_change_that_is_taken_back_leaves_no_history(customer):
    with pytest.raises(ZeroDivisionError), history.recording_changes(Site, [], by="tests", source="merge"):
        raise ZeroDivisionError

    assert not Customer.history.exists()


# --- The pages -------------------------------------------------------------------------------------


@each_row("address", ["/customers/{}/history/", "/admin/customers/customer/{}/history/"])
def test_staff_read_it_on_the_customer_page_and_in_the_admin(customer, clerk, as_user, address):
    correct(customer, city="<Rottenburg>")

    page = as_user(clerk).get(address.format(customer.pk))

    assert page.status_code == 200
    for text in ("Tübingen", "&lt;Rottenburg&gt;", "Misspelled.", "Correction", "clerk"):
        assert text in page.text
    assert "<script>" not in page.text
    assert "style=" not in page.text.partition('id="content-main"')[2]


def test_a_site_in_the_admin_tells_of_its_customer(customer, clerk, as_user):
    correct(customer, city="Rottenburg")

    page = as_user(clerk).get(f"/admin/customers/site/{customer.sites.get().pk}/history/")

    assert "Rottenburg" in page.text


@each_row("address", ["/customers/{}/history/", "/admin/customers/customer/{}/history/"])
def test_who_does_not_read_cases_does_not_read_what_was_before(customer, importer, as_user, address):
    assert as_user(importer).get(address.format(customer.pk)).status_code == 403
