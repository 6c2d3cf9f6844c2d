"""CSV as spreadsheet programs and other systems write it (docs/surface.md#purchase-file)."""

import codecs

from licences.spreadsheets.reading import open_table
from tests.spreadsheets.files import COLUMNS, HEADER, REQUIRED, joined, read
from tests.tables import each_row

HUBER = ("PO-1", "1", "Hüber & Söhne – „Groß“ GmbH", "Tübingen; Stadt, Kreis")
ENCODINGS = {
    "utf-8": ("utf-8", b""),
    "utf-8 with BOM": ("utf-8", codecs.BOM_UTF8),
    "utf-16-le": ("utf-16-le", b""),
    "utf-16-le with BOM": ("utf-16-le", codecs.BOM_UTF16_LE),
    "utf-16-be": ("utf-16-be", b""),
    "utf-16-be with BOM": ("utf-16-be", codecs.BOM_UTF16_BE),
    "cp1252": ("cp1252", b""),
}


def quoted(cells: tuple[str, ...], delimiter: str = ",") -> str:
    return delimiter.join(f'"{cell}"' for cell in cells)


# --- Encoding and delimiter --------------------------------------------------------------------------


@each_row("delimiter", [",", ";", "\t"])
@each_row("end", ["\r\n", "\n", "\r"])
@each_row("encoding", ENCODINGS)
def test_encoding_delimiter_and_line_ends_are_recognised(encoding, end, delimiter):
    codec, mark = ENCODINGS[encoding]
    text = joined(
        [delimiter.join(COLUMNS), quoted(HUBER, delimiter), quoted(("PO-2", "1", "Wüst", ""), delimiter)], end
    )

    found = read(mark + text.encode(codec))

    assert found.numbered == [(2, HUBER), (3, ("PO-2", "1", "Wüst", ""))]
    assert (found.table.format, found.table.encoding, found.table.delimiter) == ("csv", codec, delimiter)


def test_plain_ascii_is_taken_for_utf_8():
    assert read(joined([HEADER, "PO-1,1,Huber,Ulm"]).encode()).table.encoding == "utf-8"


def test_the_last_line_may_lack_its_end():
    assert read(f"{HEADER}\r\nPO-1,1,Huber,Ulm".encode()).rows == [("PO-1", "1", "Huber", "Ulm")]


def test_a_letter_beyond_ascii_late_in_a_large_file_still_tells_the_encoding():
    lines = [HEADER, *(f"PO-{number},1,Huber,Ulm" for number in range(5_000)), "PO-5000,1,Wüst,Köln"]

    for codec in ("utf-8", "cp1252"):
        found = read(joined(lines).encode(codec))
        assert (found.table.encoding, found.rows[-1]) == (codec, ("PO-5000", "1", "Wüst", "Köln"))


@each_row("name", ["„Groß“", "»Groß«", "CAFÉ\u00a0Ö"])
def test_symbols_that_could_be_utf_8_do_not_hide_windows_1252(name):
    assert read(joined([HEADER, f"PO-1,1,{name},Köln"]).encode("cp1252")).rows == [("PO-1", "1", name, "Köln")]


def test_a_few_names_that_were_garbled_before_do_not_hide_windows_1252():
    lines = [HEADER, "PO-0,1,MÃ¼ller,Ulm", *(f"PO-{number},1,Müller,Köln" for number in range(100))]

    assert read(joined(lines).encode("cp1252")).rows[0][2] == "MÃ¼ller"


def test_the_delimiter_is_the_one_that_finds_columns_though_others_are_more_frequent():
    header = "reference;line;customer_name;city;a,b,c,d,e,f,g,h"

    found = read(joined([header, "PO-1;1;Huber, Maier, Co;Ulm"]).encode())

    assert (found.table.delimiter, found.rows) == (";", [("PO-1", "1", "Huber, Maier, Co", "Ulm")])


def test_a_table_of_one_column_needs_no_delimiter():
    assert read(b"serial\r\nAB1C-O9XZ\r\n", columns=["serial"], required=["serial"]).rows == [("AB1C-O9XZ",)]


@each_row("first", ["sep=;", "SEP=;", '"sep=;"'])
@each_row("encoding", ENCODINGS)
def test_the_line_in_which_excel_names_the_separator_is_no_row(encoding, first):
    codec, mark = ENCODINGS[encoding]

    found = read(mark + joined([first, ";".join(COLUMNS), "PO-1;1;Hüber;Ulm"]).encode(codec))

    assert found.numbered == [(2, ("PO-1", "1", "Hüber", "Ulm"))]
    assert (found.table.header_row, found.table.delimiter) == (1, ";")


def test_the_header_is_believed_where_the_separator_line_is_wrong():
    assert read(joined(["sep=,", ";".join(COLUMNS), "PO-1;1;Huber;Ulm"]).encode()).table.delimiter == ";"


# --- Cells and rows ----------------------------------------------------------------------------------


def test_line_breaks_delimiters_and_quotation_marks_in_quotes_belong_to_the_cell():
    text = f'{HEADER}\r\nPO-1,1,"Huber\r\n""Werk 2"", Ulm","a\nb\rc"\r\n'

    assert read(text.encode()).rows == [("PO-1", "1", 'Huber\r\n"Werk 2", Ulm', "a\nb\rc")]


def test_a_row_with_line_breaks_counts_as_one_and_an_empty_one_counts_too():
    text = joined([HEADER, 'PO-1,1,"a\r\nb\r\nc",', "", ",,,", "   ", "PO-2,1,,"])

    assert read(text.encode()).numbers == [2, 6]


def test_a_quotation_mark_within_a_cell_that_has_none_around_it_is_a_symbol():
    assert read(joined([HEADER, 'PO-1,1,Rohr 2" GmbH,Ulm']).encode()).rows[0][2] == 'Rohr 2" GmbH'


def test_empty_lines_above_the_header_count_as_rows():
    found = read(joined(["", ",,,", " ", HEADER, "PO-1,1,Huber,Ulm"]).encode())

    assert (found.table.header_row, found.numbers) == (4, [5])


def test_empty_rows_and_columns_at_the_end_are_nothing():
    found = read(joined([HEADER + ",,,", "PO-1,1,Huber,Ulm,,,", ",,,,,,", ",,,,,,", ""]).encode())

    assert found.numbered == [(2, ("PO-1", "1", "Huber", "Ulm"))]
    assert found.table.unknown_columns == []


def test_a_row_that_is_short_is_filled_up():
    assert read(joined([HEADER, "PO-1,1"]).encode()).rows == [("PO-1", "1", "", "")]


def test_a_row_with_nothing_in_its_first_column_is_a_row():
    assert read(joined([HEADER, ",1,Huber,Ulm"]).encode()).rows == [("", "1", "Huber", "Ulm")]


def test_white_space_in_a_cell_is_left_to_whoever_reads_the_row():
    assert read(joined([HEADER, " PO-1 ,1,\u00a0Huber ,Ulm"]).encode()).rows == [(" PO-1 ", "1", "\u00a0Huber ", "Ulm")]


def test_what_was_escaped_against_formulas_is_as_it_was():
    text = joined([HEADER, "'=PO-1,'-1,''=x,'s-Hertogenbosch"])

    assert read(text.encode()).rows == [("=PO-1", "-1", "'=x", "'s-Hertogenbosch")]


@each_row("delimiter", [",", ";", "\t"])
def test_the_guards_of_other_programs_are_removed_also_in_the_header(delimiter):
    header = delimiter.join(f'"=""{column}"""' for column in COLUMNS)
    cells = ['"=""00123"""', '="1"', '"=T(""Huber, Ulm; Süd"")"', "'=1"]

    found = read(joined([header, delimiter.join(cells)]).encode())

    assert found.rows == [("00123", "1", "Huber, Ulm; Süd", "=1")]


def test_a_table_with_nothing_below_its_header_has_no_rows():
    for text in (HEADER, HEADER + "\r\n", HEADER + "\r\n\r\n"):
        assert read(text.encode()).rows == []


def test_rows_go_on_after_a_number_and_may_be_read_again(tmp_path):
    path = tmp_path / "purchases.csv"
    path.write_text(joined([HEADER, *(f"PO-{number},1,," for number in range(2, 9))]))
    table = open_table(path, columns=COLUMNS, required=REQUIRED)

    assert [number for number, _ in table.rows(after=6)] == [7, 8]
    assert [number for number, _ in table.rows()] == [2, 3, 4, 5, 6, 7, 8]
