"""Reading a table file row by row: CSV or XLSX, whatever made it, whatever its name (surface.md, "Purchase file")."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from licences.domain.errors import Refusal
from licences.spreadsheets import csv_files
from licences.spreadsheets.headers import Layout, Row, Wanted

_HEAD = 1 << 16  # bytes in which the header must end
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of old Excel files, and of encrypted new ones
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


class Source(Protocol):
    """A file of either format: its rows as they stand in it."""

    format: str
    encoding: str
    delimiter: str
    sheet: str
    header_row: int

    def records(self) -> Iterator[tuple[int, list[str]]]: ...

    def progress(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose header was understood.

    ``columns``: position in the file → column, or "" where the header has another name. ``unknown_columns`` are those
    other names, as they are written there; ``missing`` are the columns that the file does not have.
    ``encoding`` and ``delimiter`` are empty for XLSX, ``sheet`` is empty for CSV.
    """

    path: Path
    format: str
    encoding: str
    delimiter: str
    sheet: str
    columns: Row
    unknown_columns: list[str]
    missing: Row
    header_row: int
    _layout: Layout = field(repr=False)
    _source: Source = field(repr=False)

    def rows(self, *, after: int = 1) -> Iterator[tuple[int, Row]]:
        """Row number and cells, in the order of the columns that were asked for.

        The number is the one that a spreadsheet program shows: the header of a well-formed file is row 1, a CSV record
        with line breaks in it is one row, and empty rows count but are passed over, as are those up to ``after``.
        Cells are texts; in XLSX also ``NumberCell``, ``DateCell`` and ``ErrorCell``. A row with content where the
        header has no name comes as ``SurplusCells``. What ``escaping.safe_cell`` does is undone.

        ``Refusal``, with its row: ``file-broken``, ``row-too-large``, ``row-quotes``, ``row-nul``,
        ``row-not-decodable``; ``file-unreadable`` and ``file-too-large-unpacked`` without one.
        """
        passed = max(after, self.header_row)
        plain_width, pick, fit = self._layout.plain_width, self._layout.pick, self._layout.fit
        for number, cells in self._source.records():
            if number <= passed:
                continue
            if len(cells) == plain_width and cells[0].strip():
                cells.append("")
                yield number, pick(cells)
            elif (row := fit(cells)) is not None:
                yield number, row

    def progress(self) -> float:
        """How far ``rows`` has come, from 0 to 1."""
        return self._source.progress()


def open_table(path: Path, *, columns: Sequence[str], required: Sequence[str]) -> Table:
    """Recognise a file by its content and understand its header.

    ``Refusal``: ``file-unreadable``, ``file-empty``, ``file-is-spreadsheet`` (an old .xls), ``file-encrypted``,
    ``file-of-other-kind``, ``file-no-table``, ``file-broken``, ``file-too-large-unpacked``, ``columns-missing``,
    ``columns-twice``; for text that is damaged anywhere ``row-not-decodable``, or what is wrong in a row above it.
    """
    wanted = Wanted(tuple(columns), tuple(required))
    try:
        source, layout = _opened(path, wanted)
    except OSError as error:
        raise Refusal("file-unreadable", why=error.strerror or str(error)) from None
    return Table(
        path=path,
        format=source.format,
        encoding=source.encoding,
        delimiter=source.delimiter,
        sheet=source.sheet,
        columns=layout.columns,
        unknown_columns=layout.unknown_columns,
        missing=layout.missing,
        header_row=source.header_row,
        _layout=layout,
        _source=source,
    )


def _opened(path: Path, wanted: Wanted) -> tuple[Source, Layout]:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(_OLE):
        _refuse_ole(path)
    if head.startswith(_ZIP):
        from licences.spreadsheets import workbooks  # and with it openpyxl: 8 MB that few files need

        return workbooks.open_workbook(path, wanted)
    return csv_files.open_csv(path, head, wanted, whole=len(head) < _HEAD)


def _refuse_ole(path: Path) -> None:
    with path.open("rb") as file:
        before = b""
        while block := file.read(_HEAD):
            if _ENCRYPTED in before + block:
                raise Refusal("file-encrypted")
            before = block[-len(_ENCRYPTED) :]
    raise Refusal("file-is-spreadsheet")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Refusal("file-unreadable", why=error.strerror or str(error)) from None
