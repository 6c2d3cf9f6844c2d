"""Workbooks of other programs: which sheet and which rows are read, however the parts are laid out."""

import io
from collections.abc import Sequence

import openpyxl

from licences.domain.cells import MergedCell, NumberCell, SurplusCells
from tests.spreadsheets.files import (
    COLUMNS,
    MAIN,
    OFFICE,
    PARTS,
    TOP,
    Read,
    archive,
    book,
    contents,
    read,
    refused,
    relationships,
    row,
    sheet,
    text,
    texts,
)
from tests.tables import each_row

HUBER = ("PO-1", "1", "Huber", "Ulm")


def several(sheets: dict[str, str], *bodies: str) -> bytes:
    """A workbook of several sheets: name → attributes and content."""
    parts = {f"xl/{name}.xml": body for name, body in zip(sheets, bodies, strict=True)}
    targets = {name: f"{name}.xml" for name in sheets}
    return archive({**PARTS, **parts, "xl/workbook.xml": contents(sheets),
                    "xl/_rels/workbook.xml.rels": relationships(**targets)})  # fmt: skip


GOOD = sheet(TOP, texts(2, *HUBER))
OTHER = sheet(texts(1, "Month", "Turnover"), texts(2, "May", "12"))
EMPTY = sheet()


# --- Which sheet -------------------------------------------------------------------------------------


def test_it_is_recognised_by_its_content_whatever_its_name():
    found = read(book(texts(2, *HUBER)), name="purchases.csv")

    assert found.numbered == [(2, HUBER)]
    assert (found.table.format, found.table.sheet, found.table.encoding) == ("xlsx", "worksheet", "")


def test_the_first_sheet_with_the_right_header_is_read():
    bodies = [EMPTY, OTHER, GOOD, sheet(TOP, texts(2, "PO-9", "9"))]

    found = read(several(dict.fromkeys(["worksheet_1", "worksheet_2", "worksheet_3", "worksheet_4"], ""), *bodies))

    assert (found.table.sheet, found.rows) == ("worksheet_3", [HUBER])


@each_row("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_not_read(state):
    sheets = {"worksheet_1": f'state="{state}"', "worksheet_2": ""}

    assert read(several(sheets, sheet(TOP, texts(2, "PO-9", "9")), GOOD)).rows == [HUBER]
    assert refused(several({"worksheet_1": f'state="{state}"'}, GOOD)) == ("file-empty", {})


def test_a_sheet_that_is_a_chart_is_passed_over():
    assert read(several({"chartsheet": "", "worksheet": ""}, "<chartsheet/>", GOOD)).rows == [HUBER]


@each_row(
    ("bodies", "code"),
    [
        ([EMPTY, sheet(row(1, text(" ")))], "file-empty"),
        ([EMPTY, OTHER], "file-no-table"),
        ([OTHER, sheet(texts(1, "line", "city")), EMPTY], "columns-missing"),
        ([OTHER, sheet(texts(1, "line", "city")), sheet(texts(1, *COLUMNS, "City"))], "columns-twice"),
    ],
)
def test_where_no_sheet_is_right_the_one_that_comes_near_is_refused(bodies, code):
    sheets = {f"worksheet_{number}": "" for number in range(len(bodies))}

    assert refused(several(sheets, *bodies))[0] == code


def test_a_workbook_without_a_sheet_is_empty():
    assert refused(several({})) == ("file-empty", {})


# --- Which rows --------------------------------------------------------------------------------------


def test_rows_have_the_numbers_that_the_program_shows():
    rows = [texts(3, *HUBER), row(4), row(5, text(" ")), texts(9, "PO-2", "1"), texts(1_048_576, "PO-3", "1")]

    assert read(book(*rows)).numbers == [3, 9, 1_048_576]


def test_rows_without_a_number_follow_each_other():
    body = sheet(TOP.replace(' r="1"', ""), texts(2, *HUBER).replace(' r="2"', ""), texts(5, "PO-2", "1"),
                 texts(0, "PO-3", "1").replace(' r="0"', ""))  # fmt: skip

    assert read(book(parts={"xl/worksheets/sheet1.xml": body})).numbers == [2, 5, 6]


def test_empty_rows_above_the_header_count():
    body = sheet(row(1), texts(2, "", " "), TOP.replace('r="1"', 'r="4"'), texts(5, *HUBER))

    found = read(book(parts={"xl/worksheets/sheet1.xml": body}))

    assert (found.table.header_row, found.numbered) == (4, [(5, HUBER)])


def test_gaps_between_cells_are_empty_cells():
    found = read(
        book(row(2, text("PO-1", "A2"), text("Ulm", "D2")), row(3, text("2", "B3")), row(4, text("x"), text("y", "D4")))
    )

    assert found.rows == [("PO-1", "", "", "Ulm"), ("", "2", "", ""), ("x", "", "", "y")]


def test_cells_are_where_they_say_in_whatever_order():
    assert read(book(row(2, text("Ulm", "D2"), text("PO-1", "A2"), text("1", "b2")))).rows == [("PO-1", "1", "", "Ulm")]


def test_a_cell_far_to_the_right_is_one_too_many():
    (cells,) = read(book(row(2, text("PO-1", "A2"), text("lost", "XFD2")))).rows

    assert (cells, type(cells)) == (("PO-1", "", "", ""), SurplusCells)


def test_no_column_is_looked_for_beyond_the_256th():
    wide = sheet(row(1, text("reference", "A1"), text("line", "B1"), text("city", "XFD1")),
                 row(2, text("PO-1", "A2"), text("1", "B2"), text("Ulm", "XFC2")))  # fmt: skip

    found = read(book(parts={"xl/worksheets/sheet1.xml": wide}))

    assert (found.table.missing, found.rows) == (("customer_name", "city"), [("PO-1", "1", "", "")])
    assert isinstance(found.rows[0], SurplusCells)


@each_row("size", ["A1:XFD1048576", "A1", "Z9:A1", "nonsense"])
def test_what_a_sheet_says_of_its_size_is_not_believed(size):
    body = sheet(TOP, texts(2, *HUBER), before=f'<dimension ref="{size}"/>')

    assert read(book(parts={"xl/worksheets/sheet1.xml": body})).numbered == [(2, HUBER)]


def merged(*rows: str, ranges: Sequence[str]) -> Read:
    """The rows of a sheet with these merged ranges."""
    each = "".join(f'<mergeCell ref="{each}"/>' for each in ranges)
    after = f"<mergeCells>{each}</mergeCells>"
    return read(book(parts={"xl/worksheets/sheet1.xml": sheet(TOP, *rows, after=after)}))


def line(number: int, *cells: str) -> str:
    """A row whose empty cells are not there."""
    return row(number, *(text(cell, f"{column}{number}") for column, cell in zip("ABCD", cells, strict=False) if cell))


def test_merged_cells_are_filled_down_and_counted():
    found = merged(line(2, *HUBER), line(3, "PO-2", "2"), line(4, "PO-3", "3"), line(5, "PO-4", "4"),
                   ranges=["C2:C4", "D2:D3"])  # fmt: skip

    assert found.rows == [HUBER, ("PO-2", "2", *HUBER[2:]), ("PO-3", "3", HUBER[2], ""), ("PO-4", "4", "", "")]
    assert [type(cell) for cell in found.rows[1]] == [str, str, MergedCell, MergedCell]
    assert found.table.filled == 3


def test_a_cell_that_is_filled_keeps_the_type_of_the_first():
    found = merged(row(2, text("PO-1"), text("1"), "<c><v>1067</v></c>"), line(3, "PO-2", "2"), ranges=["C2:C3"])

    (cell,) = [cell for cell in found.rows[1] if isinstance(cell, MergedCell)]
    assert type(found.rows[0][2].cell) is NumberCell
    assert (cell, type(cell.cell)) == ("1067", NumberCell)


@each_row(
    "ranges",
    [["B2:D2"], ["A1:A3"], ["A1:D1"], ["C4:C9"], ["IW2:IW3"], ["nonsense"], [""], ["C3:C2"], ["C2"], ["C2:C2"], []],
)
def test_other_merged_cells_change_nothing(ranges):
    found = merged(line(2, *HUBER), line(3, "PO-2", "2"), ranges=ranges)

    assert (found.rows, found.table.filled) == ([HUBER, ("PO-2", "2", "", "")], 0)


def test_of_cells_merged_over_several_columns_the_first_is_filled():
    assert merged(line(2, *HUBER), line(3, "PO-2", "2"), ranges=["C2:D3"]).rows[1] == ("PO-2", "2", HUBER[2], "")


def test_a_row_that_has_its_own_text_keeps_it():
    assert merged(line(2, *HUBER), line(3, "PO-2", "2", "Maier"), ranges=["C2:C3"]).rows[1][2] == "Maier"


def test_merged_cells_alone_make_no_row():
    found = merged(line(2, *HUBER), line(3, " "), line(5, "PO-2", "2"), ranges=["C2:C1048576"])

    assert found.numbered == [(2, HUBER), (5, ("PO-2", "2", HUBER[2], ""))]


def test_ranges_that_lie_upon_each_other_cost_no_time_and_the_last_one_counts():
    rows = [line(number, f"PO-{number}", "1", "Huber" if number in (2, 3) else "") for number in range(2, 2_000)]

    found = merged(*rows, ranges=["C2:C1900", "C3:C1900"] * 2_000)

    assert [cells[2] for cells in found.rows] == ["Huber"] * 1_899 + [""] * 99


def test_merged_cells_are_found_in_a_sheet_in_utf_16():
    body = sheet(TOP, line(2, *HUBER), line(3, "PO-2", "2"), after='<mergeCells><mergeCell ref="C2:C3"/></mergeCells>')

    for codec in ("utf-16", "utf-8-sig"):
        part = body.replace("UTF-8", codec.upper().removesuffix("-SIG")).encode(codec)
        assert read(book(parts={"xl/worksheets/sheet1.xml": part})).rows[1][2] == HUBER[2]


@each_row("number", ["2", "1", "0", "-1", "1048577", "two"])
def test_a_row_number_that_does_not_follow_is_refused(number):
    broken = book(texts(2, *HUBER), texts(2, *HUBER).replace('r="2"', f'r="{number}"'))

    code, parameters = refused(broken)

    assert (code, parameters["row"]) == ("file-broken", 2)


@each_row("reference", ["2", "ÄÖ2", "AAAA2", "A-2", "&#x661;"])
def test_a_cell_that_is_nowhere_is_refused(reference):
    assert refused(book(row(2, text("PO-1", reference))))[0] == "file-broken"


# --- Which parts -------------------------------------------------------------------------------------


@each_row("target", ["worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml", "./worksheets\\Sheet1.xml"])
def test_a_sheet_is_found_however_it_is_named(target):
    parts = {"xl/_rels/workbook.xml.rels": relationships(worksheet=target)}

    assert read(book(texts(2, *HUBER), parts=parts)).rows == [HUBER]


@each_row("main", ["xl/workbook2.xml", "workbook.xml", "a/b/Book.XML"])
def test_the_workbook_is_found_however_it_is_named(main):
    folder, _, name = main.rpartition("/")
    prefix = f"{folder}/" if folder else ""
    content = archive({
        "_rels/.rels": relationships(officeDocument=f"/{main}"),
        main: contents({"worksheet": ""}),
        f"{prefix}_rels/{name}.rels": relationships(worksheet="data.xml"),
        f"{prefix}data.xml": GOOD,
    })  # fmt: skip

    assert read(content).rows == [HUBER]


def test_strict_and_prefixed_names_are_the_same_names():
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    prefixed = GOOD.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")

    found = read(book(parts={"xl/worksheets/sheet1.xml": prefixed.replace(MAIN, strict)}))

    assert found.rows == [HUBER]


@each_row("encoding", ["utf-8-sig", "utf-16"])
def test_parts_may_be_in_another_encoding(encoding):
    body = sheet(TOP, texts(2, "PO-1", "1", "Søren", "Łódź")).replace("UTF-8", encoding.removesuffix("-sig"))

    assert read(book(parts={"xl/worksheets/sheet1.xml": body.encode(encoding)})).rows == [
        ("PO-1", "1", "Søren", "Łódź")
    ]


def test_formulas_of_other_things_than_cells_are_left_alone():
    after = f'<extLst><ext xmlns:xm="urn:x" xmlns:r="{OFFICE}"><xm:f>{"A1+" * 10}1</xm:f></ext></extLst>'

    assert read(book(parts={"xl/worksheets/sheet1.xml": sheet(TOP, texts(2, *HUBER), after=after)})).rows == [HUBER]


def test_a_workbook_of_another_program_is_read():
    other = openpyxl.Workbook()
    other.active.title = "Notes"
    other.create_sheet("Purchases").append(["Reference", "Line", "Customer name", "City"])
    other["Purchases"].append(HUBER)
    other["Purchases"]["H9"].number_format = "0.00"
    buffer = io.BytesIO()
    other.save(buffer)

    found = read(buffer.getvalue())

    assert (found.table.sheet, found.rows) == ("Purchases", [HUBER])


def test_a_workbook_with_nothing_below_its_header_has_no_rows():
    assert read(book()).rows == []
