"""Damaged, fake and malicious workbooks are refused before they cost memory or time."""

import io
import struct
import tracemalloc
import zipfile

import pytest

from licences.domain.cells import ErrorCell
from licences.domain.errors import Refusal
from licences.spreadsheets import archives, workbooks
from licences.spreadsheets.csv_files import MAX_CELL
from tests.spreadsheets.files import (
    OFFICE,
    PARTS,
    TOP,
    XML,
    archive,
    book,
    contents,
    declare_encrypted,
    declare_size,
    read,
    refused,
    relationships,
    row,
    shared,
    sheet,
    styled_book,
    text,
    texts,
    with_directory_entry,
)
from tests.tables import each_row

SHEET = "xl/worksheets/sheet1.xml"
GOOD = book(*(texts(number, f"PO-{number}", "1", "Huber", "Ulm") for number in range(2, 200)))
TOO_LARGE = ("file-too-large-unpacked", {})


def peak_of(content: bytes) -> int:
    """The peak of memory in bytes until the file was refused."""
    tracemalloc.start()
    try:
        with pytest.raises(Refusal):
            read(content)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# --- Bombs -------------------------------------------------------------------------------------------


def test_a_part_that_unpacks_to_hundreds_of_times_its_size_is_refused():
    bomb = book(parts={SHEET: sheet(TOP, "<row>" + " " * 60_000_000 + "</row>")})

    assert len(bomb) < 100_000
    assert refused(bomb) == TOO_LARGE
    assert peak_of(bomb) < 5_000_000


def test_a_small_table_of_equal_rows_packs_as_well_and_is_no_bomb():
    rows = [texts(number, "PO-1", "1", "Huber", "Ulm") for number in range(2, 5_000)]

    assert len(read(book(*rows)).rows) == 4_998


@each_row("part", [SHEET, "xl/workbook.xml", "docProps/thumbnail.jpeg"])
def test_a_part_that_says_it_is_enormous_is_refused_unread(part):
    content = book(parts={"docProps/thumbnail.jpeg": b"x" * 1_000})

    assert refused(with_directory_entry(content, part, declare_size(0xF0000000))) == TOO_LARGE


def test_parts_that_are_enormous_together_are_refused():
    content = book(parts={f"xl/media/{number}.png": b"x" * 100 for number in range(60)})
    for number in range(60):
        content = with_directory_entry(content, f"xl/media/{number}.png", declare_size(50 << 20))

    assert refused(content) == TOO_LARGE


@each_row("size", [0, 10, 300])
def test_a_part_that_says_it_is_smaller_than_it_is_is_refused(size):
    assert refused(with_directory_entry(GOOD, SHEET, declare_size(size)))[0] == "file-broken"


def test_a_part_that_says_it_is_larger_than_it_is_is_read_to_its_end():
    found = read(with_directory_entry(GOOD, SHEET, declare_size(1_000_000)))

    assert (len(found.rows), found.progress[-1]) == (198, 1.0)


def test_more_parts_than_any_workbook_has_are_refused():
    parts = {f"xl/media/{number}.png": "" for number in range(archives.MAX_MEMBERS)}

    assert refused(book(parts=parts)) == TOO_LARGE


def test_a_directory_that_would_fill_the_memory_is_refused():
    end = GOOD.rindex(b"PK\x05\x06")
    claimed = bytearray(GOOD[:4] + bytes(6 << 20) + GOOD[end:])
    struct.pack_into("<II", claimed, len(claimed) - 10, 5 << 20, 1 << 20)

    assert refused(bytes(claimed)) == TOO_LARGE
    assert peak_of(bytes(claimed)) < 9_000_000


def test_shared_texts_are_limited(monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_SHARED_STRINGS", 1_000)
    content = styled_book([], row(2, '<c t="s"><v>0</v></c>'), shared_strings=shared("<t>x</t>" * 500))

    assert refused(content) == TOO_LARGE


def test_what_is_read_before_the_header_is_limited_in_all(monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_TO_HEADER", 300_000)
    names = [f"worksheet_{number}" for number in range(8)]
    blank = sheet(*(row(number) for number in range(1, 10_000)))

    content = archive({
        **PARTS,
        "xl/workbook.xml": contents(dict.fromkeys(names, "")),
        "xl/_rels/workbook.xml.rels": relationships(**{name: f"{name}.xml" for name in names}),
        **{f"xl/{name}.xml": blank for name in names},
    })  # fmt: skip

    assert refused(content) == TOO_LARGE


def test_what_is_read_of_a_sheet_is_counted(monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 100_000)
    rows = [texts(number, f"PO-{number}", "1", "x" * 100) for number in range(2, 2_000)]

    assert refused(book(*rows)) == TOO_LARGE


LAUGHS = "".join(f'<!ENTITY l{level} "' + f"&l{level - 1};" * 10 + '">' for level in range(1, 10))
DOCTYPES = {
    "billion laughs": f'<!DOCTYPE w [<!ENTITY l0 "ha">{LAUGHS}]>',
    "quadratic": '<!DOCTYPE w [<!ENTITY l9 "' + "x" * 50_000 + '">]>',
    "file": '<!DOCTYPE w [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
    "parameter": '<!DOCTYPE w [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p; <!ENTITY l9 "">]>',
    "dtd": '<!DOCTYPE w SYSTEM "http://127.0.0.1:9/w.dtd"[<!ENTITY l9 "">]>',
}


@each_row("kind", DOCTYPES)
@each_row("part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"])
def test_entities_are_refused_wherever_they_are_declared(kind, part):
    good = {**PARTS, SHEET: sheet(TOP, row(2, text("PO-1")))}[part]
    infected = good.replace(XML, XML + DOCTYPES[kind]).replace("PO-1", "&l9;")

    content = book(parts={part: infected})

    assert refused(content)[0] == "file-broken"
    assert peak_of(content) < 2_000_000


@pytest.mark.parametrize(
    "body",
    [
        "<a>" * 5_000,
        "<a>" * 5_000_000,
        "".join(f"<a{number}/>" for number in range(5_000)),
        '<row r="2" spans="' + "x" * 5_000_000 + '"/>',
        "<!--" + "x" * 5_000_000 + "-->",
        "<" + "x" * 5_000_000 + "/>",
    ],
    ids=["deep", "very deep", "many names", "long attribute", "long comment", "long name"],
)
def test_markup_that_would_fill_the_memory_is_refused(body):
    content = book(parts={SHEET: sheet(TOP, body)})

    assert refused(content)[0] == "file-broken"


def test_a_sheet_of_a_million_declared_and_three_real_rows_takes_no_time():
    far = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    declared = '<dimension ref="A1:XFD1048576"/><cols><col min="1" max="16384" style="1"/></cols>'
    body = sheet(TOP, texts(2, "PO-1", "1"), texts(900_000, "PO-2", "1"), far, before=declared)

    assert read(book(parts={SHEET: body})).numbers == [2, 900_000]


# --- Sizes of cells ----------------------------------------------------------------------------------

LARGE = "x" * (MAX_CELL + 1)
PIECES = f"<r><t>{'x' * 1_000}</t></r>" * 101


@each_row(
    "cell",
    [
        text(LARGE),
        f"<c><v>{'1' * (MAX_CELL + 1)}</v></c>",
        f"<c><f>{LARGE}</f><v>1</v></c>",
        f'<c t="inlineStr"><is>{PIECES}</is></c>',
    ],
)
def test_a_cell_that_is_too_large_is_refused_with_its_row(cell):
    content = book(texts(2, "PO-2", "1"), row(3, text("PO-3"), cell))

    assert refused(content) == ("row-too-large", {"row": 3, "limit": MAX_CELL})


def test_a_shared_text_that_is_too_large_is_refused():
    for item in (f"<t>{LARGE}</t>", PIECES):
        assert refused(styled_book([], shared_strings=shared(item)))[0] == "file-broken"


def test_a_number_of_many_digits_is_an_error_or_a_number_but_no_crash():
    content = book(*(row(2 + n, text("PO"), f"<c><v>{'9' * digits}</v></c>") for n, digits in enumerate([400, 5_000])))

    whole, endless = (cells[1] for cells in read(content).rows)

    assert whole == "9" * 400
    assert (endless, type(endless)) == ("#NUM!", ErrorCell)


# --- Encrypted, other and broken files ---------------------------------------------------------------

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_an_old_workbook_is_named():
    assert refused(OLE + bytes(100_000) + "Workbook".encode("utf-16-le")) == ("file-is-spreadsheet", {})


@each_row("before", [504, 65_536 - 8 - 7, 200_000])
def test_an_encrypted_workbook_is_named(before):
    content = OLE + bytes(before) + "EncryptedPackage".encode("utf-16-le") + bytes(1_000)

    assert refused(content) == ("file-encrypted", {})


@each_row("part", [SHEET, "xl/workbook.xml"])
def test_an_encrypted_part_is_named(part):
    assert refused(with_directory_entry(GOOD, part, declare_encrypted)) == ("file-encrypted", {})


@each_row(
    ("parts", "kind"),
    [
        (
            {"word/document.xml": "<document/>", "_rels/.rels": relationships(officeDocument="word/document.xml")},
            "DOCX",
        ),
        ({"ppt/presentation.xml": "", "_rels/.rels": relationships(officeDocument="/ppt/presentation.xml")}, "PPTX"),
        ({"xl/workbook.bin": b"\x83\x01", "_rels/.rels": relationships(officeDocument="xl/workbook.bin")}, "XLSB"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}, "OpenDocument"),
        ({"purchases.csv": "reference,line"}, "ZIP"),
        ({"_rels/.rels": relationships(thumbnail="a.png")}, "ZIP"),
        ({}, "ZIP"),
    ],
)
def test_an_archive_that_is_no_workbook_is_named(parts, kind):
    assert refused(archive(parts)) == ("file-of-other-kind", {"kind": kind})


@each_row("part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_workbook_that_lacks_a_part_is_broken(part):
    assert refused(book(parts={part: None}))[0] == "file-broken"


@each_row("part", [*PARTS, SHEET])
@each_row("body", ["", "no markup", "<a></b>", "<a>", f'{XML}<a xmlns:r="{OFFICE}"/><b/>', b"\xff\xfe\x00"])
def test_a_part_that_is_no_xml_is_broken(part, body):
    assert refused(book(parts={part: body}))[0] == "file-broken"


@each_row("kept", [4, 30, 100, 1_000, -1, -22, -200])
def test_a_workbook_that_was_cut_off_is_broken(kept):
    assert refused(GOOD[:kept])[0] == "file-broken"


def test_a_sheet_that_breaks_off_is_refused_with_the_row_it_had_come_to():
    body = sheet(TOP, *(texts(number, f"PO-{number}", "1") for number in range(2, 5_000)))
    content = book(parts={SHEET: body[: body.index("PO-4000")]})

    code, parameters = refused(content)

    assert (code, parameters["row"]) == ("file-broken", 4_000)


def test_a_compression_that_cannot_be_unpacked_in_pieces_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in {**PARTS, SHEET: sheet(TOP)}.items():
            file.writestr(name, content, zipfile.ZIP_LZMA if name == SHEET else zipfile.ZIP_STORED)

    assert refused(buffer.getvalue())[0] == "file-broken"


@each_row("ids", ["no such", ""])
def test_a_sheet_without_its_part_is_broken(ids):
    parts = {"xl/workbook.xml": contents({"worksheet": ""}).replace('r:id="worksheet"', f'r:id="{ids}"' if ids else "")}

    assert refused(book(parts=parts))[0] == "file-broken"
