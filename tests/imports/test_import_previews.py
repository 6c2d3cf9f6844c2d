"""The page of a preview: what will happen, the problems of each row, and the possible decisions."""

import pytest

from licences import imports
from licences.domain.codes import grouped
from licences.models import Event, LicenceGrant
from tests import factories
from tests.imports.entry_points import INSTALLATIONS, State, advance, confirm, confirmed, on_record, preview, receive
from tests.imports.files import PURCHASE_COLUMNS, csv_bytes, installation, installations_csv, row
from tests.imports.import_pages import decide, page, shown, uploaded
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


def previewed(*rows, **options):
    return preview(csv_bytes(*rows), **options)


@pytest.fixture
def mixed():
    """A preview with a row of every outcome."""
    known = factories.bought(customer_number="K-1", quantity=5)
    again = dict(zip(PURCHASE_COLUMNS, known.grants.get() and factories.line().texts(), strict=True)) | {
        "purchase_reference": known.grants.get().purchase_reference,
        "customer_number": "K-1",
        "quantity": "5",
    }
    return previewed(
        row("PO-1", customer_number="K-9", product="XCH-FAX"),
        row("PO-2", quantity=3),
        row("PO-3", quantity=-2),
        row("PO-4", serial="TAKE-N1AB", customer_number="K-8"),
        again,
        row("PO-5", product="XCH-NIL"),
        row("PO-6", quantity="1.000", purchased_on="31.02.2026"),
    )


# --- What will happen ------------------------------------------------------------------------------------


def test_it_says_in_numbers_what_will_happen(mixed, staff):
    said = page(staff, mixed)

    assert "What will happen when you confirm" in said
    assert "1 row for a new serial number, allocated here" in said
    assert "1 row adds licences to an existing serial number" in said
    assert "1 row returns licences" in said
    assert "1 row with a serial number from an older system" in said
    assert "1 row was already imported and changes nothing" in said
    assert "2 rows are rejected" in said
    assert "Import 4 rows" in said


@pytest.mark.parametrize(
    ("tab", "row_shown"),
    [
        ("new", "2 PO-1 / 1 Bäckerei Müller & Söhne GmbH K-9 XCH-FAX +1 new number"),
        ("top_up", "3 PO-2 / 1 Bäckerei Müller & Söhne GmbH K-1 XCH-SRV +3"),
        ("return", "4 PO-3 / 1 Bäckerei Müller & Söhne GmbH K-1 XCH-SRV -2"),
        ("taken_over", "5 PO-4 / 1 Bäckerei Müller & Söhne GmbH K-8 XCH-SRV +1 TAKE - N1AB"),
        ("unchanged", "6 PO-0"),
        (
            "rejected",
            "7 PO-5 · 1 · Bäckerei Müller & Söhne GmbH Product (SKU) XCH-NIL The catalogue has no product “XCH-NIL”",
        ),
    ],
)
def test_a_tab_shows_its_rows_with_their_numbers_in_the_file(tab, row_shown, mixed, staff):
    others = {"PO-1 ", "PO-2 ", "PO-3 ", "PO-4 ", "PO-5 "} - {row_shown.partition(" ")[2][:5]}

    said = page(staff, mixed, f"?show={tab}").partition("Row in the file")[2]

    assert row_shown in said
    assert not [other for other in others if other in said]


def test_a_top_up_leads_to_the_serial_number_and_a_new_one_does_not(mixed, staff):
    known = LicenceGrant.objects.get().serial

    assert known.get_absolute_url().encode() in staff.get(f"{mixed.get_absolute_url()}?show=top_up").content
    assert b"/serials/TAKE" not in staff.get(f"{mixed.get_absolute_url()}?show=taken_over").content


def test_rejected_rows_come_first_and_say_column_value_and_reason(mixed, staff):
    said = page(staff, mixed)

    assert "8 PO-6 · 1 · Bäckerei Müller & Söhne GmbH Date of purchase 31.02.2026 Not a date." in said
    assert "Quantity 1.000 Not a whole number. Write 1000 without dots, spaces or decimals." in said


def test_an_empty_cell_and_a_control_character_are_to_be_seen(staff):
    found = previewed(row("PO-1", customer_name=""), row("PO-2", customer_name="bell\x07"))

    said = page(staff, found)

    assert "Customer name empty This must not be empty." in said
    assert "Customer name bell␇ This contains an invisible control character." in said


def test_what_stands_in_a_cell_is_text_and_nothing_else(staff):
    found = previewed(row("<script>alert(1)</script>", product="<b>{{ 7*7 }}</b>", quantity="<i>"))

    content = staff.get(found.get_absolute_url()).content

    assert b"<script>alert" not in content
    assert b"&lt;i&gt;" in content


def test_unknown_columns_are_named(staff):
    found = preview(
        csv_bytes(row() | {"Rabatt %": "3", "Verkäufer": "Huber"}, columns=(*row(), "Rabatt %", "Verkäufer"))
    )

    said = page(staff, found)

    assert "2 unknown columns are ignored Rabatt % , Verkäufer ." in said


def test_a_file_of_installations_says_what_becomes_of_them(staff):
    serial = factories.bought()
    found = preview(installations_csv(installation(serial), installation("AAAA-BBBB")), kind=INSTALLATIONS)

    said = page(staff, found)

    assert "1 installation of an older system becomes active, without an unlock code" in said
    assert "Serial number AAAABBBB Serial number not found. Import its purchases first." in said
    assert f"2 {grouped(serial.code).replace('-', ' - ')}" in page(staff, found, "?show=taken_over")


def test_a_file_that_says_nothing_new_cannot_be_confirmed(staff):
    confirmed(previewed(row()))

    found = previewed(row())

    said = page(staff, found)
    assert "Everything in this file was already imported" in said
    assert "Import 0 rows" not in said
    assert "This file contains nothing new" in shown(decide(staff, found, "confirm", preview=1))


# --- The same file -----------------------------------------------------------------------------------------


def test_the_same_file_again_is_said_before_anything_else(staff):
    first = confirmed(previewed(row()), by="Ms Vogel")

    again = uploaded(staff, csv_bytes(row()))

    for found in (again, advance(again)):
        content = staff.get(found.get_absolute_url())
        assert "The same file was imported before By Ms Vogel" in shown(content)
        assert shown(content).index("The same file was imported before") < 120
        assert f'href="{first.get_absolute_url()}"' in content.content.decode()


def test_the_same_file_that_waits_for_a_decision_is_named(staff):
    waiting = previewed(row())

    said = staff.get(receive(csv_bytes(row())).get_absolute_url())

    assert "The same file was uploaded before" in shown(said)
    assert f'href="{waiting.get_absolute_url()}"' in said.content.decode()


def test_another_file_was_not_imported_before(staff):
    confirmed(previewed(row()))

    assert "The same file" not in page(staff, previewed(row(quantity=2)))


# --- Deciding ------------------------------------------------------------------------------------------------


def test_confirming_lets_a_worker_import_all_rows(staff):
    found = previewed(row("PO-1"), row("PO-2"))

    said = shown(decide(staff, found, "confirm", preview=1))
    assert "Confirmed; waiting to be imported." in said

    assert advance(found).state == State.APPLIED
    assert found.confirmed_by == "clerk"
    assert "2 rows imported" in page(staff, found)


def test_the_first_press_on_a_file_with_rejected_rows_asks_whether_to_import_the_others(staff):
    found = previewed(row("PO-1"), row("PO-2", product="XCH-NIL"))
    assert "Import the others?" not in page(staff, found)

    asked = decide(staff, found, "confirm", preview=1)

    assert (asked.status_code, list(asked.context["messages"])) == (200, [])
    assert "1 row is rejected. Import the others?" in shown(asked)
    assert '<input type="hidden" name="accept_valid" value="on">' in asked.content.decode()
    found.refresh_from_db()
    assert found.state == State.PREVIEW
    decide(staff, found, "confirm", preview=1, accept_valid="on")

    assert advance(found).state == State.APPLIED
    assert "1 row imported" in page(staff, found)


@each_row("number", ["", "0", "2", "-1", "abc", "1.5", "99999999999999999999", "\x00", None])
def test_a_preview_of_another_number_is_not_confirmed(number, staff):
    found = previewed(row())
    before = on_record()

    said = shown(decide(staff, found, "confirm", **({} if number is None else {"preview": number})))

    found.refresh_from_db()
    assert "The file has been checked again since you opened the preview." in said
    assert (found.state, on_record()) == (State.PREVIEW, before)


def test_what_changed_since_the_preview_is_said_marked_and_to_be_confirmed_again(staff):
    known = factories.bought(customer_number="K-1", quantity=1)
    found = previewed(row("PO-1", product="XCH-FAX"), row("PO-2", quantity=-1))
    confirm(found)
    imports.record_purchase(factories.line(serial=known.code, customer_number="K-1", quantity=-1), by="somebody")

    found = advance(found)

    said = page(staff, found)
    assert found.state == State.PREVIEW
    assert "changed since the last preview" in said
    assert "Nothing has been imported." in said
    assert "Before Now" in said
    assert said.count("before: return") == 0
    assert "before: return" in page(staff, found, "?show=rejected")
    assert "The file has been checked again since you opened the preview." in shown(
        decide(staff, found, "confirm", preview=1)
    )


def test_similar_serial_numbers_are_taken_over_when_somebody_says_so(staff):
    known = factories.bought(customer_number="K-1").code
    similar = known[:-1] + ("A" if known[-1] != "A" else "B")
    found = previewed(row(serial=similar, customer_number="K-2"))
    assert "Accept these serial numbers as new" in page(staff, found)

    decide(staff, found, "similar")

    said = page(staff, advance(found))
    assert "1 row has changed since the last preview" in said
    assert "rejected taken over" in said
    assert "Accept these serial numbers as new" not in said
    assert confirmed(found).rows_applied == 1


def test_only_similar_serial_numbers_can_be_taken_over_as_they_are(staff):
    assert "similar serial numbers" not in page(staff, previewed(row(product="serial-similar-to-known")))


def test_a_withdrawn_import_changes_nothing_and_says_so(staff):
    found = previewed(row("PO-1"), row("PO-2", product="XCH-NIL"))
    before = on_record()

    said = shown(decide(staff, found, "withdraw"))

    assert "Nothing was imported from this file Discarded by clerk" in said
    assert "The catalogue has no product “XCH-NIL”." in said
    assert on_record() == before


@each_row("decision", ["confirm", "similar", "withdraw"])
@each_row("state", ["waiting", "withdrawn", "applied"])
def test_what_does_not_wait_for_a_decision_gets_none(decision, state, staff):
    found = receive(csv_bytes(row()))
    if state != "waiting":
        found = advance(found)
        decide(staff, found, "withdraw") if state == "withdrawn" else confirmed(found)
    events = Event.objects.count()

    said = shown(decide(staff, found, decision, preview=1))

    found.refresh_from_db()
    assert "This import is no longer waiting for confirmation." in said
    assert (found.state, Event.objects.count()) == (state, events)
