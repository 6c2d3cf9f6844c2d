"""Files for the tests, and how the reader reads them."""

import io
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

from licences.domain.errors import Refusal
from licences.spreadsheets.reading import TableFile, open_table
from licences.spreadsheets.writing import BinaryWriter, CsvWriter, XlsxWriter
from licences.wording.sentences import refusal_sentence
from tests import questions

COLUMNS = ("reference", "line", "customer_name", "city")
REQUIRED = ("reference", "line")
HEADER = "reference,line,customer_name,city"


@dataclass
class Read:
    """A file that was read to its end, with ``progress`` before the first row, after each row and at the end."""

    table: TableFile
    numbered: list[tuple[int, tuple[str, ...]]]
    progress: list[float]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        return [cells for _number, cells in self.numbered]

    @property
    def numbers(self) -> list[int]:
        return [number for number, _cells in self.numbered]


def read(
    content: bytes, *, columns: Sequence[str] = COLUMNS, required: Sequence[str] = REQUIRED, name: str = "purchases.csv"
) -> Read:
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        table = open_table(path, columns=columns, required=required)
        numbered = []
        progress = [table.progress()]
        for row in table.rows():
            numbered.append(row)
            progress.append(table.progress())
        return Read(table, numbered, [*progress, table.progress()])


def write_csv(file: BinaryWriter, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    with CsvWriter(file, columns) as writer:
        for row in rows:
            writer.write_row(row)


def write_xlsx(file: BinaryWriter, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    with XlsxWriter(file, columns) as writer:
        for row in rows:
            writer.write_row(row)


def refusal_of(content: bytes, **asked: Sequence[str]) -> Refusal:
    """The refusal of a file; asserts that it has a sentence."""
    refused = questions.refusal_of(read, content, **asked)
    assert "%(" not in refusal_sentence(refused)
    return refused


def refused(content: bytes, **asked: Sequence[str]) -> tuple[str, dict[str, object]]:
    refusal = refusal_of(content, **asked)
    return refusal.code, refusal.parameters


# --- Workbooks, part by part -------------------------------------------------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def relationships(**targets: str) -> str:
    """Kind (with a number after an underscore, where there are several) → target."""
    each = "".join(
        f'<Relationship Id="{kind}" Type="{OFFICE}/{kind.partition("_")[0]}" Target="{target}"/>'
        for kind, target in targets.items()
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}">{each}</Relationships>'


def contents(sheets: Mapping[str, str], properties: str = "") -> str:
    """Id of the relationship → further attributes; the sheet is called like its relationship."""
    each = "".join(
        f'<sheet name="{name}" sheetId="{number}" {more} r:id="{name}"/>'
        for number, (name, more) in enumerate(sheets.items(), start=1)
    )
    return f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}<sheets>{each}</sheets></workbook>'


def styles(formats: Sequence[int | str]) -> str:
    """A cell style for each number of a built-in format or code of another."""
    codes = {code: 164 + index for index, code in enumerate(formats) if isinstance(code, str)}
    own = "".join(f'<numFmt numFmtId="{i}" formatCode="{escape(c, {chr(34): "&quot;"})}"/>' for c, i in codes.items())
    used = "".join(f'<xf numFmtId="{codes[form] if isinstance(form, str) else form}"/>' for form in formats)
    return f'{XML}<styleSheet xmlns="{MAIN}"><numFmts>{own}</numFmts><cellXfs>{used}</cellXfs></styleSheet>'


def shared(*items: str) -> str:
    return f'{XML}<sst xmlns="{MAIN}">{"".join(f"<si>{item}</si>" for item in items)}</sst>'


def sheet(*rows: str, before: str = "", after: str = "") -> str:
    return f'{XML}<worksheet xmlns="{MAIN}">{before}<sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def text(value: str, at: str = "") -> str:
    reference = f'r="{at}" ' if at else ""
    return f'<c {reference}t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def texts(number: int, *values: str) -> str:
    return row(number, *map(text, values))


TOP = texts(1, *COLUMNS)
PARTS: dict[str, str | bytes] = {
    "_rels/.rels": relationships(officeDocument="xl/workbook.xml"),
    "xl/workbook.xml": contents({"worksheet": ""}),
    "xl/_rels/workbook.xml.rels": relationships(worksheet="worksheets/sheet1.xml"),
}


def book(*rows: str, top: str = TOP, parts: Mapping[str, str | bytes | None] | None = None) -> bytes:
    """A workbook with a header and these rows; ``parts`` replace those that it would have, or leave them out."""
    present = {**PARTS, "xl/worksheets/sheet1.xml": sheet(top, *rows), **(parts or {})}
    return archive({name: content for name, content in present.items() if content is not None})


def styled_book(
    formats: Sequence[int | str],
    *rows: str,
    top: str = TOP,
    shared_strings: str | None = None,
    properties: str = "",
) -> bytes:
    """A workbook whose cell style number N shows numbers in the format number N."""
    own = {"worksheet": "worksheets/sheet1.xml", "styles": "styles.xml"}
    if shared_strings:
        own["sharedStrings"] = "sharedStrings.xml"
    parts = {
        "xl/workbook.xml": contents({"worksheet": ""}, properties),
        "xl/_rels/workbook.xml.rels": relationships(**own),
        "xl/styles.xml": styles(formats),
        "xl/sharedStrings.xml": shared_strings,
    }
    return book(*rows, top=top, parts=parts)


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return buffer.getvalue()


def with_directory_entry(content: bytes, name: str, change: Callable[[bytearray, int], None]) -> bytes:
    """The archive with the directory entry of a part changed, which declares its sizes and flags."""
    changed = bytearray(content)
    at = content.rindex(name.encode()) - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    change(changed, at)
    return bytes(changed)


def declare_size(size: int) -> Callable[[bytearray, int], None]:
    return lambda content, at: struct.pack_into("<I", content, at + 24, size)


def declare_encrypted(content: bytearray, at: int) -> None:
    content[at + 8] |= 1


def joined(lines: Iterable[str], end: str = "\r\n") -> str:
    return "".join(line + end for line in lines)
