"""Written tables read back cell by cell, in both formats, and run nothing in a spreadsheet program."""

import csv
import io
import itertools
import re
import secrets
import zipfile
from collections.abc import Callable, Sequence
from datetime import date

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet._writer import ALL_TEMP_FILES
from openpyxl.worksheet.worksheet import Worksheet

from licences.domain.errors import Refusal
from licences.spreadsheets import writing
from licences.spreadsheets.reading import open_table
from licences.spreadsheets.writing import MAX_XLSX_CELL, CsvWriter, XlsxWriter
from licences.wording.sentences import refusal_sentence
from tests.how_often import examples
from tests.spreadsheets.files import read, write_csv, write_xlsx
from tests.tables import each_row

Write = Callable[[io.BytesIO, Sequence[str], Sequence[Sequence[object]]], None]
COLUMNS = ("first", "second", "third")

both_formats = each_row("write", [write_csv, write_xlsx])
symbols = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
dangerous = st.text(st.sampled_from("=+-@\t\r\n'\"＝;, _x0041DF\x07\x0b\x1f\ufffe\uffff"), max_size=20)
escapes = st.lists(st.sampled_from(["_", "x", "_x", "000D", "0041", "_x000D_", "_x005F_", "\r", "\x01"])).map("".join)
cells = st.text(symbols, max_size=30) | dangerous | escapes
tables = st.lists(st.tuples(cells, cells, cells), max_size=8)
FORMULAS = [
    ["=1+1", "+1", "-1"],
    ["@SUM(A1)", "\t=1", "\r=1"],
    ["＝1", " =1", "'=1"],
    ["#N/A", "#REF!", "=cmd|' /C calc'!A0"],
]


def written(write: Write, rows: Sequence[Sequence[object]]) -> bytes:
    file = io.BytesIO()
    write(file, COLUMNS, rows)
    return file.getvalue()


def come_back(write: Write, rows: Sequence[Sequence[object]]) -> list[tuple[int, tuple[str, ...]]]:
    return read(written(write, rows), columns=COLUMNS, required=COLUMNS).numbered


# --- There and back ----------------------------------------------------------------------------------


@both_formats
@given(rows=tables)
@example(rows=[("_x0041\x01", "_x0041_x0042_", "_x0041\r_x000D_")])
@example(rows=[("'=1", "''=1", "\n\r\n")])
@settings(max_examples=examples(35))
def test_any_table_comes_back_cell_for_cell(write, rows):
    filled = [(number, row) for number, row in enumerate(rows, start=2) if any(map(str.strip, row))]

    assert come_back(write, rows) == filled


@both_formats
def test_values_come_back_as_their_texts(write):
    rows = [["007", 7, -2], [None, date(2026, 11, 24), True], ["1,23E+05", "24.11.2026", "1.000"]]

    assert come_back(write, rows) == [
        (2, ("007", "7", "-2")),
        (3, ("", "2026-11-24", "TRUE")),
        (4, ("1,23E+05", "24.11.2026", "1.000")),
    ]


@both_formats
def test_symbols_that_no_file_can_hold_are_replaced(write):
    assert come_back(write, [["a\0b", "a\ud800b", "x"]]) == [(2, ("a\ufffdb", "a\ufffdb", "x"))]


def test_a_table_may_change_its_format_on_the_way():
    rows = [("+49 89 123", "'=x", "a\nb")]
    for one, other in ((write_csv, write_xlsx), (write_xlsx, write_csv)):
        between = [cells for _number, cells in come_back(one, rows)]
        assert come_back(other, between) == [(2, rows[0])]


# --- In a spreadsheet program ------------------------------------------------------------------------


def opened(content: bytes) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(content)).active


def test_no_text_of_a_workbook_is_a_formula_a_number_or_an_error():
    sheet = opened(written(write_xlsx, [*FORMULAS, ["007", "1,23E+05", "24.11.2026"]]))

    cells = [cell for row in sheet.iter_rows() for cell in row]

    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
    assert [cell.value for cell in cells[3:6]] == ["=1+1", "+1", "-1"]
    assert [cell.value for cell in cells[-3:]] == ["007", "1,23E+05", "24.11.2026"]


def test_numbers_and_dates_of_a_workbook_are_what_they_are():
    numbers = opened(written(write_xlsx, [[-7, 2.5, date(2026, 11, 24)]]))[2]

    assert [cell.data_type for cell in numbers] == ["n", "n", "d"]
    assert [cell.number_format for cell in numbers] == ["General", "General", "yyyy-mm-dd"]


def test_what_is_typed_into_an_empty_cell_of_a_workbook_will_be_a_text():
    sheet = opened(written(write_xlsx, [["", None, "x"]]))

    assert [cell.value for cell in sheet[2]] == [None, None, "x"]
    assert {sheet.column_dimensions[letter].number_format for letter in "AC"} == {"@"}


def test_the_header_of_a_workbook_stands_out_and_stays_in_sight():
    sheet = opened(written(write_xlsx, [["a", "b", "c"]]))

    assert sheet.freeze_panes == "A2"
    assert [sheet.cell(row, 1).font.b for row in (1, 2)] == [True, False]


@each_row(
    ("title", "shown"), [("", "Sheet"), ("Käufe", "Käufe"), ("a/b[c]:*?\\d" + "x" * 40, "a b c     d" + "x" * 20)]
)
def test_a_sheet_has_a_title_that_excel_allows(title, shown):
    file = io.BytesIO()
    with XlsxWriter(file, COLUMNS, title=title):
        pass

    assert opened(file.getvalue()).title == shown


def test_no_cell_of_a_csv_file_starts_a_formula():
    _header, *rows = csv.reader(io.StringIO(written(write_csv, FORMULAS).decode("utf-8-sig"), newline=""))

    assert [[cell[:1] for cell in row] for row in rows] == [*[["'", "'", "'"]] * 3, ["#", "#", "'"]]


def as_a_program_sees_it(text, delimiter, quoting):
    """The cells as read by a program that splits at this delimiter, with or without support for quotation marks."""
    lines = io.StringIO(text, newline="")
    if quoting:
        return [cell for row in csv.reader(lines, delimiter=delimiter) for cell in row]
    return [cell for line in text.splitlines() for cell in line.split(delimiter)]


def begins_like_a_formula(cell):
    begin = cell.lstrip(' \t\r\n\v\f\u00a0\u3000\ufeff\u200b"')
    blanks = cell[: len(cell) - len(begin)]
    return begin[:1] in set("=+-@＝＋－＠") or bool(re.search(r"[\t\r]", blanks))


numbers = st.integers(-9, 9) | st.floats(-9, 9)
splitting = st.text(st.sampled_from("=+-@\t\r\n'\" ;,a1＝－\u00a0"), max_size=12)


@given(rows=st.lists(st.tuples(splitting | numbers, splitting | numbers, splitting), min_size=1, max_size=4))
@example(rows=[(";=1+1", "x\t=1", "a,=1")])
@example(rows=[('a,"=1', '"=1"', '; "=1"')])
@example(rows=[("x\n=1", "x\r-1", "x, ＝1")])
@example(rows=[(-2, "|cmd", "x"), ("x", -2, ";-2")])
@settings(max_examples=examples(150))
def test_no_program_that_splits_a_csv_sees_a_cell_that_begins_like_a_formula(rows):
    text = written(write_csv, rows).decode("utf-8-sig")

    for delimiter in ",;\t":
        for quoting in (True, False):
            found = [each for each in as_a_program_sees_it(text, delimiter, quoting) if begins_like_a_formula(each)]
            assert not [each for each in found if not is_number(each)], (delimiter, quoting)


def is_number(cell):
    """Whether a cell is a number, negative or not, and nothing else."""
    return re.fullmatch(r"-[0-9.]+(e-?[0-9]+)?", cell) is not None


@given(rows=st.lists(st.tuples(splitting, splitting, splitting), max_size=4))
@settings(max_examples=examples(75))
def test_what_was_guarded_for_every_delimiter_comes_back_as_the_record_has_it(rows):
    assert come_back(write_csv, rows) == [
        (number, row) for number, row in enumerate(rows, start=2) if any(map(str.strip, row))
    ]


def test_csv_has_the_mark_and_the_line_ends_that_excel_wants():
    assert written(write_csv, [["ü", "a,b", 'c"d']]) == b'\xef\xbb\xbffirst,second,third\r\n\xc3\xbc,"a,b","c""d"\r\n'


# --- Row by row, and limits --------------------------------------------------------------------------


def test_csv_rows_are_written_as_they_come():
    file = io.BytesIO()
    writer = CsvWriter(file, COLUMNS)
    lengths = [len(file.getvalue())]
    for number in range(3):
        writer.write_row(["a", number, None])
        lengths.append(len(file.getvalue()))

    assert lengths == sorted(set(lengths))


def test_workbook_rows_are_written_as_they_come():
    file = ForwardOnly()
    with XlsxWriter(file, COLUMNS) as writer:
        lengths = [file.length]
        for number in range(3):
            for _row in range(2_000):
                writer.write_row([secrets.token_hex(20), number, None])
            lengths.append(file.length)

    assert all(later > earlier + 50_000 for earlier, later in itertools.pairwise(lengths))


class ForwardOnly:
    """A file like a connection to a browser: it takes bytes and can neither seek nor tell."""

    length = 0

    def write(self, data):
        self.length += len(data)


def test_a_workbook_is_read_from_a_file_as_well(tmp_path):
    with (tmp_path / "rejected.xlsx").open("wb") as file:
        write_xlsx(file, COLUMNS, iter([["a", "b", "c"]]))

    table = open_table(tmp_path / "rejected.xlsx", columns=COLUMNS, required=COLUMNS)

    assert list(table.rows()) == [(2, ("a", "b", "c"))]


def test_a_text_that_is_too_long_for_excel_is_cut():
    ((_, row),) = come_back(write_xlsx, [["x" * 40_000, "\x01" * 40_000, "'" * 40_000]])

    assert row[0] == "x" * MAX_XLSX_CELL
    assert set(row[1][:4_000]) == {"\x01"}
    assert row[2] == "'" * MAX_XLSX_CELL


def test_more_rows_than_a_workbook_holds_are_refused(monkeypatch):
    monkeypatch.setattr(writing, "MAX_ROWS", 3)
    written(write_xlsx, [["a"] * 3] * 2)
    before = set(ALL_TEMP_FILES)

    with pytest.raises(Refusal) as refusal:
        written(write_xlsx, [["a"] * 3] * 3)

    assert set(ALL_TEMP_FILES) == before
    assert (refusal.value.code, refusal.value.parameters) == ("rows-too-many", {"limit": 2})
    assert "2" in refusal_sentence(refusal.value)


@each_row("row", [["a", "b"], ["a", "b", "c", "d"]])
def test_a_row_of_another_length_is_a_mistake_in_the_program(row):
    with pytest.raises(ValueError, match="argument 2 is"):
        written(write_xlsx, [row])


def test_a_workbook_that_was_given_up_is_none_and_leaves_nothing_behind():
    before, file = set(ALL_TEMP_FILES), io.BytesIO()

    with pytest.raises(ZeroDivisionError):
        write_xlsx(file, COLUMNS, ([1 / (2 - number)] * 3 for number in range(5)))

    assert set(ALL_TEMP_FILES) == before
    assert file.getvalue().startswith(b"PK")
    assert not zipfile.is_zipfile(io.BytesIO(file.getvalue()))


# --- Guards ------------------------------------------------------------------------------------------


def test_a_workbook_has_its_texts_as_the_record_has_them_and_keeps_them_when_a_program_saves_it():
    texts = ["'=1+1", ";=1+1", "''+49", "=1"]
    book = openpyxl.load_workbook(io.BytesIO(written(write_xlsx, [texts[:3], [texts[3], "a", "b"]])))
    saved = io.BytesIO()
    book.save(saved)

    assert [cell.value for cell in book.active[2]] == texts[:3]
    assert read(saved.getvalue(), columns=COLUMNS, required=COLUMNS).rows[0] == tuple(texts[:3])


def test_guards_come_off_in_a_workbook_that_a_program_made_of_a_csv():
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(written(write_csv, [["+49 89", "a;=1", "-2"]]).decode("utf-8-sig"))):
        book.active.append(row)
    saved = io.BytesIO()
    book.save(saved)

    assert book.active["A2"].value == "'+49 89"
    assert read(saved.getvalue(), columns=COLUMNS, required=COLUMNS).rows == [("+49 89", "a;=1", "-2")]
