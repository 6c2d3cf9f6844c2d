"""The page of a preview: what will happen, what is wrong with which row, and what may be decided."""

import pytest

from licences import operations
from licences.domain.codes import grouped
from licences.models import Event, LicenceGrant
from tests import factories
from tests.licences.import_pages import decide, page, shown, uploaded
from tests.licences.imports.doors import (
    INSTALLATIONS,
    State,
    advance,
    confirm,
    confirmed,
    on_record,
    preview,
    receive,
)
from tests.licences.imports.files import PURCHASE_COLUMNS, csv_bytes, installation, installations_csv, row

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def staff(clerk, as_user):
    return as_user(clerk)


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
    assert "1 row adds licences to a serial number on record" in said
    assert "1 row takes licences back" in said
    assert "1 row whose serial number is taken over from an older system" in said
    assert "1 row is on record already and changes nothing" in said
    assert "2 rows are rejected" in said
    assert "Import 4 rows" in said


@pytest.mark.parametrize(
    ("tab", "row_shown"),
    [
        ("new", "2 PO-1 / 1 Bäckerei Müller & Söhne GmbH K-9 XCH-FAX +1 is allocated"),
        ("top_up", "3 PO-2 / 1 Bäckerei Müller & Söhne GmbH K-1 XCH-SRV +3"),
        ("return", "4 PO-3 / 1 Bäckerei Müller & Söhne GmbH K-1 XCH-SRV -2"),
        ("taken_over", "5 PO-4 / 1 Bäckerei Müller & Söhne GmbH K-8 XCH-SRV +1 TAKE - N1AB"),
        ("unchanged", "6 PO-0"),
        ("rejected", "7 PO-5 · 1 · Bäckerei Müller & Söhne GmbH product XCH-NIL There is no product “XCH-NIL”"),
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

    assert "8 PO-6 · 1 · Bäckerei Müller & Söhne GmbH purchased_on 31.02.2026 This is not a date." in said
    assert "quantity 1.000 This is not a whole number. Write 1000, without dots, blanks or decimals." in said


def test_an_empty_cell_and_a_control_character_are_to_be_seen(staff):
    found = previewed(row("PO-1", customer_name=""), row("PO-2", customer_name="bell\x07"))

    said = page(staff, found)

    assert "customer_name empty This must not be empty." in said
    assert "customer_name bell␇ This contains a control character." in said


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

    assert "2 columns are unknown and are left out Rabatt % , Verkäufer ." in said


def test_a_file_of_installations_says_what_becomes_of_them(staff):
    serial = factories.bought()
    found = preview(installations_csv(installation(serial), installation("AAAA-BBBB")), kind=INSTALLATIONS)

    said = page(staff, found)

    assert "1 installation of an older system is registered and live, without an unlock code" in said
    assert "serial AAAABBBB This serial number is not on record. Import its purchases first." in said
    assert f"2 {grouped(serial.code).replace('-', ' - ')}" in page(staff, found, "?show=taken_over")


def test_a_file_that_says_nothing_new_cannot_be_confirmed(staff):
    confirmed(previewed(row()))

    found = previewed(row())

    said = page(staff, found)
    assert "Everything in this file is on record already" in said
    assert "Import 0 rows" not in said
    assert "There is nothing new in this file" in shown(decide(staff, found, "confirm", preview=1))


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
    assert "Confirmed; waiting for a worker to apply it." in said

    assert advance(found).state == State.APPLIED
    assert found.confirmed_by == "clerk"
    assert "2 rows imported" in page(staff, found)


def test_rejected_rows_have_to_be_left_out_with_a_tick(staff):
    found = previewed(row("PO-1"), row("PO-2", product="XCH-NIL"))

    assert "tick that only the valid ones are imported" in shown(decide(staff, found, "confirm", preview=1))
    decide(staff, found, "confirm", preview=1, accept_valid="on")

    assert advance(found).state == State.APPLIED
    assert "1 row imported" in page(staff, found)


@pytest.mark.parametrize("number", ["", "0", "2", "-1", "abc", "1.5", "99999999999999999999", "\x00", None])
def test_a_preview_of_another_number_is_not_confirmed(number, staff):
    found = previewed(row())
    before = on_record()

    said = shown(decide(staff, found, "confirm", **({} if number is None else {"preview": number})))

    found.refresh_from_db()
    assert "The file was checked again since you saw it." in said
    assert (found.state, on_record()) == (State.PREVIEW, before)


def test_what_changed_since_the_preview_is_said_marked_and_to_be_confirmed_again(staff):
    known = factories.bought(customer_number="K-1", quantity=1)
    found = previewed(row("PO-1", product="XCH-FAX"), row("PO-2", quantity=-1))
    confirm(found)
    operations.record_purchase(factories.line(serial=known.code, customer_number="K-1", quantity=-1), by="somebody")

    found = advance(found)

    said = page(staff, found)
    assert found.state == State.PREVIEW
    assert "comes out otherwise than in the preview before" in said
    assert "Nothing has been imported." in said
    assert "Before Now" in said
    assert said.count("before: return") == 0
    assert "before: return" in page(staff, found, "?show=rejected")
    assert "The file was checked again since you saw it." in shown(decide(staff, found, "confirm", preview=1))


def test_similar_serial_numbers_are_taken_over_when_somebody_says_so(staff):
    known = factories.bought(customer_number="K-1").code
    similar = known[:-1] + ("A" if known[-1] != "A" else "B")
    found = previewed(row(serial=similar, customer_number="K-2"))
    assert "Take over the similar serial numbers as they are" in page(staff, found)

    decide(staff, found, "similar")

    said = page(staff, advance(found))
    assert "1 row comes out otherwise than in the preview before" in said
    assert "rejected taken over" in said
    assert "Take over the similar serial numbers" not in said
    assert confirmed(found).rows_applied == 1


def test_only_similar_serial_numbers_can_be_taken_over_as_they_are(staff):
    assert "similar serial numbers" not in page(staff, previewed(row(product="serial-similar-to-known")))


def test_a_withdrawn_import_changes_nothing_and_says_so(staff):
    found = previewed(row("PO-1"), row("PO-2", product="XCH-NIL"))
    before = on_record()

    said = shown(decide(staff, found, "withdraw"))

    assert "Nothing of this file was imported Withdrawn by clerk" in said
    assert "There is no product “XCH-NIL” in the catalogue." in said
    assert on_record() == before


@pytest.mark.parametrize("decision", ["confirm", "similar", "withdraw"])
@pytest.mark.parametrize("state", ["waiting", "withdrawn", "applied"])
def test_what_does_not_wait_for_a_decision_gets_none(decision, state, staff):
    found = receive(csv_bytes(row()))
    if state != "waiting":
        found = advance(found)
        decide(staff, found, "withdraw") if state == "withdrawn" else confirmed(found)
    events = Event.objects.count()

    said = shown(decide(staff, found, decision, preview=1))

    found.refresh_from_db()
    assert "This import is not waiting for a decision any more." in said
    assert (found.state, Event.objects.count()) == (state, events)
