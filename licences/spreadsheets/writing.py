"""Writing tables that open well in a spreadsheet program, run nothing there, and come back unchanged."""

import codecs
import csv
import re
from collections.abc import Iterable, Sequence
from os import PathLike
from typing import IO, Any, Protocol, Self

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from licences.domain.errors import Refusal
from licences.spreadsheets.escaping import safe_cell, unescaped
from licences.spreadsheets.workbook_parts import MAX_ROWS

__all__ = ["CsvWriter", "XlsxWriter", "safe_cell", "unescaped", "write_csv", "write_xlsx"]

MAX_XLSX_CELL = 32_767  # characters; more, Excel does not hold

_AS_TEXT = "@"
_WIDTH = 22
_BOLD = Font(name="Calibri", family=2, size=11, bold=True)
_NOT_IN_TITLE = re.compile(r"[\\*?:/\[\]]")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")  # no reader would take them
# What XML cannot hold or would change, and what looks like the way in which Office writes that, or would beside it.
_TO_ESCAPE = re.compile(r"[\x01-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}[_\x01-\x08\x0b-\x1f\ufffe\uffff])")


class BinaryWriter(Protocol):
    """A file opened for bytes, or anything else that takes them, such as an HTTP response."""

    def write(self, data: bytes, /) -> object: ...


class CsvWriter:
    """Rows as CSV, each written as it comes: UTF-8 with BOM, by which Excel knows it, and commas."""

    def __init__(self, file: BinaryWriter, columns: Sequence[str]) -> None:
        file.write(codecs.BOM_UTF8)
        self._writer = csv.writer(_Encoder(file))
        self.write_row(columns)

    def write_row(self, cells: Iterable[object]) -> None:
        self._writer.writerow([safe_cell(cell) for cell in cells])


class _Encoder:
    def __init__(self, file: BinaryWriter) -> None:
        self._file = file

    def write(self, text: str) -> None:
        self._file.write(_NO_TEXT.sub("\ufffd", text).encode())


def write_csv(file: BinaryWriter, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    writer = CsvWriter(file, columns)
    for row in rows:
        writer.write_row(row)


class XlsxWriter:
    """Rows as a workbook of one sheet, written to disk as they come and put together by ``save``.

    Numbers and dates are what they are. Texts are texts, whatever they look like, and what is typed into an empty cell
    will be one too: no code turns into a number. A text is cut at ``MAX_XLSX_CELL``.
    """

    def __init__(self, columns: Sequence[str], *, title: str = "") -> None:
        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet(_NOT_IN_TITLE.sub(" ", title)[:31] or None)
        self._texts: list[Any] = []  # a cell for the texts of each column, used again in every row
        self._rows = 0
        self._write_header(columns)

    def _write_header(self, columns: Sequence[str]) -> None:
        self._sheet.freeze_panes = "A2"
        for number in range(1, len(columns) + 1):
            column = self._sheet.column_dimensions[get_column_letter(number)]
            column.width, column.number_format = _WIDTH, _AS_TEXT
        self._texts = [self._text_cell(font=_BOLD) for _ in columns]
        self.write_row(columns)
        self._texts = [self._text_cell() for _ in columns]  # others, for styles that were written must not change

    def _text_cell(self, *, font: Font | None = None) -> Any:
        cell: Any = WriteOnlyCell(self._sheet)
        cell.number_format = _AS_TEXT
        if font:
            cell.font = font
        return cell

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind and not self._sheet.closed:  # openpyxl would leave its file until the process ends
            self._sheet.close()
            self._sheet._writer.cleanup()

    def write_row(self, cells: Iterable[object]) -> None:
        """``Refusal``: ``rows-too-many`` for a workbook."""
        self._rows += 1
        if self._rows > MAX_ROWS:
            raise Refusal("rows-too-many", limit=MAX_ROWS - 1)
        self._sheet.append([_cell(value, text) for value, text in zip(cells, self._texts, strict=True)])

    def save(self, file: str | PathLike[str] | IO[bytes]) -> None:
        self._book.save(file)


def write_xlsx(file: str | PathLike[str] | IO[bytes], columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    with XlsxWriter(columns) as writer:
        for row in rows:
            writer.write_row(row)
        writer.save(file)


def _cell(value: object, text: Any) -> object:
    if not isinstance(value, str):
        return value
    if not value:
        return None
    text.value = _storable(safe_cell(value))
    text.data_type = "s"  # openpyxl takes =1 for a formula and #N/A for an error
    return text


def _storable(text: str) -> str:
    """The text as XML can hold it: Office writes other symbols as ``_x000D_``."""
    text = _NO_TEXT.sub("\ufffd", text)
    return _TO_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)[:MAX_XLSX_CELL]
