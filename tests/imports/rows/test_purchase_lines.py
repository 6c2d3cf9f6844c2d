"""surface.md, "Purchase file": each column, good and bad."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.imports.rows.purchase_lines import (
    COLUMNS,
    REQUIRED_COLUMNS,
    PurchaseLine,
    parse_cells,
)
from licences.imports.rows.row_cells import CellProblem
from tests.imports.rows.cases import PURCHASE
from tests.imports.rows.lines import parse
from tests.tables import each_row

ROW, line_of, reason_of = PURCHASE.row, PURCHASE.line_of, PURCHASE.reason_of
SHORTEST = {column: ROW[column] for column in REQUIRED_COLUMNS}


def test_a_full_row_is_read():
    assert line_of() == PurchaseLine(
        purchase_reference="PO-2026-117",
        line=1,
        purchased_on=date(2026, 11, 24),
        serial="AB1CO9XZ",
        product="XCH-CTI-10",
        quantity=25,
        software_assurance_until=date(2027, 11, 30),
        customer_number="K-1001",
        customer_name="Huber Elektrotechnik GmbH",
        address_line1="Hauptstraße 12a",
        address_line2="2. Stock",
        postcode="80331",
        city="München",
        country="Deutschland",
        contact_name="Vera Huber",
        contact_phone="+49 89 123456-0",
        contact_email="vera@huber.example",
        site_name="Werk 2",
    )


def test_only_the_required_columns_are_enough():
    line = parse(SHORTEST)
    assert isinstance(line, PurchaseLine)
    assert (line.serial, line.purchased_on, line.software_assurance_until, line.site_name) == ("", None, None, "")
    assert (line.purchase_reference, line.line) == ("PO-2026-117", 1)


def test_other_columns_are_left_alone():
    assert parse({**ROW, "colour": "\x00"}) == line_of()


def test_a_required_column_that_is_not_there_is_missing_too():
    problems = parse({column: text for column, text in SHORTEST.items() if column != "product"})
    assert problems == [CellProblem("product", "", "value-missing", {})]


# --- Serial numbers ------------------------------------------------------------------------------------


# --- Whole numbers -------------------------------------------------------------------------------------


@each_row(
    ("text", "quantity"),
    [
        ("1", 1),
        ("25", 25),
        ("+25", 25),
        ("-4", -4),
        ("025", 25),
        (" 7 ", 7),
        ("32767", 32767),
        ("-32767", -32767),
        ("25.0", 25),
        ("4-", -4),
        ("−4", -4),
    ],
)
def test_a_quantity_is_a_whole_number_and_a_return_is_negative(text, quantity):
    assert line_of(quantity=text).quantity == quantity


@each_row(
    ("text", "reason"),
    [
        ("0", "quantity-zero"),
        ("-0", "quantity-zero"),
        ("32768", "quantity-too-large"),
        ("-32768", "quantity-too-large"),
        ("999999999999", "quantity-too-large"),
        ("1.000", "not-a-whole-number"),
        ("1,000", "not-a-whole-number"),
        ("1 000", "not-a-whole-number"),
        ("1'000", "not-a-whole-number"),
        ("2.5", "not-a-whole-number"),
        ("25.000", "not-a-whole-number"),
        ("1e3", "not-a-whole-number"),
        ("٢", "not-a-whole-number"),
        ("²", "not-a-whole-number"),
        ("--1", "not-a-whole-number"),
        ("ten", "not-a-whole-number"),
        ("=1+1", "not-a-whole-number"),
        ("9" * 5000, "not-a-whole-number"),
    ],
)
def test_a_quantity_that_is_none_is_refused(text, reason):
    assert reason_of("quantity", text) == reason


@each_row(("text", "number"), [("0", 0), ("1", 1), ("010", 10), ("2147483647", 2**31 - 1)])
def test_a_line_is_a_whole_number_from_0(text, number):
    assert line_of(line=text).line == number


@each_row(
    ("text", "reason"),
    [
        ("-1", "not-a-line-number"),
        ("2147483648", "not-a-line-number"),
        ("1.5", "not-a-whole-number"),
        ("1a", "not-a-whole-number"),
    ],
)
def test_a_line_that_is_none_is_refused(text, reason):
    assert reason_of("line", text) == reason


# --- Dates ---------------------------------------------------------------------------------------------

date_columns = each_row("column", ["purchased_on", "software_assurance_until"])


@date_columns
@pytest.mark.parametrize(
    ("text", "day"),
    [("2000-01-01", date(2000, 1, 1)), ("31.12.2099", date(2099, 12, 31)), ("29.02.2028", date(2028, 2, 29)),
     ("3.4.2026", date(2026, 4, 3))],
)  # fmt: skip
def test_the_day_comes_before_the_month_and_the_century_is_this_one(column, text, day):
    assert getattr(line_of(**{column: text}), column) == day


@date_columns
@pytest.mark.parametrize("text", ["1999-12-31", "01.01.2100", "0001-01-01", "24.11.0026"])
def test_a_date_in_another_century_is_a_slip_of_the_finger(column, text):
    assert reason_of(column, text) == "date-out-of-range"


# --- The whole row -------------------------------------------------------------------------------------


def test_all_problems_of_a_row_come_at_once_in_the_order_of_the_columns():
    problems = parse(
        {
            **ROW,
            "customer_name": "",
            "city": "x" * 101,
            "quantity": "1.000",
            "line": "-1",
            "serial": "AB1C-Ö9XZ",
            "purchased_on": "yesterday",
            "product": "A\x00B",
        }
    )
    assert problems == [
        CellProblem("line", "-1", "not-a-line-number", {}),
        CellProblem("purchased_on", "yesterday", "not-a-date", {}),
        CellProblem(
            "serial",
            "AB1C-Ö9XZ",
            "code-symbol",
            {"symbol": "Ö", "name": "LATIN CAPITAL LETTER O WITH DIAERESIS", "position": 6},
        ),
        CellProblem("product", "A\x00B", "value-control-character", {}),
        CellProblem("quantity", "1.000", "not-a-whole-number", {}),
        CellProblem("customer_name", "", "value-missing", {}),
        CellProblem("city", "x" * 101, "value-too-long", {"length": 101, "limit": 100}),
    ]


def test_a_problem_quotes_no_more_than_200_characters():
    (problem,) = parse({**ROW, "city": "x" * 100_000})
    assert problem.value == "x" * 200
    assert problem.parameters["length"] == 100_000


@given(st.fixed_dictionaries(dict.fromkeys(COLUMNS, st.text() | st.sampled_from(list(ROW.values())))))
def test_any_row_is_a_line_or_problems_of_its_columns(cells):
    found = parse(cells)
    if isinstance(found, PurchaseLine):
        assert found.quantity != 0
        assert found == parse_cells(found.texts())
    else:
        assert found
        assert {problem.column for problem in found} <= set(COLUMNS)


def test_a_line_read_from_its_own_texts_is_the_same_line():
    assert parse_cells(line_of().texts()) == line_of()
    assert len(line_of().texts()) == len(COLUMNS)
    shortest = parse(SHORTEST)
    assert isinstance(shortest, PurchaseLine)
    assert parse_cells(shortest.texts()) == shortest
