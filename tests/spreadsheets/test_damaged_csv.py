"""Damaged CSV files and files without a table are refused, with the row where one is at fault."""

import codecs

import pytest

from licences.domain.cells import MisquotedCells
from licences.domain.errors import Refusal
from licences.spreadsheets.csv_files import MAX_CELL
from licences.spreadsheets.reading import open_table
from tests.spreadsheets.files import COLUMNS, HEADER, REQUIRED, Read, book, joined, read, refused, texts
from tests.tables import each_row

ROWS = [f"PO-{number},1,Müller & Söhne,Köln" for number in range(2, 2_000)]


def with_row(number: int, row: bytes, encoding: str = "utf-8") -> bytes:
    """A file of some size in which one row is replaced."""
    lines = [line.encode(encoding) for line in [HEADER, *ROWS]]
    lines[number - 1] = row
    return b"\r\n".join([*lines, b""])


# --- Quotation marks ---------------------------------------------------------------------------------


def misquoted(found: Read) -> list[int]:
    """The numbers of the rows whose quotation marks do not match."""
    return [number for number, cells in found.numbered if isinstance(cells, MisquotedCells)]


@each_row("row", [2, 3, 1_000, 1_999])
@each_row(
    "bad",
    ['PO-x,1,"Huber GmbH,Ulm', 'PO-x,1,"Alte Post" Hotel GmbH,Ulm', '"PO-x",1,"Huber"",Ulm', 'PO-x,1,Huber,"', '"'],
)
def test_quotation_marks_that_do_not_match_cost_only_their_row(row, bad):
    good = read(with_row(row, b"PO-x,1,Huber,Ulm"))

    found = read(with_row(row, bad.encode()))

    assert misquoted(found) == [row]
    assert [each for each in found.numbered if each[0] != row] == [each for each in good.numbered if each[0] != row]


@each_row("end", ["\r\n", "\n", "\r"])
@each_row("encoding", ["utf-8", "utf-16-le", "cp1252"])
def test_quotation_marks_are_looked_at_in_any_encoding_and_with_any_line_end(encoding, end):
    text = joined(
        ["reference;line;customer_name;city", 'PO-2;1;"Alte Post" Hotel;Köln', 'PO-3;1;"Wüst; Söhne";Ulm'], end
    )

    found = read(text.encode(encoding))

    assert misquoted(found) == [2]
    assert found.rows[1] == ("PO-3", "1", "Wüst; Söhne", "Ulm")


def test_the_cells_of_such_a_row_are_shown_as_far_as_they_can_be_told_apart():
    (cells,) = read(joined([HEADER, 'PO-2,1,"Alte Post" Hotel,Ulm']).encode()).rows

    assert cells == ("PO-2", "1", "Alte Post Hotel", "Ulm")


def test_a_mark_without_an_end_does_not_swallow_rows_up_to_the_next_mark():
    rows = ['PO-2,1,"Huber,Ulm', *(f"PO-{number},1,Maier,Ulm" for number in range(3, 90)), 'PO-90,1,"Wüst, Co",Ulm']

    found = read(joined([HEADER, *rows]).encode())

    assert misquoted(found) == [2]
    assert (found.numbers, found.rows[-1]) == (list(range(2, 91)), ("PO-90", "1", "Wüst, Co", "Ulm"))


def test_a_mark_without_an_end_costs_its_row_however_much_it_would_swallow():
    rows = ["PO-1,1,Maier,Ulm" + "x" * 80] * 5_000

    found = read(joined([HEADER, 'PO-0,1,"Huber,Ulm', *rows]).encode())

    assert (misquoted(found), len(found.rows)) == ([2], 5_001)


@each_row("delimiter", [",", ";", "\t"])
@each_row(("opened", "closed"), [(2, 3), (2, 90), (50, 90), (89, 90)])
@each_row(
    ("opening", "closing"),
    [
        ('PO-x,1,"Huber,Ulm', 'PO-y,1,Wüst",Ulm'),
        ('PO-x,1,Huber,"Ulm', 'PO-y,1,Wüst,Ulm"'),
        ('"PO,1,Huber,Ulm', 'PO",1,a,b'),
    ],
)
def test_a_mark_that_is_closed_in_a_later_row_costs_these_two_rows(opened, closed, opening, closing, delimiter):
    rows = {number: f"PO-{number},1,Maier,Ulm" for number in range(2, 92)} | {opened: opening, closed: closing}

    found = read(joined([HEADER, *rows.values()]).replace(",", delimiter).encode())

    assert misquoted(found) == [opened, closed]
    assert found.numbers == list(range(2, 92))
    assert found.rows[-1] == ("PO-91", "1", "Maier", "Ulm")


def test_also_where_the_rows_have_a_separator_more_than_the_header_or_doubled_marks():
    rows = ["PO-2,1,Maier,Ulm,", 'PO-3,1,"Huber,Ulm,', 'PO-4,1,"",Ulm,', 'PO-5,1,Wüst",Ulm,', "PO-6,1,Maier,Ulm,"]

    assert misquoted(read(joined([HEADER, *rows]).encode())) == [3, 5]


def test_two_such_pairs_cost_four_rows():
    rows = ['PO-2,1,"Huber,Ulm', 'PO-3,1,Wüst",Ulm', "PO-4,1,Maier,Ulm", 'PO-5,1,"Huber,Ulm', 'PO-6,1,Wüst",Ulm']

    assert misquoted(read(joined([HEADER, *rows]).encode())) == [2, 3, 5, 6]


@each_row(
    "cell",
    ["Huber\nBau", "Huber, Bau\nUlm, Söflingen\n", "a,b,c\nd", "\n\n", "Huber\n,,,", 'the ""old"", one\nand, so, on,'],
)
def test_cells_of_several_lines_are_read(cell):
    found = read(joined([HEADER, f'PO-2,1,"{cell}",Ulm', "PO-3,1,Maier,Ulm"]).encode())

    assert misquoted(found) == []
    assert [each[0] for each in found.rows] == ["PO-2", "PO-3"]


def test_every_row_may_be_bad():
    found = read(joined([HEADER, *['PO-1,1,"Huber,Ulm'] * 2_000]).encode())

    assert misquoted(found) == list(range(2, 2_002))
    assert found.progress[-1] == 1.0


def test_the_row_is_counted_in_records_also_below_a_row_of_several_lines():
    text = joined([HEADER, 'PO-2,1,"a\r\nb\r\nc",', "", 'PO-4,1,"Huber,Ulm'])

    assert misquoted(read(text.encode())) == [4]


# --- Symbols -----------------------------------------------------------------------------------------


@each_row("row", [2, 1_000, 1_999])
def test_a_byte_that_is_no_utf_8_is_refused_with_its_row(row):
    damaged = with_row(row, "PO-x,1,Söhne ".encode() + b"\xc3,Ulm")

    assert refused(damaged) == ("row-not-decodable", {"row": row, "encoding": "utf-8"})


def test_utf_8_is_damaged_and_not_windows_1252_though_the_damage_comes_before_every_good_letter():
    assert refused(with_row(2, b"PO-x,1,M\xfcller,Ulm")) == ("row-not-decodable", {"row": 2, "encoding": "utf-8"})


@each_row("first", ["utf-8", "cp1252"])
def test_a_file_put_together_from_two_encodings_is_refused(first):
    second = {"utf-8": "cp1252", "cp1252": "utf-8"}[first]
    parts = [joined([HEADER, *ROWS]).encode(first), joined(ROWS[:500]).encode(second)]

    assert refused(b"".join(parts))[0] == "row-not-decodable"


def test_damage_among_letters_of_another_script_is_damage():
    damaged = with_row(2, b"PO-x,1,M\xfcller,Ulm").replace("Müller & Söhne,Köln".encode(), "Лукойл,Киев".encode())

    assert refused(damaged) == ("row-not-decodable", {"row": 2, "encoding": "utf-8"})


def test_utf_8_that_breaks_off_within_a_letter_is_refused():
    assert refused(joined([HEADER, *ROWS]).encode() + "PO-x,1,Hüb".encode()[:-2]) == (
        "row-not-decodable",
        {"row": 2_000, "encoding": "utf-8"},
    )


def test_a_byte_order_mark_is_believed():
    damaged = codecs.BOM_UTF8 + joined([HEADER, "PO-1,1,Müller,Ulm"]).encode("cp1252")

    assert refused(damaged) == ("row-not-decodable", {"row": 2, "encoding": "utf-8"})


@each_row("row", [2, 1_999])
def test_a_byte_that_windows_1252_does_not_have_is_refused_with_its_row(row):
    damaged = with_row(row, b"PO-x,1,M\x81ller,Ulm", "cp1252")  # ü as DOS wrote it

    assert refused(damaged) == ("row-not-decodable", {"row": row, "encoding": "cp1252"})


@each_row("encoding", ["utf-16-le", "utf-16-be"])
def test_half_a_symbol_in_utf_16_is_refused_with_its_row(encoding):
    text = joined([HEADER, "PO-2,1,Huber,Ulm", "PO-3,1,\ud83d,Ulm", "PO-4,1,Maier,Ulm"])

    damaged = text.encode(encoding, "surrogatepass")

    assert refused(damaged) == ("row-not-decodable", {"row": 3, "encoding": encoding})


def test_utf_16_that_breaks_off_within_a_symbol_is_refused():
    whole = codecs.BOM_UTF16_LE + f"{HEADER}\r\nPO-2,1,Huber,Ulm\r\nPO-3,1,Maier,Ulm".encode("utf-16-le")

    code, parameters = refused(whole[:-1])

    assert (code, parameters["encoding"]) == ("row-not-decodable", "utf-16-le")


def test_a_nul_character_is_refused_with_its_row():
    assert refused(with_row(1_000, b"PO-x,1,Huber\x00,Ulm")) == ("row-nul", {"row": 1_000})


# --- Sizes -------------------------------------------------------------------------------------------


def test_a_cell_may_be_large():
    assert read(joined([HEADER, f"PO-1,1,{'x' * MAX_CELL},Ulm"]).encode()).rows[0][2] == "x" * MAX_CELL


def test_a_cell_that_is_too_large_is_refused_with_its_row():
    text = joined([HEADER, "PO-2,1,Huber,Ulm", f"PO-3,1,{'x' * (MAX_CELL + 1)},Ulm"])

    assert refused(text.encode()) == ("row-too-large", {"row": 3, "limit": MAX_CELL})


def test_a_row_without_end_is_refused():
    text = joined([HEADER, "PO-2,1,Huber,Ulm"]) + "x," * 1_000_000

    assert refused(text.encode()) == ("row-too-large", {"row": 3, "limit": MAX_CELL})


# --- No table ----------------------------------------------------------------------------------------


@each_row("content", [b"", b"\r\n\r\n", b"  \r\n", *map(bytes, (codecs.BOM_UTF8, codecs.BOM_UTF16_LE))])
def test_an_empty_file_is_refused(content):
    assert refused(content) == ("file-empty", {})


@each_row(
    ("content", "kind"),
    [
        (b"%PDF-1.7\r\n%\xe2\xe3\xcf\xd3\r\n1 0 obj\r\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10", "PNG"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "JPEG"),
        (b"GIF89a\x01\x00\x01\x00", "GIF"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", "GZIP"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "7Z"),
        (b"Rar!\x1a\x07\x01\x00", "RAR"),
        (b"{\\rtf1\\ansi Purchases}", "RTF"),
        (b"<!DOCTYPE html>\n<html><body><table><tr><td>line", "HTML"),
        (b"  <?xml version='1.0'?>\n<purchases><line/></purchases>", "XML"),
        (b'{"purchases": [{"reference": "PO-1", "line": 1}]}', "JSON"),
        (b'[{"reference": "PO-1"}]', "JSON"),
        ("<html><body>Käufe".encode("utf-16"), "HTML"),
    ],
)
def test_a_file_of_another_kind_is_named(content, kind):
    codec = "utf-16-le" if b"\0m\0l" in content else "ascii"

    for more in (" and more", " and more" * 10_000, "\r\nand more" * 10_000):
        assert refused(content + more.encode(codec)) == ("file-of-other-kind", {"kind": kind})


@each_row(
    "content",
    [
        b"Dear Sir or Madam,\r\nplease find attached\r\n",
        b"a;b;c\r\n1;2;3\r\n",
        b"\x00" * 1_000,
        b"x" * 200_000,
        b"\r\n" * 100_000,
        b"PO-1,1,Huber,Ulm\r\nPO-2,1,Maier,Ulm\r\n",
        b"sep=;\r\n",
        b"\xff\xfe\x00\x00" + "reference,line\r\nPO-1,1\r\n".encode("utf-32-le"),
    ],
)
def test_a_text_without_a_known_column_is_no_table(content):
    assert refused(content) == ("file-no-table", {})


def test_a_header_of_more_than_64_kb_is_not_looked_for():
    assert refused((f"{'x' * 70_000}," + joined([HEADER, "PO-1,1,Huber,Ulm"])).encode()) == ("file-no-table", {})


def test_a_file_that_is_not_there_or_is_a_folder_cannot_be_read(tmp_path):
    for path in (tmp_path, tmp_path / "missing.csv"):
        with pytest.raises(Refusal, match="file-unreadable"):
            open_table(path, columns=COLUMNS, required=REQUIRED)


@each_row("content", [joined([HEADER, "PO-1,1,Huber,Ulm"]).encode(), book(texts(2, "PO-1", "1"))])
def test_a_file_that_is_gone_when_its_rows_are_asked_for_cannot_be_read(tmp_path, content):
    path = tmp_path / "purchases"
    path.write_bytes(content)
    table = open_table(path, columns=COLUMNS, required=REQUIRED)
    path.unlink()

    with pytest.raises(Refusal, match="file-unreadable"):
        list(table.rows())
