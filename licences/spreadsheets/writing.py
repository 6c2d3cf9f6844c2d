"""Writing tables that open well in a spreadsheet program, run nothing there, and come back unchanged."""

import codecs
import csv
import re
from collections.abc import Iterable, Sequence
from os import PathLike
from typing import IO, Any, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from licences.domain.errors import Refusal
from licences.spreadsheets.escaping import safe_cell, unescaped
from licences.spreadsheets.workbook_parts import MAX_ROWS

__all__ = ["CsvWriter", "safe_cell", "unescaped", "write_csv", "write_xlsx"]

MAX_XLSX_CELL = 32_767  # characters; more, Excel does not hold

_AS_TEXT = "@"
# What XML cannot hold or would change, and what looks like the way in which Office writes that.
_TO_ESCAPE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SURROGATE = re.compile("[\ud800-\udfff]")


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
        self._file.write(text.encode("utf-8", "replace"))


def write_csv(file: BinaryWriter, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    writer = CsvWriter(file, columns)
    for row in rows:
        writer.write_row(row)


def write_xlsx(
    path_or_file: str | PathLike[str] | IO[bytes], columns: Sequence[str], rows: Iterable[Iterable[object]]
) -> None:
    """One sheet in which every cell is a text, also after it is edited: no code turns into a number.

    A text is cut at ``MAX_XLSX_CELL``. ``Refusal``: ``rows-too-many`` for a workbook.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    cells = [_text_format(WriteOnlyCell(sheet)) for _ in columns]  # used again in every row
    sheet.append(_filled(cells, columns))
    for number, row in enumerate(rows, start=2):
        if number > MAX_ROWS:
            raise Refusal("rows-too-many", limit=MAX_ROWS - 1)
        sheet.append(_filled(cells, row))
    book.save(path_or_file)


def _text_format(cell: Any) -> Any:
    cell.number_format = _AS_TEXT
    return cell


def _filled(cells: list[Any], row: Iterable[object]) -> list[Any]:
    for cell, value in zip(cells, row, strict=True):
        cell.value = _storable(safe_cell(value)) or None
        cell.data_type = "n" if cell.value is None else "s"  # openpyxl takes =1 for a formula and #N/A for an error
    return cells


def _storable(text: str) -> str:
    """The text as XML can hold it: Office writes other symbols as ``_x000D_``."""
    text = _TO_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    return _SURROGATE.sub("\ufffd", text)[:MAX_XLSX_CELL]
