"""Reading a table file row by row: CSV or XLSX, detected by its content (docs/surface.md#purchase-file)."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol

from licences.domain.errors import Refusal
from licences.spreadsheets import csv_files
from licences.spreadsheets.file_encodings import FileEncoding
from licences.spreadsheets.headers import ColumnLayout, FoundHeader, ReadingHints, RequestedColumns, Row

_NO_HINTS = ReadingHints()
_HEAD = 1 << 16  # bytes in which the header must end
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container format of .xls, and of encrypted .xlsx
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


class TableSource(Protocol):
    """A file of either format, which yields its rows as they are in the file."""

    format: str
    encoding: str
    delimiter: str
    sheet: str
    header_row: int

    encoding_found: FileEncoding

    @property
    def filled(self) -> int: ...

    def records(self) -> Iterator[tuple[int, list[str]]]: ...

    def progress(self) -> float: ...


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table file whose header was found.

    ``columns``: position in the file → requested column, or "" where the header has another name. ``unknown_columns``
    are those other names as written; ``missing`` are the requested columns that the file lacks. ``encoding`` and
    ``delimiter`` are empty for XLSX, ``sheet`` is empty for CSV. Where the encoding is not sure, a person has to choose
    one of ``encoding_samples``: encoding → some lines as they read in it. ``titles`` is the header as it is shown;
    ``shape`` is the key of its known shape, empty without one. ``title_rows`` are row number and text of the rows above
    the header.
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
    titles: Row
    shape: str
    title_rows: list[tuple[int, str]]
    encoding_is_sure: bool
    encoding_samples: Mapping[str, Row]
    _layout: ColumnLayout = field(repr=False)
    _source: TableSource = field(repr=False)

    def rows(
        self, *, after: int = 1, skip: Callable[[int, Row, Sequence[str]], bool] | None = None
    ) -> Iterator[tuple[int, Row]]:
        """Pairs of row number and cells, the cells in the order of the requested columns.

        The number is the one that a spreadsheet program shows: the header of a well-formed file is row 1, and a CSV
        record with line breaks is one row. Empty rows are counted and skipped, and so are rows up to ``after``.
        Cells are texts, in XLSX also those of ``domain.cells``. A row with content where the header has no name is a
        ``SurplusCells``, one whose quotation marks do not match a ``MisquotedCells``. The guards of ``escaping`` are
        removed. ``skip`` tells which rows to leave out, from the row number, the cells in requested order and the cells
        as they are in the file.

        ``Refusal``, with its row: ``file-broken``, ``row-too-large``, ``row-nul``, ``row-not-decodable``;
        ``file-unreadable`` and ``file-too-large-unpacked`` without one.
        """
        passed = max(after, self.header_row)
        plain_width, pick, fit = self._layout.plain_width, self._layout.pick, self._layout.fit
        for number, cells in self._source.records():
            if number <= passed:
                continue
            row: Row | None
            if len(cells) == plain_width and cells[0].strip():
                cells.append("")
                row = pick(cells)
            else:
                row = fit(cells)
            if row is not None and not (skip and skip(number, row, cells)):
                yield number, row

    @property
    def filled(self) -> int:
        """How many cells ``rows`` has filled with the text of the merged cell to which they belong."""
        return self._source.filled

    def sample(self, count: int) -> list[list[str]]:
        """The first rows below the header as they are in the file, at most ``count``, each as wide as the header.

        ``Refusal``: see ``rows``.
        """
        records = (cells for number, cells in self._source.records() if number > self.header_row)
        filled = (cells for cells in records if any(map(str.strip, cells)))
        width = len(self.titles)
        return [[*cells[:width], *[""] * (width - len(cells))] for cells in islice(filled, count)]

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Pairs of row number and all cells as they are in the file, the header included. ``Refusal``: as ``rows``."""
        return self._source.records()

    def header(self) -> list[str]:
        """The cells of the header as they are in the file, up to the last with a name."""
        cells = next((cells for number, cells in self.records() if number == self.header_row), [])
        return cells[: self._layout.width]

    def progress(self) -> float:
        """How much of the file ``rows`` has read, from 0 to 1."""
        return self._source.progress()


def open_table(
    path: Path,
    *,
    columns: Sequence[str],
    required: Sequence[str],
    hints: ReadingHints = _NO_HINTS,
    encoding: str = "",
) -> TableFile:
    """Detect the format of a file and find its header. ``columns`` are looked for, ``required`` must be there.

    The header is the first of the first ``HEADER_ROWS`` rows with content that has the required columns. ``encoding``
    is the one that a person chose for a CSV, one of ``encodings.ENCODINGS``; empty to have it detected.

    ``Refusal``: ``file-unreadable``, ``file-empty``, ``file-is-spreadsheet`` (an old .xls), ``file-encrypted``,
    ``file-of-other-kind``, ``file-no-table``, ``file-broken``, ``file-too-large-unpacked``, ``columns-missing``,
    ``columns-twice``, ``columns-too-many``; for a CSV that is damaged anywhere ``row-not-decodable``, or the
    fault of a row above it.
    """
    requested = RequestedColumns(tuple(columns), tuple(required), hints)
    try:
        source, header = _open_source(path, requested, encoding)
    except OSError as error:
        raise Refusal("file-unreadable", why=error.strerror or str(error)) from None
    return TableFile(
        path=path,
        format=source.format,
        encoding=source.encoding,
        delimiter=source.delimiter,
        sheet=source.sheet,
        columns=header.layout.columns,
        unknown_columns=header.layout.unknown_columns,
        missing=header.layout.missing,
        header_row=source.header_row,
        titles=header.layout.titles,
        shape=header.layout.shape,
        title_rows=header.skipped,
        encoding_is_sure=source.encoding_found.is_sure,
        encoding_samples=source.encoding_found.samples,
        _layout=header.layout,
        _source=source,
    )


def _open_source(path: Path, requested: RequestedColumns, encoding: str) -> tuple[TableSource, FoundHeader]:
    """The file in the format that its first bytes tell, and the layout of its columns."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(_OLE):
        _refuse_ole(path)
    if head.startswith(_ZIP):
        from licences.spreadsheets import workbooks  # loads openpyxl, 8 MB that few files need

        return workbooks.open_workbook(path, requested)
    return csv_files.open_csv(path, head, requested, whole=len(head) < _HEAD, encoding=encoding)


def _refuse_ole(path: Path) -> None:
    """Raise the ``Refusal`` of an encrypted workbook or of an old one, whichever the container is."""
    with path.open("rb") as file:
        before = b""
        while block := file.read(_HEAD):
            if _ENCRYPTED in before + block:
                raise Refusal("file-encrypted")
            before = block[-len(_ENCRYPTED) :]
    raise Refusal("file-is-spreadsheet")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, 64 hexadecimal digits. ``Refusal``: ``file-unreadable``."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Refusal("file-unreadable", why=error.strerror or str(error)) from None
