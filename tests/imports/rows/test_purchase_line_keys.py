"""Is it the same row, the same customer, the same new serial? (docs/surface.md#purchase-file;
docs/decisions.md#digests-and-keys-of-purchases)"""

from datetime import date

from licences.domain.customer_keys import match_key
from licences.imports.rows.purchase_lines import COLUMNS, PurchaseLine, differing_columns
from tests.imports.rows.cases import PURCHASE
from tests.imports.rows.lines import allocation_key, column_checks, keys_of, parse
from tests.tables import each_row

ROW, line_of = PURCHASE.row, PURCHASE.line_of
LINE = line_of()
CHANGED = {
    "purchase_reference": "PO-2026-118",
    "line": 2,
    "purchased_on": date(2026, 11, 25),
    "serial": "AB1CO9XY",
    "product": "XCH-CTI-20",
    "quantity": 24,
    "software_assurance_until": None,
    "customer_number": "K-1002",
    "customer_name": "Huber Elektrotechnik",
    "address_line1": "Hauptstraße 12b",
    "address_line2": "",
    "postcode": "80332",
    "city": "Muenchen",
    "country": "Germany",
    "contact_name": "V. Huber",
    "contact_phone": "+49 89 123456-1",
    "contact_email": "v@huber.example",
    "site_name": "Werk 1",
}


# --- The same row again --------------------------------------------------------------------------------


@each_row(
    "cells",
    [
        {"purchased_on": "24.11.2026"},
        {"software_assurance_until": "30.11.2027"},
        {"serial": "ab1c09xz"},
        {"quantity": "+25", "line": "01"},
        {"customer_name": " Huber  Elektrotechnik GmbH "},
        {"city": "Mu\u0308nchen"},
    ],
)
def test_the_same_content_in_another_spelling_has_the_same_digest(cells):
    assert line_of(**cells).row_digest() == LINE.row_digest()
    assert column_checks(line_of(**cells)) == column_checks(LINE)


@each_row("column", COLUMNS)
def test_other_content_has_another_digest_and_names_its_column(column):
    other = LINE._replace(**{column: CHANGED[column]})
    assert other.row_digest() != LINE.row_digest()
    assert differing_columns(column_checks(LINE), column_checks(other)) == [column]


def test_all_columns_that_differ_are_named_and_no_other():
    other = LINE._replace(quantity=24, product="XCH-CTI-20", site_name="Werk 1")
    assert differing_columns(column_checks(other), column_checks(LINE)) == ["product", "quantity", "site_name"]
    assert differing_columns(column_checks(LINE), column_checks(line_of())) == []


def test_a_value_that_moves_to_the_next_column_is_other_content():
    one, other = LINE._replace(address_line1="A", address_line2=""), LINE._replace(address_line1="", address_line2="A")
    assert one.row_digest() != other.row_digest()


def test_the_digest_does_not_change_between_versions_of_this_program():
    empty = PurchaseLine("PO-1", 1, None, "", "SKU", 1, None, "", "Huber")
    assert empty.row_digest() == "973ab29d53d76f1da76c1b01ac3e1aef"
    assert column_checks(empty)[:8] == "126f2672"


# --- The same customer -----------------------------------------------------------------------------------


@each_row(
    ("name", "address", "postcode"),
    [
        ("HUBER ELEKTROTECHNIK GMBH", "Hauptstr. 12 A", "80331"),
        ("Huber Elektrotechnik", "Hauptstrasse 12a", " 803 31"),
        ("Huber-Elektrotechnik GmbH & Co. KG", "hauptstraße 12a", "80331"),
    ],
)
def test_the_spellings_of_one_customer_have_one_key(name, address, postcode):
    assert match_key(name, address, postcode) == match_key("Huber Elektrotechnik GmbH", "Hauptstraße 12a", "80331")


@each_row(
    ("name", "address", "postcode"),
    [
        ("Gruber Elektrotechnik GmbH", "Hauptstraße 12a", "80331"),
        ("Huber Elektrotechnik GmbH", "Hauptstraße 12b", "80331"),
        ("Huber Elektrotechnik GmbH", "Hauptstraße 12a", "80332"),
        ("Huber Elektrotechnik GmbH", "", "80331"),
    ],
)
def test_another_name_address_or_postcode_is_another_customer(name, address, postcode):
    assert match_key(name, address, postcode) != match_key("Huber Elektrotechnik GmbH", "Hauptstraße 12a", "80331")


def test_a_british_postcode_is_the_same_with_and_without_its_blank():
    assert match_key("Oak Bakery", "1 Mill Lane", "sw1a 2aa") == match_key("Oak Bakery", "1 Mill Lane", "SW1A2AA")


def test_with_a_customer_number_only_the_number_counts():
    assert (
        keys_of(LINE._replace(customer_name="Other", address_line1="", postcode="")).customer_key
        == keys_of(LINE).customer_key
    )
    assert keys_of(LINE._replace(customer_number="K-1002")).customer_key != keys_of(LINE).customer_key


def test_without_a_customer_number_name_address_and_postcode_count():
    nameless = LINE._replace(customer_number="")
    assert keys_of(nameless).customer_key == match_key(LINE.customer_name, LINE.address_line1, LINE.postcode)
    assert keys_of(nameless).customer_key != keys_of(LINE).customer_key


# --- The same new serial -----------------------------------------------------------------------------------

UNNUMBERED = {**ROW, "serial": "", "customer_number": ""}


def key_of_new_serial(**cells: str) -> str:
    line = parse({**UNNUMBERED, **cells})
    assert isinstance(line, PurchaseLine)
    return allocation_key(line)


@each_row(
    "cells",
    [
        {"line": "2", "product": "XCH-CTI-20", "quantity": "1"},
        {"customer_name": "HUBER ELEKTROTECHNIK", "address_line1": "Hauptstr. 12a"},
        {"site_name": "WERK 2"},
        {"site_name": "Werk-2"},
        {"contact_name": "Somebody Else", "city": "Munich"},
        {"purchased_on": "", "software_assurance_until": ""},
    ],
)
def test_rows_of_one_purchase_customer_and_site_share_a_serial(cells):
    assert key_of_new_serial(**cells) == key_of_new_serial()


@each_row(
    "cells",
    [
        {"purchase_reference": "PO-2026-118"},
        {"site_name": "Werk 1"},
        {"site_name": ""},
        {"customer_name": "Gruber Dachbau"},
        {"postcode": "80332"},
        {"customer_number": "K-1001"},
    ],
)
def test_another_purchase_customer_or_site_takes_another_serial(cells):
    assert key_of_new_serial(**cells) != key_of_new_serial()
