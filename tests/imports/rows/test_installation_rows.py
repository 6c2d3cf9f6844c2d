"""Rows of a file of installations that an older system registered: each column, good and bad."""

from datetime import date

import pytest

from licences.domain.cells import DateCell, ErrorCell, NumberCell
from licences.imports.rows.installation_rows import InstallationRow
from licences.imports.rows.row_cells import CellProblem
from tests.imports.rows.cases import INSTALLATION
from tests.tables import each_row

parsed, row_of, reason_of = INSTALLATION.parsed, INSTALLATION.line_of, INSTALLATION.reason_of


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


# --- Codes -------------------------------------------------------------------------------------------


@each_row(
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


@each_row("cell", ["17.05.2019", "2019-05-17", DateCell("2019-05-17")])
def test_a_day_is_read_in_both_spellings_and_from_a_spreadsheet(cell):
    assert row_of(registered_on=cell).registered_on == date(2019, 5, 17)


@each_row(
    ("cell", "reason"), [("17/05/2019", "not-a-date"), ("1899-12-31", "date-out-of-range"), ("2019", "not-a-date")]
)
def test_a_day_that_is_none_is_refused(cell, reason):
    assert reason_of("registered_on", cell) == reason


# --- Versions ----------------------------------------------------------------------------------------

version_columns = each_row("column", ["server_version", "client_version"])


@version_columns
@pytest.mark.parametrize(("text", "version"), [("2.4", "2.4"), ("v2.10.0.17", "2.10.0.17"), (" 3 ", "3")])
def test_a_version_is_read_in_its_one_spelling(column, text, version):
    assert getattr(row_of(**{column: text}), column) == version


@version_columns
@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("two", "not-a-version"),
        ("2..4", "not-a-version"),
        ("2.4-beta", "not-a-version"),
        (NumberCell("2.1"), "cell-is-a-number"),
        (NumberCell("3"), "cell-is-a-number"),
        (DateCell("2026-04-02"), "cell-is-a-date"),
    ],
)
def test_a_version_that_is_none_or_of_which_a_spreadsheet_made_something_else_is_refused(column, cell, reason):
    assert reason_of(column, cell) == reason


@each_row(
    ("server", "client", "highest"),
    [("2.9", "2.10", "2.10"), ("2.10", "2.9", "2.10"), ("2.4", "", "2.4"), ("", "2.3", "2.3"), ("", "", "")],
)
def test_the_higher_version_is_the_one_that_it_may_go_on_running(server, client, highest):
    assert row_of(server_version=server, client_version=client).highest_version == highest


# --- The whole row -----------------------------------------------------------------------------------


def test_all_problems_of_a_row_come_at_once_in_the_order_of_the_columns():
    problems = parsed(serial="AB1C", site_id="", name="\x00", city="x" * 101, client_version="x")

    assert problems == [
        CellProblem("serial", "AB1C", "code-length", {"length": 4, "expected": (8,)}),
        CellProblem("site_id", "", "value-missing", {}),
        CellProblem("name", "\x00", "value-control-character", {}),
        CellProblem("city", "x" * 101, "value-too-long", {"length": 101, "limit": 100}),
        CellProblem("client_version", "x", "not-a-version", {"text": "x"}),
    ]
