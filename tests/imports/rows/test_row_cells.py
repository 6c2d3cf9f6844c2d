"""Parsing cells: values that a spreadsheet program has converted are refused with a sentence."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.domain.cells import (
    DateCell,
    ErrorCell,
    FormulaCell,
    MergedCell,
    MisquotedCells,
    NumberCell,
    SurplusCells,
)
from licences.imports.rows.purchase_lines import COLUMNS, PurchaseLine, parse_cells
from licences.imports.rows.row_cells import (
    CellProblem,
    CellReader,
    are_plain,
    are_texts,
    one_line,
    parse_day,
    parse_serial,
    parse_site_id,
    parse_whole_number,
)
from licences.wording.sentences import sentence
from tests.tables import each_row


def value_of(cell: str, read) -> object:
    reading = CellReader([cell], ["column"])
    value = reading.cell("column", read)
    assert reading.problems == []
    return value


def reason(cell: str, read) -> str:
    reading = CellReader([cell], ["column"])
    assert reading.cell("column", read) is None
    return only_reason(reading)


def text_of(cell: str, *, code: bool = False) -> str:
    reading = CellReader([cell], ["column"])
    text = reading.text("column", 100, code=code)
    assert reading.problems == []
    return text


def text_reason(cell: str, *, code: bool = False) -> str:
    reading = CellReader([cell], ["column"])
    assert reading.text("column", 100, code=code) == ""
    return only_reason(reading)


def only_reason(reading: CellReader) -> str:
    (problem,) = reading.problems
    assert (problem.column, "%(" in sentence(problem.reason, problem.parameters)) == ("column", False)
    return problem.reason


# --- Codes that a spreadsheet program turned into something else -------------------------------------

EXPONENTS = ["1,23E+05", "1.23E+05", "1E+05", "-1,5e+7", "1.2345678901234E+17"]
codes_of_every_kind = each_row("read", [parse_serial, parse_site_id])


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
    assert value_of("1234-5E67", parse_serial) == "12345E67"
    assert text_of("12E4", code=True) == "12E4"


def test_a_serial_typed_with_zeros_has_the_letter():
    assert value_of("ab1c-09xz", parse_serial) == value_of("AB1C O9XZ", parse_serial) == "AB1CO9XZ"


def test_a_serial_may_be_empty_and_a_site_id_not():
    assert value_of(" ", parse_serial) == ""
    assert reason(" ", parse_site_id) == "value-missing"


@each_row("cell", EXPONENTS)
def test_a_text_that_identifies_something_is_no_power_of_ten(cell):
    assert text_reason(cell, code=True) == "cell-is-a-number"
    assert text_of(cell) == cell


@each_row("cell", ["4711", "01067", "123456789012345"])
def test_a_number_with_all_of_its_digits_may_identify_something(cell):
    assert text_of(NumberCell(cell), code=True) == cell


@each_row("cell", ["1234567890123456", "2.5", "-4711", "1e-07"])
def test_a_number_that_may_have_lost_digits_identifies_nothing(cell):
    assert text_reason(NumberCell(cell), code=True) == "cell-is-a-number"
    assert text_of(NumberCell(cell)) == cell


@each_row("code", [True, False])
def test_a_text_that_became_a_date_or_an_error_is_refused(code):
    assert text_reason(DateCell("2026-03-01"), code=code) == "cell-is-a-date"
    assert text_reason(ErrorCell("#REF!"), code=code) == "cell-is-an-error"


# --- Dates and numbers -------------------------------------------------------------------------------


@each_row("cell", ["2026-11-24", "24.11.2026", " 24.11.2026\n", DateCell("2026-11-24")])
def test_a_date_is_read_in_both_spellings_and_as_a_spreadsheet_has_it(cell):
    assert value_of(cell, parse_day) == date(2026, 11, 24)


@each_row(
    ("cell", "why"),
    [
        (NumberCell("46350"), "date-is-a-number"),
        ("45963", "date-is-a-number"),
        ("45963,5", "date-is-a-number"),
        ("36525", "not-a-date"),
        ("73051", "not-a-date"),
        (DateCell("18:00:00"), "not-a-date"),
        (DateCell("1900-01-01"), "date-out-of-range"),
        (ErrorCell("#VALUE!"), "cell-is-an-error"),
        ("31.12.9999", "date-for-none"),
        (DateCell("9999-12-31"), "date-for-none"),
        ("99991231", "date-for-none"),
        ("9999-12-31 00:00:00", "date-for-none"),
        ("00.00.0000", "date-for-none"),
        ("00000000", "date-for-none"),
        ("30.12.9999", "date-out-of-range"),
        ("1.9.98", "date-out-of-range"),
        ("26-09-01", "not-a-date"),
        ("2026111", "not-a-date"),
        ("202611240", "not-a-date"),
        ("20261324", "not-a-date"),
        ("2026-11-24 08:30:00", "not-a-date"),
        ("11/24/2026", "not-a-date"),
    ],
)
def test_a_date_that_is_none_is_refused(cell, why):
    assert reason(cell, parse_day) == why


@each_row(
    "cell",
    ["2026-11-24 00:00:00", "2026-11-24T00:00:00", "2026-11-24T00:00:00.000Z", "2026-11-24 00:00", "24.11.2026 0:00:00",
     "24.11.2026 00:00", "20261124", NumberCell("20261124"), "24.11.26", "24. 11. 2026", "24. 11. 26",
     "2026\u201311\u201324", "2026\u221211\u221224", "\u200b2026-11-24\ufeff", "'2026-11-24"],
)  # fmt: skip
def test_a_date_is_read_as_systems_write_it(cell):
    assert value_of(cell, parse_day) == date(2026, 11, 24)


@each_row(("cell", "year"), [("1.9.00", 2000), ("1.9.26", 2026), ("1.9.68", 2068)])
def test_a_year_of_two_digits_is_of_this_century(cell, year):
    assert value_of(cell, parse_day) == date(year, 9, 1)


# What stands for a minus: hyphens and dashes of all kinds, and the mathematical sign.
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"


@each_row("dash", DASHES)
def test_a_minus_is_read_in_any_form_before_and_after_the_number(dash):
    for cell in (f"{dash}5", f"{dash} 5", f"5{dash}", f"5 {dash}", f"5,00{dash}", f"{dash}\u00a05", f"'{dash}5"):
        assert value_of(cell, parse_whole_number) == -5


@each_row("cell", ["5,0", "5.0", "5.00", "5,00", "+5", "05", "5.0000", "5,00000", "\u200b5\ufeff", "'5"])
def test_decimals_that_are_zero_make_no_other_number(cell):
    assert value_of(cell, parse_whole_number) == 5


@each_row(
    "cell",
    ["5.000", "25,000", "1.000", "5.5", "5,05", "5,", ",0", "5-0", "-5-", "--5", "5--", "(5)", "5 0", "1.000,00", "-",
     "−", "5,000-", "1'000", "5E3"],
)  # fmt: skip
def test_a_number_that_may_mean_two_things_is_refused(cell):
    assert reason(cell, parse_whole_number) == "not-a-whole-number"


def quantity_problem(cell: str) -> CellProblem:
    (problem,) = parse_cells(row_with(quantity=cell))
    return problem


def row_with(**cells: str) -> tuple[str, ...]:
    row = {"purchase_reference": "PO-1", "line": "1", "product": "XCH-SRV", "quantity": "1", "customer_name": "Huber"}
    return tuple({**row, **cells}.get(column, "") for column in COLUMNS)


@each_row("cell", ["1.000", "1,000", "1 000", "1'000", NumberCell("1.5")])
def test_a_quantity_with_a_separator_is_refused_and_not_guessed(cell):
    problem = quantity_problem(cell)

    assert (problem.value, problem.reason) == (cell, "not-a-whole-number")
    assert "1000" in sentence(problem.reason, problem.parameters)


def test_a_quantity_that_is_refused_says_how_a_return_is_written():
    assert "-5" in sentence("not-a-whole-number")


@each_row("column", COLUMNS)
def test_a_formula_that_was_never_calculated_is_named_as_such_in_every_column(column):
    (problem,) = parse_cells(row_with(**{column: FormulaCell("=5*4")}))

    assert (problem.column, problem.value, problem.reason) == (column, "=5*4", "cell-is-a-formula")


@each_row("column", COLUMNS)
def test_a_merged_cell_is_as_its_first_row_has_it_but_for_numbers_that_each_row_has_of_its_own(column):
    plain = parse_cells(row_with(serial="AB1C-O9XZ", purchased_on="2026-11-24"))
    cell = dict(zip(COLUMNS, row_with(serial="AB1C-O9XZ", purchased_on="2026-11-24"), strict=True))[column]

    merged = parse_cells(row_with(**{"serial": "AB1C-O9XZ", "purchased_on": "2026-11-24", column: MergedCell(cell)}))

    if column in ("line", "quantity"):
        assert [(problem.column, problem.reason) for problem in merged] == [(column, "cell-is-merged")]
    else:
        assert merged == plain


def test_a_merged_cell_keeps_what_a_spreadsheet_did_to_it():
    assert text_reason(MergedCell(NumberCell("1234567890123456")), code=True) == "cell-is-a-number"
    assert text_reason(MergedCell(DateCell("2026-01-01"))) == "cell-is-a-date"
    assert value_of(MergedCell(DateCell("2026-01-01")), parse_day) == date(2026, 1, 1)


def test_a_quantity_that_became_a_date_says_so():
    assert quantity_problem(DateCell("2026-05-01")).reason == "cell-is-a-date"


def test_a_quantity_that_is_a_number_is_read():
    assert parse_cells(row_with(quantity=NumberCell("1000"))).quantity == 1000


# --- Rows --------------------------------------------------------------------------------------------


def test_cells_that_are_not_there_are_empty():
    reading = CellReader(["a"], ["first", "second"])

    assert [reading.text(column, 10) for column in ("first", "second", "third")] == ["a", "", ""]


def test_every_problem_of_a_row_is_gathered():
    reading = CellReader(["x" * 300, "", ErrorCell("#REF!")], ["long", "missing", "error"])

    reading.text("long", 5)
    reading.text("missing", 5, required=True)
    reading.cell("error", parse_day)

    assert reading.problems == [
        CellProblem("long", "x" * 200, "value-too-long", {"length": 300, "limit": 5}),
        CellProblem("missing", "", "value-missing", {}),
        CellProblem("error", "#REF!", "cell-is-an-error", {}),
    ]
    assert {type(problem.value) for problem in reading.problems} == {str}


def test_a_row_with_cells_that_no_column_has_is_rejected_for_it():
    (problem,) = parse_cells(SurplusCells(row_with()))

    assert problem == CellProblem("", "", "too-many-cells", {})
    assert isinstance(parse_cells(row_with()), PurchaseLine)


@each_row(("cell", "line"), [("a\r\nb", "a b"), ("\u00a0a \t b\u2028", "a b"), ("", ""), ("\n", "")])
def test_line_breaks_and_white_space_are_one_blank(cell, line):
    assert one_line(cell) == line


def test_a_row_whose_quotation_marks_do_not_match_is_rejected_for_that_alone():
    for cells in (row_with(), row_with(quantity="x"), ("PO-1",)):
        assert parse_cells(MisquotedCells(cells)) == [CellProblem("", "", "row-quotes", {})]
    assert "quotation marks" in sentence("row-quotes")


UNSEEN = ["\u200b", "\ufeff", "\u00ad", "\u2060", "\u200e", "\u202c", "\u200c", "\u200d", "\u3164", "\ufe0f"]


@each_row("unseen", UNSEEN)
@each_row("place", [0, 2, 4])
def test_what_cannot_be_seen_is_removed_from_every_cell(unseen, place):
    full = row_with(serial="AB1C-O9XZ", purchased_on="2026-11-24", customer_number="K-001", city="Köln")

    for column, cell in zip(COLUMNS, full, strict=True):
        odd = cell[:place] + unseen + cell[place:]
        assert parse_cells(
            tuple(odd if each == column else text for each, text in zip(COLUMNS, full, strict=True))
        ) == (parse_cells(full))


@each_row("name", ["می\u200cخواهم", "क्\u200dष"])
def test_joiners_stay_between_letters_of_scripts_that_join(name):
    assert text_of(name) == name
    assert text_of(f"\u200c{name}\u200d") == name


def test_a_cell_of_which_nothing_can_be_seen_is_empty():
    (problem,) = parse_cells(row_with(customer_name="\u200b\u00a0\ufeff"))

    assert problem.reason == "value-missing"


@each_row("guard", ["'", "' ", "\t", "\t'"])
def test_the_apostrophe_or_tab_that_guards_a_code_is_no_part_of_it(guard):
    assert text_of(f"{guard}00123", code=True) == "00123"
    assert value_of(f"{guard}AB1C-O9XZ", parse_serial) == "AB1CO9XZ"
    assert value_of(f"{guard}-5", parse_whole_number) == -5


def test_the_apostrophe_of_a_name_stays():
    assert text_of("'s-Hertogenbosch") == "'s-Hertogenbosch"


# --- The quick way -----------------------------------------------------------------------------------

LIMITS = (64,) * len(COLUMNS)
tricky = st.text(st.sampled_from("aE1+ |\u00a0\tü\u0308é\u0301'\u200b\x00\u3164\ufe0f"), max_size=6)


@each_row(
    "cell",
    [" a", "a ", "a  b", "a\nb", "a\u00a0b", "a\x00", "u\u0308", "1,2E+05", "a" * 65, NumberCell("1"), DateCell("1"),
     ErrorCell("1"), "\u200b", "\ud800", "ü\u3164", "'a", MergedCell("a"), FormulaCell("=1")],
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
        reading = CellReader(cells, [str(number) for number in range(len(cells))])
        assert [reading.text(str(number), 64, code=True) for number in range(len(cells))] == cells
        assert reading.problems == []
