"""From the cells of a row to values: what a spreadsheet program turned into something else is refused in words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.domain.cells import DateCell, ErrorCell, NumberCell, SurplusCells
from licences.domain.purchase_lines import COLUMNS, PurchaseLine, parse_cells
from licences.domain.row_cells import Problem, Reading, are_plain, are_texts, day, one_line, serial, site_id
from licences.wording import sentence


def value_of(cell: str, read) -> object:
    reading = Reading([cell], ["column"])
    value = reading.cell("column", read)
    assert reading.problems == []
    return value


def reason(cell: str, read) -> str:
    reading = Reading([cell], ["column"])
    assert reading.cell("column", read) is None
    return only_reason(reading)


def text_of(cell: str, *, code: bool = False) -> str:
    reading = Reading([cell], ["column"])
    text = reading.text("column", 100, code=code)
    assert reading.problems == []
    return text


def text_reason(cell: str, *, code: bool = False) -> str:
    reading = Reading([cell], ["column"])
    assert reading.text("column", 100, code=code) == ""
    return only_reason(reading)


def only_reason(reading: Reading) -> str:
    (problem,) = reading.problems
    assert (problem.column, "%(" in sentence(problem.reason, problem.parameters)) == ("column", False)
    return problem.reason


# --- Codes that a spreadsheet program turned into something else -------------------------------------

EXPONENTS = ["1,23E+05", "1.23E+05", "1E+05", "-1,5e+7", "1.2345678901234E+17"]
codes_of_every_kind = pytest.mark.parametrize("read", [serial, site_id])


@codes_of_every_kind
def test_a_code_that_became_a_number_is_refused(read):
    assert reason(NumberCell("12345678"), read) == "cell-is-a-number"
    assert reason(NumberCell("1.2345e+67"), read) == "cell-is-a-number"


@codes_of_every_kind
@pytest.mark.parametrize("cell", EXPONENTS)
def test_a_code_that_became_a_power_of_ten_is_refused(read, cell):
    assert reason(cell, read) == "cell-is-a-number"


@codes_of_every_kind
def test_a_code_that_became_a_date_is_refused_though_its_digits_would_be_a_code(read):
    assert reason(DateCell("2026-01-01"), read) == "cell-is-a-date"


@codes_of_every_kind
def test_a_code_that_became_an_error_is_refused(read):
    assert reason(ErrorCell("#NAME?"), read) == "cell-is-an-error"


def test_a_code_of_digits_and_an_e_is_no_power_of_ten():
    assert value_of("1234-5E67", serial) == "12345E67"
    assert text_of("12E4", code=True) == "12E4"


def test_a_serial_typed_with_zeros_has_the_letter():
    assert value_of("ab1c-09xz", serial) == value_of("AB1C O9XZ", serial) == "AB1CO9XZ"


def test_a_serial_may_be_empty_and_a_site_id_not():
    assert value_of(" ", serial) == ""
    assert reason(" ", site_id) == "value-missing"


@pytest.mark.parametrize("cell", EXPONENTS)
def test_a_text_that_identifies_something_is_no_power_of_ten(cell):
    assert text_reason(cell, code=True) == "cell-is-a-number"
    assert text_of(cell) == cell


@pytest.mark.parametrize("cell", ["4711", "01067", "123456789012345"])
def test_a_number_with_all_of_its_digits_may_identify_something(cell):
    assert text_of(NumberCell(cell), code=True) == cell


@pytest.mark.parametrize("cell", ["1234567890123456", "2.5", "-4711", "1e-07"])
def test_a_number_that_may_have_lost_digits_identifies_nothing(cell):
    assert text_reason(NumberCell(cell), code=True) == "cell-is-a-number"
    assert text_of(NumberCell(cell)) == cell


@pytest.mark.parametrize("code", [True, False])
def test_a_text_that_became_a_date_or_an_error_is_refused(code):
    assert text_reason(DateCell("2026-03-01"), code=code) == "cell-is-a-date"
    assert text_reason(ErrorCell("#REF!"), code=code) == "cell-is-an-error"


# --- Dates and numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["2026-11-24", "24.11.2026", " 24.11.2026\n", DateCell("2026-11-24")])
def test_a_date_is_read_in_both_spellings_and_as_a_spreadsheet_has_it(cell):
    assert value_of(cell, day) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (NumberCell("46350"), "not-a-date"),
        (DateCell("18:00:00"), "not-a-date"),
        (DateCell("1900-01-01"), "date-out-of-range"),
        (ErrorCell("#VALUE!"), "cell-is-an-error"),
        ("24.11.26", "not-a-date"),
    ],
)
def test_a_date_that_is_none_is_refused(cell, why):
    assert reason(cell, day) == why


def quantity_problem(cell: str) -> Problem:
    (problem,) = parse_cells(row_with(quantity=cell))
    return problem


def row_with(**cells: str) -> tuple[str, ...]:
    row = {"purchase_reference": "PO-1", "line": "1", "product": "XCH-SRV", "quantity": "1", "customer_name": "Huber"}
    return tuple({**row, **cells}.get(column, "") for column in COLUMNS)


@pytest.mark.parametrize("cell", ["1.000", "1,000", "1 000", "1'000", NumberCell("1.5")])
def test_a_quantity_with_a_separator_is_refused_and_not_guessed(cell):
    problem = quantity_problem(cell)

    assert (problem.value, problem.reason) == (cell, "not-a-whole-number")
    assert "1000" in sentence(problem.reason, problem.parameters)


def test_a_quantity_that_became_a_date_says_so():
    assert quantity_problem(DateCell("2026-05-01")).reason == "cell-is-a-date"


def test_a_quantity_that_is_a_number_is_read():
    assert parse_cells(row_with(quantity=NumberCell("1000"))).quantity == 1000


# --- Rows --------------------------------------------------------------------------------------------


def test_cells_that_are_not_there_are_empty():
    reading = Reading(["a"], ["first", "second"])

    assert [reading.text(column, 10) for column in ("first", "second", "third")] == ["a", "", ""]


def test_every_problem_of_a_row_is_gathered():
    reading = Reading(["x" * 300, "", ErrorCell("#REF!")], ["long", "missing", "error"])

    reading.text("long", 5)
    reading.text("missing", 5, required=True)
    reading.cell("error", day)

    assert reading.problems == [
        Problem("long", "x" * 200, "value-too-long", {"length": 300, "limit": 5}),
        Problem("missing", "", "value-missing", {}),
        Problem("error", "#REF!", "cell-is-an-error", {}),
    ]
    assert {type(problem.value) for problem in reading.problems} == {str}


def test_a_row_with_cells_that_no_column_has_is_rejected_for_it():
    (problem,) = parse_cells(SurplusCells(row_with()))

    assert problem == Problem("", "", "too-many-cells", {})
    assert isinstance(parse_cells(row_with()), PurchaseLine)


@pytest.mark.parametrize(("cell", "line"), [("a\r\nb", "a b"), ("\u00a0a \t b\u2028", "a b"), ("", ""), ("\n", "")])
def test_line_breaks_and_white_space_are_one_blank(cell, line):
    assert one_line(cell) == line


# --- The quick way -----------------------------------------------------------------------------------

LIMITS = (64,) * len(COLUMNS)
tricky = st.text(st.sampled_from("aE1+ |\u00a0\tü\u0308é\u0301'\u200b\x00"), max_size=6)


@pytest.mark.parametrize(
    "cell",
    [" a", "a ", "a  b", "a\nb", "a\u00a0b", "a\x00", "u\u0308", "1,2E+05", "a" * 65, NumberCell("1"), DateCell("1"),
     ErrorCell("1"), "\u200b", "\ud800"],
)  # fmt: skip
def test_a_cell_that_needs_care_is_not_plain(cell):
    for place in range(3):
        row = ["a", "b", "c"]
        row[place] = cell
        assert not (are_texts(tuple(row)) and are_plain(row, LIMITS))


def test_plain_cells_are_plain():
    row = ("Müller & Söhne GmbH", "", "1.000", "a|b", "+49 89 123456-0", "E1")
    assert are_texts(row)
    assert are_plain(row, LIMITS)
    assert not are_texts(SurplusCells(["a", "b"]))


@given(st.lists(st.text(max_size=12) | tricky, min_size=1, max_size=5))
def test_plain_cells_are_the_same_read_with_care(cells):
    if are_plain(cells, LIMITS):
        reading = Reading(cells, [str(number) for number in range(len(cells))])
        assert [reading.text(str(number), 64, code=True) for number in range(len(cells))] == cells
        assert reading.problems == []
