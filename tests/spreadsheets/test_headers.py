"""Headers: columns in any order and case, unknown ones reported, missing and repeated ones refused."""

from licences.domain.cells import SurplusCells
from licences.imports.rows.purchase_lines import COLUMNS as PURCHASE_COLUMNS
from licences.imports.rows.purchase_lines import REQUIRED_COLUMNS
from licences.spreadsheets.headers import MAX_COLUMNS
from tests.spreadsheets.files import COLUMNS, HEADER, book, joined, read, refused, sheet, texts
from tests.tables import each_row


def csv_of(header: str, *rows: str) -> bytes:
    return joined([header, *rows]).encode()


@each_row(
    "header",
    [
        "REFERENCE,LINE,CUSTOMER_NAME,CITY",
        "Reference,Line,Customer Name,City",
        " reference , line,customer-name ,\u00a0city",
        "reference,line,CustomerName,city",
        '"reference","line","customer\r\nname","city"',
        "\ufeffreference,\ufeffline,customer  name,city",
    ],
)
def test_a_column_is_known_in_any_case_and_with_any_blanks(header):
    found = read(csv_of(header, "PO-1,1,Huber,Ulm"))

    assert (found.table.columns, found.rows) == (COLUMNS, [("PO-1", "1", "Huber", "Ulm")])
    assert (found.table.unknown_columns, found.table.missing) == ([], ())


def test_columns_come_in_any_order_and_rows_in_the_one_asked_for():
    found = read(csv_of("City,Line,Customer Name,Reference", "Ulm,1,Huber,PO-1", "Köln,2"))

    assert found.table.columns == ("city", "line", "customer_name", "reference")
    assert found.rows == [("PO-1", "1", "Huber", "Ulm"), ("", "2", "", "Köln")]


def test_a_column_that_is_not_required_may_be_missing():
    found = read(csv_of("line;reference", "1;PO-1"))

    assert (found.table.missing, found.rows) == (("customer_name", "city"), [("PO-1", "1", "", "")])


def test_unknown_columns_are_named_as_they_are_written_and_left_out():
    header = "reference,Colour of  the\tbox,line,Bemerkung,customer_name,city," + "x" * 300

    found = read(csv_of(header, "PO-1,red,1,Eilt,Huber,Ulm,y"))

    assert found.table.unknown_columns == ["Colour of the box", "Bemerkung", "x" * 100]
    assert found.table.columns == ("reference", "", "line", "", "customer_name", "city", "")
    assert found.rows == [("PO-1", "1", "Huber", "Ulm")]


def test_unknown_columns_may_come_twice():
    assert read(csv_of("note,reference,note,line", "a,PO-1,b,1")).table.unknown_columns == ["note", "note"]


def test_required_columns_that_are_missing_are_all_named():
    assert refused(csv_of("customer_name,city", "Huber,Ulm")) == ("columns-missing", {"columns": ["reference", "line"]})


def test_columns_that_come_twice_are_all_named():
    header = "line,reference,Line,city,REFERENCE,CITY,city"

    assert refused(csv_of(header, "1,PO-1,2")) == ("columns-twice", {"columns": ["line", "reference", "city"]})


def test_the_columns_of_a_purchase_file_are_all_found():
    header = "\t".join(column.replace("_", " ").title() for column in reversed(PURCHASE_COLUMNS))
    cells = [str(number) for number in range(len(PURCHASE_COLUMNS))]

    found = read(csv_of(header, "\t".join(reversed(cells))), columns=PURCHASE_COLUMNS, required=REQUIRED_COLUMNS)

    assert found.rows == [tuple(cells)]


# --- Cells without a column --------------------------------------------------------------------------


@each_row("row", ["PO-1,1,Huber,Ulm,more", "PO-1,1,Huber,Ulm,,,,more", "PO-1,1,Huber,Ulm, , more"])
def test_a_row_with_more_cells_than_the_header_says_so(row):
    found = read(csv_of(HEADER, row, "PO-2,1,Maier,Ulm,,"))

    assert found.rows == [("PO-1", "1", "Huber", "Ulm"), ("PO-2", "1", "Maier", "Ulm")]
    assert [type(cells) for cells in found.rows] == [SurplusCells, tuple]


def test_a_cell_below_a_header_without_a_name_is_one_too_many():
    found = read(csv_of("reference,,line, ,customer_name,city", "PO-1,x,1,,Huber,Ulm", "PO-2,,1, ,Maier,Ulm"))

    assert found.rows == [("PO-1", "1", "Huber", "Ulm"), ("PO-2", "1", "Maier", "Ulm")]
    assert [type(cells) for cells in found.rows] == [SurplusCells, tuple]


def test_a_row_with_something_in_unknown_columns_only_is_a_row():
    found = read(csv_of(HEADER + ",note", ",,,,left over"))

    assert found.rows == [("", "", "", "")]


def test_workbooks_are_judged_by_the_same_rules():
    parts = {"xl/worksheets/sheet1.xml": sheet(texts(1, "City", "", "LINE", "Reference", "note"),
                                                texts(2, "Ulm", "", "1", "PO-1", "x"),
                                                texts(3, "Ulm", "", "2", "PO-1", "", "", "more"),
                                                texts(4, "Ulm", "x", "3", "PO-1"))}  # fmt: skip

    found = read(book(parts=parts))

    assert found.rows == [("PO-1", number, "", "Ulm") for number in "123"]
    assert [type(cells) for cells in found.rows] == [tuple, SurplusCells, SurplusCells]
    assert (found.table.unknown_columns, found.table.missing) == (["note"], ("customer_name",))


@each_row("further", ["extra", ""])
def test_a_header_with_thousands_of_columns_is_refused_and_their_number_told(further):
    """Every row is padded to that width: a million rows of one character would cost 60,000 steps each."""
    header = ",".join([HEADER, *[further] * 5_000, "last"])

    refusal = refused(csv_of(header, "PO-1,1,Huber,Ulm"))

    assert refusal == ("columns-too-many", {"count": 4 + 5_000 + 1, "limit": MAX_COLUMNS})


def test_a_header_of_as_many_columns_as_there_may_be_is_read():
    header = ",".join([HEADER, *["extra"] * (MAX_COLUMNS - 4)])

    assert read(csv_of(header, "PO-1,1,Huber,Ulm")).rows == [("PO-1", "1", "Huber", "Ulm")]
    assert read(csv_of(HEADER + "," * 5_000, "PO-1,1,Huber,Ulm")).rows == [("PO-1", "1", "Huber", "Ulm")]
