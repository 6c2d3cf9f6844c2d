"""Workbook cells as texts, which tell whether they were numbers, dates or errors."""

from datetime import date, datetime, time

import openpyxl

from licences.domain.cells import DateCell, ErrorCell, FormulaCell, NumberCell
from licences.imports.rows.purchase_lines import COLUMNS as PURCHASE_COLUMNS
from licences.imports.rows.purchase_lines import REQUIRED_COLUMNS, PurchaseLine, parse_cells
from tests.spreadsheets.files import Read, book, read, refused, row, shared, styled_book, text
from tests.tables import each_row

DATES_SINCE_1904 = '<workbookPr date1904="1"/>'


def cell_of(*cells: str, **book_parts: object) -> str:
    """The value read from a cell, which is in the third column."""
    found = read(
        styled_book([0, *book_parts.pop("formats", ())], row(2, text("PO-1"), text("1"), *cells), **book_parts)
    )
    return found.rows[0][2]


def number(value: str, style: int = 0) -> str:
    return f'<c s="{style}"><v>{value}</v></c>'


def saved_by_openpyxl(tmp_path, *rows) -> Read:
    book = openpyxl.Workbook()
    book.active.append(["reference", "line", "customer_name", "city"])
    for cells in rows:
        book.active.append(cells)
    path = tmp_path / "saved.xlsx"
    book.save(path)
    return read(path.read_bytes())


# --- Numbers -----------------------------------------------------------------------------------------


@each_row(
    ("stored", "shown"),
    [
        ("25", "25"),
        ("-4", "-4"),
        ("25.0", "25"),
        ("1E3", "1000"),
        ("1.23E+5", "123000"),
        ("2.5", "2.5"),
        ("0.10000000000000001", "0.1"),
        ("1.2345678901234568E+17", "123456789012345680"),
        ("1E-7", "1e-07"),
        ("-0", "0"),
    ],
)
def test_a_number_says_that_it_is_one(stored, shown):
    cell = cell_of(number(stored))

    assert (cell, type(cell)) == (shown, NumberCell)


@each_row(("form", "shown"), [("00000", "01067"), ("000", "1067"), ("0.00", "1067"), ("General", "1067")])
def test_a_number_has_the_zeros_that_its_format_shows(form, shown):
    cell = cell_of(number("1067", 1), formats=[form])

    assert (cell, type(cell)) == (shown, NumberCell)


@each_row("stored", ["1,5", "12a", "1_000", "nan", "١"])
def test_a_number_that_is_none_is_an_error(stored):
    assert isinstance(cell_of(number(stored)), ErrorCell)


@each_row("stored", ["1E999", "-1E999"])
def test_a_number_beyond_all_numbers_is_an_error(stored):
    cell = cell_of(number(stored))

    assert (cell, type(cell)) == ("#NUM!", ErrorCell)


def test_a_number_that_is_stored_as_text_is_a_text(tmp_path):
    found = saved_by_openpyxl(tmp_path, ["PO-1", "007", "1.000", "1,23E+05"])

    assert found.rows == [("PO-1", "007", "1.000", "1,23E+05")]
    assert {type(cell) for cell in found.rows[0]} == {str}


# --- Dates -------------------------------------------------------------------------------------------


@each_row(
    ("stored", "day"),
    [
        ("46350", "2026-11-24"),
        ("46350.75", "2026-11-24"),
        ("36526", "2000-01-01"),
        ("61", "1900-03-01"),
        ("1", "1900-01-01"),
    ],
)
def test_a_number_in_a_date_format_is_a_date_without_its_time(stored, day):
    cell = cell_of(number(stored, 1), formats=[14])

    assert (cell, type(cell)) == (day, DateCell)


def test_a_workbook_may_count_from_1904():
    cell = cell_of(number("44888", 1), formats=[14], properties=DATES_SINCE_1904)

    assert (cell, type(cell)) == ("2026-11-24", DateCell)


@each_row("form", [14, 22, 27, 57, "dd.mm.yyyy", "[$-407]d. mmmm yyyy;@", "yyyy\\-mm\\-dd", "[Red]d/m/yy"])
def test_formats_of_dates_are_known(form):
    assert cell_of(number("46350", 1), formats=[form]) == "2026-11-24"


@each_row("form", [0, 1, 4, 9, 46, 49, "0.00", '0 "days"', '#,##0 "USD"', "[h]:mm", "0.0E+00", "[$USD-409] 0"])
def test_formats_of_numbers_are_not_taken_for_dates(form):
    cell = cell_of(number("46350", 1), formats=[form])

    assert (cell, type(cell)) == ("46350", NumberCell)


@each_row("stored", ["1E999", "-5", "99999999", "1E300", "soon"])
def test_a_date_that_no_calendar_has_is_an_error(stored):
    assert isinstance(cell_of(number(stored, 1), formats=[14]), ErrorCell)


def test_a_mere_time_stays_a_time():
    cell = cell_of(number("0.75", 1), formats=[20])

    assert (cell, type(cell)) == ("18:00:00", DateCell)


@each_row("stored", ["2026-11-24", "2026-11-24T18:00:00", "2026-11-24T18:00:00Z"])
def test_a_date_may_be_written_out(stored):
    cell = cell_of(f'<c t="d"><v>{stored}</v></c>')

    assert (cell, type(cell)) == ("2026-11-24", DateCell)


def test_a_date_that_is_written_out_wrongly_is_an_error():
    assert isinstance(cell_of('<c t="d"><v>2026-11-31</v></c>'), ErrorCell)


def test_dates_that_another_program_saved_are_dates(tmp_path):
    found = saved_by_openpyxl(
        tmp_path, [date(2026, 11, 24), datetime.fromisoformat("2026-11-24 18:00"), time(18), "24.11.2026"]
    )

    assert found.rows == [("2026-11-24", "2026-11-24", "18:00:00", "24.11.2026")]
    assert [type(cell) for cell in found.rows[0]] == [DateCell, DateCell, DateCell, str]


# --- Texts -------------------------------------------------------------------------------------------


def test_texts_stand_in_the_cell_or_apart_from_the_sheet():
    strings = shared("<t>Huber</t>", "<t> Werk 2 </t>", "<t/>", "")
    shared_cells = [f'<c t="s"><v>{index}</v></c>' for index in range(4)]

    cells = [row(2 + index, text("PO"), text("1"), cell) for index, cell in enumerate([*shared_cells, text("Söhne")])]

    assert [each[2] for each in read(styled_book([], *cells, shared_strings=strings)).rows] == [
        "Huber",
        " Werk 2 ",
        "",
        "",
        "Söhne",
    ]


RICH = (
    '<r><rPr><b/></rPr><t>Hu</t></r><r><t xml:space="preserve">ber </t></r>'
    '<rPh sb="0" eb="1"><t>フーバー</t></rPh><phoneticPr/>'
)


def test_a_text_in_several_formats_is_one_without_its_reading_aid():
    assert cell_of(f'<c t="inlineStr"><is>{RICH}</is></c>') == "Huber "
    assert cell_of('<c t="s"><v>0</v></c>', shared_strings=shared(RICH)) == "Huber "


def test_symbols_that_xml_cannot_hold_are_restored():
    strings = shared("<t>a_x000D_b_x0007_c_x005F_x000D_ _x000d_ _x00_ _xD800_ _x0000_</t>")

    assert cell_of('<c t="s"><v>0</v></c>', shared_strings=strings) == "a\rb\x07c_x000D_ \r _x00_ _xD800_ _x0000_"


def test_what_was_escaped_against_formulas_is_as_it_was():
    assert cell_of(text("'=1+1")) == "=1+1"
    assert cell_of('<c t="s"><v>0</v></c>', shared_strings=shared("<t>'+49 89</t>")) == "+49 89"
    assert cell_of('<c t="str"><f>x</f><v>\'@a</v></c>') == "@a"
    assert cell_of(text("'s-Hertogenbosch")) == "'s-Hertogenbosch"


@each_row("guard", ['="PO-T6"', '=T("PO-T6")', ' = t( "PO-T6" ) '])
def test_the_guards_of_other_programs_are_removed(guard):
    assert cell_of(text(guard)) == "PO-T6"
    assert cell_of('<c t="s"><v>0</v></c>', shared_strings=shared(f"<t>{guard}</t>")) == "PO-T6"


@each_row("formula", ['"PO-T6"', 'T("PO-T6")'])
def test_a_formula_that_is_only_a_text_needs_no_calculation(formula, tmp_path):
    cell = saved_by_openpyxl(tmp_path, ["PO-1", 1, f"={formula}", "Ulm"]).rows[0][2]

    assert (cell, type(cell)) == ("PO-T6", str)


@each_row("index", ["4", "-1", "9999999999999999999", "x", "0.5"])
def test_a_text_that_is_not_there_is_refused_with_its_row(index):
    broken = styled_book([], row(2, text("PO"), f'<c t="s"><v>{index}</v></c>'), shared_strings=shared("<t>a</t>"))

    code, parameters = refused(broken)

    assert (code, parameters["row"]) == ("file-broken", 2)


# --- Errors, formulas and others ---------------------------------------------------------------------


@each_row("error", ["#REF!", "#N/A", "#DIV/0!", "#NAME?"])
def test_an_error_says_that_it_is_one(error):
    cell = cell_of(f'<c t="e"><f>A1/0</f><v>{error}</v></c>')

    assert (cell, type(cell)) == (error, ErrorCell)


@each_row(("stored", "shown"), [("1", "TRUE"), ("0", "FALSE"), ("true", "TRUE"), ("false", "FALSE")])
def test_a_truth_is_a_text(stored, shown):
    cell = cell_of(f'<c t="b"><v>{stored}</v></c>')

    assert (cell, type(cell)) == (shown, str)


def test_a_formula_is_what_it_came_to():
    assert cell_of("<c><f>20+5</f><v>25</v></c>") == NumberCell("25")
    assert cell_of('<c t="str"><f>A1&amp;B1</f><v>Huber</v></c>') == "Huber"
    assert cell_of('<c t="str"><f>A1</f><v></v></c>') == ""


def test_a_formula_that_nobody_worked_out_is_an_error_and_not_empty(tmp_path):
    cell = saved_by_openpyxl(tmp_path, ["PO-1", 1, "=A1", "Ulm"]).rows[0][2]

    assert (cell, type(cell)) == ("=A1", FormulaCell)
    assert isinstance(cell_of('<c><f t="shared" si="0"/></c>'), ErrorCell)


@each_row("cell", ["<c/>", '<c s="1"/>', "<c><v/></c>", '<c t="s"/>', '<c t="inlineStr"><is/></c>', text("")])
def test_an_empty_cell_is_empty(cell):
    assert cell_of(cell) == ""


def test_a_cell_of_an_unknown_type_is_refused():
    assert refused(book(row(2, '<c t="new"><v>1</v></c>')))[0] == "file-broken"


# --- As purchases ------------------------------------------------------------------------------------


def test_a_workbook_of_purchases_is_read_and_what_it_lost_is_refused_in_words(tmp_path):
    values = dict.fromkeys(PURCHASE_COLUMNS, "") | {
        "purchase_reference": 4711, "line": 1, "purchased_on": date(2026, 11, 24), "product": "XCH-SRV",
        "quantity": 1000, "customer_name": "Huber", "software_assurance_until": datetime.fromisoformat("2027-11-30"),
    }  # fmt: skip
    book = openpyxl.Workbook()
    book.active.append(PURCHASE_COLUMNS)
    book.active.append(list(values.values()))
    for column, value in {"serial": 12345678, "product": 123e15, "quantity": 2.5, "city": date(2026, 3, 1)}.items():
        book.active.append(list({**values, column: value}.values()))
    book.save(tmp_path / "purchases.xlsx")
    found = read((tmp_path / "purchases.xlsx").read_bytes(), columns=PURCHASE_COLUMNS, required=REQUIRED_COLUMNS)

    line, *lost = map(parse_cells, found.rows)

    assert isinstance(line, PurchaseLine)
    assert (line.purchase_reference, line.quantity) == ("4711", 1000)
    assert (line.purchased_on, line.software_assurance_until) == (date(2026, 11, 24), date(2027, 11, 30))
    assert [[(problem.column, problem.value, problem.reason) for problem in problems] for problems in lost] == [
        [("serial", "12345678", "cell-is-a-number")],
        [("product", "123000000000000000", "cell-is-a-number")],
        [("quantity", "2.5", "not-a-whole-number")],
        [("city", "2026-03-01", "cell-is-a-date")],
    ]
