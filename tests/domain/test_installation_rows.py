"""Rows of a file of installations that an older system registered: each column, good and bad."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.domain.cells import DateCell, ErrorCell, NumberCell, SurplusCells
from licences.domain.installation_rows import COLUMNS, MAX_LENGTHS, REQUIRED_COLUMNS, InstallationRow, parse_cells
from licences.domain.row_cells import Problem
from licences.wording import sentence

ROW = {
    "serial": "AB1C-O9XZ",
    "site_id": "8JK3-MN2P-QR7S",
    "registered_on": "2019-05-17",
    "name": "Huber Elektrotechnik GmbH",
    "address_line1": "Hauptstraße 12a",
    "address_line2": "2. Stock",
    "postcode": "80331",
    "city": "München",
    "country": "Deutschland",
    "contact_name": "Vera Huber",
    "contact_phone": "+49 89 123456-0",
    "contact_email": "vera@huber.example",
    "server_version": "2.4",
    "client_version": "2.3.1",
}


def parsed(**cells):
    return parse_cells(tuple({**ROW, **cells}.values()))


def row_of(**cells):
    row = parsed(**cells)
    assert isinstance(row, InstallationRow)
    return row


def reason_of(column, cell):
    """Why this cell alone is refused; its sentence must be sayable too."""
    problems = parsed(**{column: cell})
    assert isinstance(problems, list)
    assert [problem.column for problem in problems] == [column]
    assert "%(" not in sentence(problems[0].reason, problems[0].parameters)
    return problems[0].reason


def test_a_full_row_is_read():
    assert row_of() == InstallationRow(
        serial="AB1CO9XZ",
        site_id="8JK3MN2PQR7S",
        registered_on=date(2019, 5, 17),
        name="Huber Elektrotechnik GmbH",
        address_line1="Hauptstraße 12a",
        address_line2="2. Stock",
        postcode="80331",
        city="München",
        country="Deutschland",
        contact_name="Vera Huber",
        contact_phone="+49 89 123456-0",
        contact_email="vera@huber.example",
        server_version="2.4",
        client_version="2.3.1",
    )


def test_the_columns_are_those_of_the_issue():
    assert list(COLUMNS) == list(ROW)
    assert set(REQUIRED_COLUMNS) == {"serial", "site_id", "name"}


@pytest.mark.parametrize("column", REQUIRED_COLUMNS)
@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_a_required_cell_must_not_be_empty(column, text):
    assert reason_of(column, text) == "value-missing"


@pytest.mark.parametrize("column", [column for column in COLUMNS if column not in REQUIRED_COLUMNS])
def test_any_other_cell_may_be_empty(column):
    assert not getattr(row_of(**{column: " "}), column)


# --- Codes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["ab1c-09xz", "AB1C O9XZ", " AB1CO9XZ "])
def test_a_serial_number_is_read_as_people_type_it(text):
    assert row_of(serial=text).serial == "AB1CO9XZ"


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("serial", "AB1C-O9X", "code-length"),
        ("serial", "AB1C-Ö9XZ", "code-symbol"),
        ("serial", "1,23E+07", "cell-is-a-number"),
        ("serial", NumberCell("12345678"), "cell-is-a-number"),
        ("site_id", "8JK3-MN2P", "code-length"),
        ("site_id", "8JK3-MN2P-QR7Ä", "code-symbol"),
        ("site_id", "1.23457E+11", "cell-is-a-number"),
        ("site_id", NumberCell("123456789012"), "cell-is-a-number"),
        ("site_id", ErrorCell("#REF!"), "cell-is-an-error"),
    ],
)
def test_a_code_that_is_none_is_refused(column, text, reason):
    assert reason_of(column, text) == reason


# --- Texts and dates -----------------------------------------------------------------------------------


@pytest.mark.parametrize("column", MAX_LENGTHS)
def test_a_text_may_be_as_long_as_its_column(column):
    limit = MAX_LENGTHS[column]
    assert getattr(row_of(**{column: "ü" * limit}), column) == "ü" * limit
    assert reason_of(column, "ü" * (limit + 1)) == "value-too-long"


@pytest.mark.parametrize("phone", ["0", "12", "ask for Vera", "+49 (0)89 / 12-34-56 ext. 7"])
def test_no_telephone_number_is_unusual_enough_to_be_refused(phone):
    assert row_of(contact_phone=phone).contact_phone == phone


@pytest.mark.parametrize("cell", ["17.05.2019", "2019-05-17", DateCell("2019-05-17")])
def test_a_day_is_read_in_both_spellings_and_from_a_spreadsheet(cell):
    assert row_of(registered_on=cell).registered_on == date(2019, 5, 17)


@pytest.mark.parametrize(
    ("cell", "reason"), [("17/05/2019", "not-a-date"), ("1899-12-31", "date-out-of-range"), ("2019", "not-a-date")]
)
def test_a_day_that_is_none_is_refused(cell, reason):
    assert reason_of("registered_on", cell) == reason


# --- Versions ----------------------------------------------------------------------------------------

version_columns = pytest.mark.parametrize("column", ["server_version", "client_version"])


@version_columns
@pytest.mark.parametrize(("text", "version"), [("2.4", "2.4"), ("v2.10.0.17", "2.10.0.17"), (" 3 ", "3")])
def test_a_version_is_read_in_its_one_spelling(column, text, version):
    assert getattr(row_of(**{column: text}), column) == version


@version_columns
@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("two", "not-a-version"),
        ("2,4", "not-a-version"),
        ("2.4-beta", "not-a-version"),
        (NumberCell("2.1"), "cell-is-a-number"),
        (NumberCell("3"), "cell-is-a-number"),
        (DateCell("2026-04-02"), "cell-is-a-date"),
    ],
)
def test_a_version_that_is_none_or_of_which_a_spreadsheet_made_something_else_is_refused(column, cell, reason):
    assert reason_of(column, cell) == reason


@pytest.mark.parametrize(
    ("server", "client", "highest"),
    [("2.9", "2.10", "2.10"), ("2.10", "2.9", "2.10"), ("2.4", "", "2.4"), ("", "2.3", "2.3"), ("", "", "")],
)
def test_the_higher_version_is_the_one_that_it_may_go_on_running(server, client, highest):
    assert row_of(server_version=server, client_version=client).highest_version == highest


# --- The whole row -----------------------------------------------------------------------------------


def test_all_problems_of_a_row_come_at_once_in_the_order_of_the_columns():
    problems = parsed(serial="AB1C", site_id="", name="\x00", city="x" * 101, client_version="x")

    assert problems == [
        Problem("serial", "AB1C", "code-length", {"length": 4, "expected": (8,)}),
        Problem("site_id", "", "value-missing", {}),
        Problem("name", "\x00", "value-control-character", {}),
        Problem("city", "x" * 101, "value-too-long", {"length": 101, "limit": 100}),
        Problem("client_version", "x", "not-a-version", {"text": "x"}),
    ]


def test_a_row_with_more_cells_than_the_header_is_refused():
    assert parse_cells(SurplusCells(ROW.values())) == [Problem("", "", "too-many-cells", {})]


@given(st.fixed_dictionaries({column: st.text() | st.just(text) for column, text in ROW.items()}))
def test_any_row_is_a_row_or_problems_of_its_columns(cells):
    found = parse_cells(tuple(cells.values()))

    if isinstance(found, InstallationRow):
        assert parse_cells(tuple("" if value is None else str(value) for value in found)) == found
    else:
        assert {problem.column for problem in found} <= set(COLUMNS)
