"""Which customer a row of a purchase file means, however number, name and postcode are written
(docs/decisions.md#who-is-this-customer)."""

import pytest
from django.db import connection

from customers.models import Customer
from licences import imports
from licences.models import Event, LicenceGrant, RecordPair, Serial
from licences.operations.customers import fill_search_columns
from tests import factories
from tests.imports import entry_points
from tests.imports.files import csv_bytes, xlsx_bytes
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")

ADDRESS = {"address_line1": "Hauptstraße 12", "postcode": "01067", "city": "Dresden"}


def row(reference, name="Testhaus GmbH", *, number="", line=1, **values):
    return {
        "purchase_reference": reference, "line": line, "product": "XCH-USR", "quantity": 5, "customer_number": number,
        "customer_name": name, **ADDRESS, **values,
    }  # fmt: skip


def on_csv_page(*rows):
    return entry_points.through_the_page(csv_bytes(*rows))


def on_xlsx_page(*rows):
    return entry_points.through_the_page(xlsx_bytes(*rows), name="purchases.xlsx")


@pytest.fixture(params=["page", "workbook", "command"])
def take(request, tmp_path):
    """Imports rows by each door."""
    if request.param == "command":
        return lambda *rows: entry_points.at_once(tmp_path / "purchases.csv", csv_bytes(*rows))
    return on_csv_page if request.param == "page" else on_xlsx_page


def customers():
    return sorted(Customer.objects.values_list("number", "name"))


def is_one_customer():
    return (Customer.objects.count(), Serial.objects.count()) == (1, 1)


SEARCHED = ("name_search", "match_key", "details_key", "number_key", "country_key", "street_block", "postcode_block",
            "phone_block")  # fmt: skip


def test_a_new_customer_has_the_keys_of_one_that_is_typed_in(take):
    take(
        row("PO-1", "Bäckerei Müller 24 GmbH", number="00017", country="Österreich", contact_phone="+43 1 23456-78"),
        row("PO-2", "Kanzlei Łuczak e.K.", country="Polska", contact_phone="0711 123456", address_line1="ul. Długa 3"),
        row("PO-3", "Nordlicht 7 AG", number="k-4", address_line1="Rue de la Gare 12 bis", postcode="LS1 4AP"),
    )

    imported = {customer: [getattr(customer, column) for column in SEARCHED] for customer in Customer.objects.all()}
    typed = {each: [getattr(fill_search_columns(each), column) for column in SEARCHED] for each in imported}

    assert len(imported) == 3
    assert imported == typed


SAME_DETAILS = {
    "postcode without its zero": {"postcode": "1067"},
    "postcode as a number": {"postcode": 1067},
    "postcode with a country": {"postcode": "D-01067"},
    "postcode with a country and a blank": {"postcode": "DE 01067"},
    "postcode with blanks": {"postcode": "01 067"},
    "postcode with the letter O": {"postcode": "O1O67"},
    "something invisible in the name": {"name": "Test\u00adhaus\u200b GmbH\ufeff"},
    "one of the countries": {"postcode": "1067", "country": "DE"},
}


@each_row("written", SAME_DETAILS.values())
def test_details_written_otherwise_are_the_same_customer(take, written):
    take(row("PO-31"))

    later = take(row("PO-32", **written))

    assert entry_points.counts(later) == {"top_up": 1}
    assert is_one_customer()


def test_a_lost_zero_in_another_country_is_another_postcode(take):
    take(row("PO-31", country="Deutschland"))

    later = take(row("PO-32", postcode="1067", country="CH", address_line1="Hauptstraße 12", name="Alpha AG"))

    assert entry_points.counts(later) == {"new": 1}


SAME_NUMBERS = [
    ("0000100123", "100123"),
    ("100123", "0000100123"),
    ("K-20001", "k-20001"),
    ("K-20001", "K\u201320001"),
    ("K-20001", "K-\u200b20001"),
    ("k-20001", "K-20001"),
]


@each_row(("recorded", "written"), SAME_NUMBERS)
def test_a_number_written_otherwise_is_the_same_number(take, recorded, written):
    take(row("PO-41", number=recorded))

    later = take(row("PO-42", number=written, address_line1="Nebenstraße 9", postcode="99999"))

    assert entry_points.counts(later) == {"top_up": 1}
    assert customers() == [(recorded, "Testhaus GmbH")]


def test_a_number_that_comes_later_is_taken_by_the_customer_without_one(take):
    take(row("PO-41"))

    later = take(row("PO-42", number="K-20001"))

    assert entry_points.counts(later) == {"top_up": 1}
    assert customers() == [("K-20001", "Testhaus GmbH")]
    assert is_one_customer()
    event = Event.objects.get(kind=Event.Kind.CUSTOMER_CORRECTED)
    assert event.customer == Customer.objects.get()
    assert event.personal["number"] == {"before": "", "after": "K-20001"}
    assert [each.number for each in Customer.history.order_by("history_id")] == ["", "K-20001"]


def test_of_two_numbers_for_one_customer_the_second_waits(take):
    take(row("PO-41"))

    later = take(row("PO-42", number="K-1"), row("PO-43", number="K-2"))

    assert entry_points.reasons(later) == {3: "customer-like-known"}


def test_a_new_customer_with_and_without_its_number_in_one_file_is_one(take):
    first = take(row("PO-41"), row("PO-42", number="K-20001"))

    assert entry_points.counts(first) == {"new": 2}
    assert customers() == [("K-20001", "Testhaus GmbH")]


def test_a_number_of_somebody_else_waits_whatever_the_address(take):
    take(row("PO-46", "Bäckerei Huber KG", number="K-10001", address_line1="Am Markt 1", postcode="80331"))

    later = take(row("PO-47", "Ganz Anders AG", number="K-10001"))

    assert entry_points.reasons(later) == {2: "customer-differs-from-number"}
    assert later.to_confirm == {"number": 1}
    assert LicenceGrant.objects.count() == 1


def test_a_name_that_is_close_to_that_of_the_number_does_not_wait(take):
    take(row("PO-46", "Bäckerei Huber KG", number="K-10001"))

    assert entry_points.counts(take(row("PO-47", "Baeckerei Hubert", number="K-10001"))) == {"top_up": 1}


LOOKALIKES = {
    "a slip, same street and postcode": {"name": "Notariat Kretschmer & Lössnig"},
    "a slip, same postcode": {"name": "Notariat Kretschmer & Lössnig", "address_line1": "Nebenweg 3"},
    "a slip, same street": {"name": "Notariat Kretschmer & Lössnig", "postcode": "99999"},
    "contained, same postcode": {"name": "Kretzschmer und Lößnig", "address_line1": "Nebenweg 3"},
    "same telephone": {
        "name": "Notariat Kretschmer & Lössnig", "address_line1": "Nebenweg 3", "postcode": "9",
        "contact_phone": "+49 351 / 123 456-7",
    },
    "with a number": {"name": "Notariat Kretschmer & Lössnig", "number": "K-7"},
}  # fmt: skip


@each_row("written", LOOKALIKES.values())
def test_a_new_customer_like_a_known_one_waits(take, written):
    take(row("PO-51", "Notariat Kretzschmer und Lößnig", contact_phone="0351 1234567"))

    later = take(row("PO-52", **written))

    assert entry_points.reasons(later) == {2: "customer-like-known"}
    assert later.to_confirm == {"lookalike": 1}
    pair = RecordPair.objects.get()
    assert (pair.kind, pair.customer, pair.row_count) == ("lookalike", Customer.objects.get(), 1)


OTHER_PLACE = {"address_line1": "A 1", "postcode": "9"}
OTHERS = {
    "another name": {"name": "Gasthof Adler"},
    "a slip, nothing else in common": {
        "name": "Notariat Kretschmer & Lössnig",
        "address_line1": "A 1",
        "postcode": "9",
    },
    "another number in the name": {"name": "Notariat Kretzschmer und Lößnig 2"},
}


@each_row("written", OTHERS.values())
def test_a_new_customer_unlike_the_known_ones_does_not_wait(take, written):
    take(row("PO-51", "Notariat Kretzschmer und Lößnig"))

    later = take(row("PO-52", **written))

    assert (later.new_customers, later.new_serials, later.to_confirm) == (1, 1, {})


def test_customers_with_two_different_numbers_are_two(take):
    take(row("PO-51", number="K-1"))

    assert entry_points.counts(take(row("PO-52", number="K-2"))) == {"new": 1}


def test_new_serials_and_new_customers_are_counted():
    counted = entry_points.preview(
        csv_bytes(row("PO-1"), row("PO-1", line=2), row("PO-2", "Gasthof Adler"), row("PO-3", site_name="Werk 2"))
    )

    assert (counted.new_serials, counted.new_customers) == (3, 2)


@each_row("shared", ["street", "postcode", "phone"])
def test_one_new_customer_is_compared_only_with_those_who_share_something(shared):
    index, plans = f"customer_by_{shared}_block", []
    Customer.objects.bulk_create(
        fill_search_columns(
            Customer(name=f"Kunde {n}", address_line1=f"Weg {n}", postcode=f"{n}", contact_phone=f"{n}")
        )
        for n in range(100_000, 102_000)
    )
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"

    def explained(execute, statement, parameters, many, context):
        if "INTO block_mate" in statement and "EXPLAIN" not in statement:
            with connection.cursor() as cursor:
                cursor.execute(f"{explain} {statement}", parameters)
                plans.append(str(cursor.fetchall()))
        return execute(statement, parameters, many, context)

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # of a table with a few rows any plan is as good as another
    with connection.execute_wrapper(explained):
        imports.record_purchases([(1, factories.line(customer_name="Kunde neu"))], by="importer")

    assert len([plan for plan in plans if index in plan]) == 1
