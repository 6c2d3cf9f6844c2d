"""Writing CSV and XLSX files that open well in a spreadsheet program, run no formulas, and read back unchanged."""

import codecs
import csv
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Protocol, Self
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.workbook.defined_name import DefinedName

from licences.domain.errors import Refusal
from licences.spreadsheets.escaping import safe_row
from licences.spreadsheets.workbook_parts import MAX_ROWS, UNGUARDED_NAME

Cell = str | int | float | date  # a datetime is a date too

MAX_XLSX_CELL = 32_767  # characters, the maximum of Excel

_AS_TEXT = "@"
_WIDTH = 22
_BOLD = Font(name="Calibri", family=2, size=11, bold=True)
_NO_ROWS = re.compile(rb"<sheetData\s*/>|<sheetData></sheetData>")
_NOT_IN_TITLE = re.compile(r"[\\*?:/\[\]]")
_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")  # invalid in XML and UTF-8
# Characters that XML cannot hold or would change, and texts that look like Office's escapes for them, or would then.
_TO_ESCAPE = re.compile(r"[\x01-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}[_\x01-\x08\x0b-\x1f\ufffe\uffff])")


class BinaryWriter(Protocol):
    """A binary file, or anything else with its ``write``, such as an HTTP response."""

    def write(self, data: bytes, /) -> object: ...


class CsvWriter:
    """Writes rows as CSV, each at once: UTF-8, with the BOM by which Excel detects it.

    The header is written on creation. Texts that would run as formulas are guarded (``escaping``).
    """

    def __init__(self, file: BinaryWriter, columns: Sequence[str], *, delimiter: str = ",") -> None:
        file.write(codecs.BOM_UTF8)
        self._writer = csv.writer(_Encoder(file), delimiter=delimiter)
        self.write_row(columns)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def write_row(self, cells: Iterable[object]) -> None:
        """Write one row; None becomes an empty cell."""
        self._writer.writerow(safe_row(list(cells)))


class _Encoder:
    """A text file for ``csv.writer`` over a binary one; characters that UTF-8 cannot hold are replaced."""

    def __init__(self, file: BinaryWriter) -> None:
        self._file = file

    def write(self, text: str) -> None:
        self._file.write(_NOT_STORABLE.sub("\ufffd", text).encode())


class XlsxWriter:
    """Writes rows as a workbook of one sheet, each at once: ``file`` needs no seeking, and nothing is kept on disk.

    Numbers and dates keep their types. Texts are stored as text cells, whatever they look like, cut at
    ``MAX_XLSX_CELL``; empty cells have the text format too, so that a code typed there does not become a number.
    The workbook is complete once it is closed, as at the end of a ``with`` block that raised nothing.
    """

    def __init__(self, file: BinaryWriter, columns: Sequence[str], *, title: str = "") -> None:
        self._letters = [get_column_letter(number) for number in range(1, len(columns) + 1)]
        self._rows = 0
        self._out = _ForwardOnlyFile(file)
        self._archive = zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED)
        empty = _empty_workbook(self._letters, title)
        self._styles, self._end = empty.styles, empty.end
        for name, content in empty.parts.items():
            self._archive.writestr(name, content)
        self._sheet = self._archive.open(empty.sheet, "w")
        self._sheet.write(empty.beginning)
        self._write(columns, text_style=self._styles.header)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def write_row(self, cells: Iterable[object]) -> None:
        """Write one row; None becomes an empty cell. ``Refusal``: ``rows-too-many``."""
        self._write(cells, text_style=self._styles.text)

    def _write(self, cells: Iterable[object], *, text_style: int) -> None:
        """Write one row, whose texts have this style."""
        self._rows += 1
        if self._rows > MAX_ROWS:
            raise Refusal("rows-too-many", limit=MAX_ROWS - 1)
        row = "".join(
            self._cell(value, f'r="{letter}{self._rows}"', text_style)
            for value, letter in zip(cells, self._letters, strict=True)
        )
        self._sheet.write(f'<row r="{self._rows}">{row}</row>'.encode())

    def _cell(self, value: object, reference: str, text_style: int) -> str:
        """The XML of a cell at a reference such as B7; empty for no value."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return f'<c {reference} t="b"><v>{value:d}</v></c>'
        if isinstance(value, int | float | Decimal):
            return f"<c {reference}><v>{value}</v></c>"
        if isinstance(value, date):
            style = self._styles.datetime if isinstance(value, datetime) else self._styles.day
            return f'<c {reference} s="{style}"><v>{to_excel(value)}</v></c>'
        text = escape(_storable(str(value)))
        return f'<c {reference} s="{text_style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'

    def close(self) -> None:
        """Write the end of the workbook. The file itself stays open."""
        self._sheet.write(self._end)
        self._close()

    def abandon(self) -> None:
        """Write no more: without its end no program opens the workbook and takes a part of it for the whole."""
        self._out.is_open = False
        self._close()

    def _close(self) -> None:
        self._sheet.close()
        self._archive.close()


class _ForwardOnlyFile:
    """A file without seeking, so that ``zipfile`` writes the archive from its beginning to its end."""

    def __init__(self, file: BinaryWriter) -> None:
        self._file = file
        self.is_open = True

    def write(self, data: bytes) -> int:
        if self.is_open:
            self._file.write(data)
        return len(data)

    def flush(self) -> None:
        pass

    close = flush  # its owner closes the file


# --- The workbook around the rows ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _CellStyles:
    """The style numbers that cells refer to."""

    text: int
    header: int
    day: int
    datetime: int


@dataclass(frozen=True, slots=True)
class _EmptyWorkbook:
    """An empty workbook: its parts, and the XML of its sheet before and after the rows."""

    parts: dict[str, bytes]
    sheet: str
    beginning: bytes
    end: bytes
    styles: _CellStyles


def _empty_workbook(letters: Sequence[str], title: str) -> _EmptyWorkbook:
    """An empty workbook by openpyxl, which knows the format. It writes no rows, because it would keep them all."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(_NOT_IN_TITLE.sub(" ", title)[:31] or None)
    sheet.freeze_panes = "A2"
    for letter in letters:
        column = sheet.column_dimensions[letter]
        column.width, column.number_format = _WIDTH, _AS_TEXT
    book.defined_names[UNGUARDED_NAME] = DefinedName(UNGUARDED_NAME, attr_text="TRUE", hidden=True)
    styles = _CellStyles(
        text=_style(sheet, _AS_TEXT),
        header=_style(sheet, _AS_TEXT, font=_BOLD),
        day=_style(sheet, "yyyy-mm-dd"),
        datetime=_style(sheet, "yyyy-mm-dd h:mm:ss"),
    )
    whole = BytesIO()
    book.save(whole)
    with zipfile.ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    (name,) = (name for name in parts if name.startswith("xl/worksheets/"))
    beginning, end = _NO_ROWS.split(parts.pop(name))
    return _EmptyWorkbook(parts, name, beginning + b"<sheetData>", b"</sheetData>" + end, styles)


def _style(sheet: Any, number_format: str, *, font: Font | None = None) -> int:
    """The number of a cell style with this number format, created in the workbook of the sheet."""
    cell: Any = WriteOnlyCell(sheet)
    cell.number_format = number_format
    if font:
        cell.font = font
    return int(cell.style_id)


def _storable(text: str) -> str:
    """The text as XML can hold it, at most ``MAX_XLSX_CELL`` characters; Office escapes others as ``_x000D_``."""
    text = _NOT_STORABLE.sub("\ufffd", text)
    return _TO_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)[:MAX_XLSX_CELL]
