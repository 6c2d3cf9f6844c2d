"""Rules for rows of both kinds of files, whatever their columns (docs/surface.md)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.domain.cells import SurplusCells
from licences.imports.rows.row_cells import CellProblem
from tests.imports.rows.cases import INSTALLATION, PURCHASE, each_kind
from tests.tables import each_row


@each_kind
def test_the_columns_are_those_of_the_page_in_its_order(kind):
    assert list(kind.rows.COLUMNS) == list(kind.row)


def test_five_columns_of_a_purchase_and_three_of_an_installation_are_required():
    assert set(PURCHASE.rows.REQUIRED_COLUMNS) == {
        "purchase_reference", "line", "product", "quantity", "customer_name"
    }  # fmt: skip
    assert set(INSTALLATION.rows.REQUIRED_COLUMNS) == {"serial", "site_id", "name"}


@each_kind
@pytest.mark.parametrize("text", ["", "   ", "\n", "\u00a0"], ids=ascii)
def test_a_required_cell_must_not_be_empty(kind, text):
    reasons = {column: kind.reason_of(column, text) for column in kind.rows.REQUIRED_COLUMNS}

    assert set(reasons.values()) == {"value-missing"}


@each_kind
def test_any_other_cell_may_be_empty(kind):
    others = [column for column in kind.rows.COLUMNS if column not in kind.rows.REQUIRED_COLUMNS]

    assert [column for column in others if getattr(kind.line_of(**{column: " "}), column)] == []


@each_kind
def test_a_text_may_be_as_long_as_its_column(kind):
    for column, limit in kind.rows.MAX_LENGTHS.items():
        assert getattr(kind.line_of(**{column: "ü" * limit}), column) == "ü" * limit
        assert kind.reason_of(column, "ü" * (limit + 1)) == "value-too-long"


@each_kind
def test_a_text_is_measured_in_the_form_that_is_stored(kind):
    for column, limit in kind.rows.MAX_LENGTHS.items():
        assert getattr(kind.line_of(**{column: "u\u0308" * limit}), column) == "ü" * limit
        assert kind.reason_of(column, "\u0958" * limit) == "value-too-long"  # NFC makes two characters of each


@each_kind
@pytest.mark.parametrize("symbol", ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\ud800"], ids=ascii)
def test_a_control_character_is_refused(kind, symbol):
    reasons = {column: kind.reason_of(column, f"a{symbol}b") for column in kind.rows.MAX_LENGTHS}

    assert set(reasons.values()) == {"value-control-character"}


@each_kind
def test_white_space_and_line_breaks_in_a_text_are_one_blank(kind):
    read = {column: getattr(kind.line_of(**{column: " one\r\n  two\t "}), column) for column in kind.rows.MAX_LENGTHS}

    assert set(read.values()) == {"one two"}


@each_kind
@pytest.mark.parametrize("phone", ["0", "12", "ask at the gate", "+49 (0)89 / 12-34-56 ext. 7"])
def test_no_telephone_number_is_unusual_enough_to_be_refused(kind, phone):
    line = kind.line_of(contact_phone=phone, address_line1="behind the church", contact_email="none")

    assert (line.contact_phone, line.address_line1, line.contact_email) == (phone, "behind the church", "none")


# --- Serial numbers and days -----------------------------------------------------------------------------


@each_kind
@pytest.mark.parametrize("text", ["ab1co9xz", "ab1c-09xz", "AB1C 09XZ", " AB1C–O9XZ ", "AB1C\nO9XZ", " AB1CO9XZ "])
def test_a_serial_is_read_as_people_write_it(kind, text):
    assert kind.line_of(serial=text).serial == "AB1CO9XZ"


@each_kind
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("AB1C-O9X", "code-length"),
        ("7TYU3-MKLAA", "serial-of-ten-symbols"),
        ("---", "code-length"),
        ("AB1C-Ö9XZ", "code-symbol"),
    ],
)
def test_a_serial_that_is_none_is_refused(kind, text, reason):
    assert kind.reason_of("serial", text) == reason


DAYS = [(PURCHASE, "purchased_on"), (PURCHASE, "software_assurance_until"), (INSTALLATION, "registered_on")]
each_day = each_row(("kind", "column"), DAYS)


@each_day
@pytest.mark.parametrize("text", ["2026-11-24", "24.11.2026", " 24.11.2026 "])
def test_a_day_is_read_in_both_spellings(kind, column, text):
    assert getattr(kind.line_of(**{column: text}), column) == date(2026, 11, 24)


@each_day
@pytest.mark.parametrize(
    "text",
    ["11/24/2026", "24/11/2026", "24.13.26", "2026-13-01", "30.02.2026", "2026-02-29", "24.11.", "2026112", "today",
     "146350", "2026-11-24 10:00", "24. November 2026", "0", "2019"],
)  # fmt: skip
def test_a_day_that_is_none_is_refused(kind, column, text):
    assert kind.reason_of(column, text) == "not-a-date"


# --- The whole row -----------------------------------------------------------------------------------------


@each_kind
def test_a_row_with_more_cells_than_the_header_is_refused(kind):
    assert kind.rows.parse_cells(SurplusCells(kind.row.values())) == [CellProblem("", "", "too-many-cells", {})]


@each_kind
@given(data=st.data())
def test_any_row_is_a_line_or_problems_of_its_columns(kind, data):
    cells = [
        data.draw(st.text() | st.just(text) | st.sampled_from(list(kind.row.values()))) for text in kind.row.values()
    ]

    found = kind.rows.parse_cells(tuple(cells))

    if isinstance(found, list):
        assert found
        assert {problem.column for problem in found} <= set(kind.rows.COLUMNS)
    else:
        read = (getattr(found, column) for column in kind.rows.COLUMNS)
        assert kind.rows.parse_cells(tuple("" if each is None else str(each) for each in read)) == found
