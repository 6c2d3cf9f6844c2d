"""Downloads of tables as CSV or XLSX: streamed while the rows are read, and recorded as events.

Nothing is stored on the server, so that no file can be left over, missing or too large for the disk. The event is
written before the last piece of the file is sent, so nobody gets a whole file without an event
(docs/decisions.md#what-is-carried-out-is-an-event).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import NamedTuple, Self

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header

from licences import operations
from licences.domain.batches import batched
from licences.operations.disclosures import DisclosedFile
from licences.spreadsheets.writing import Cell, CsvWriter, XlsxWriter

XLSX_ROWS = 1_048_575  # below the header
LONG_FILE_ROWS = 2_000  # rows; the download of a longer file is recorded before its first piece is sent
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_BATCH = 2_000

Batches = Iterable[list[list[Cell]]]


def _no_heartbeat() -> None:
    pass


# gunicorn kills a worker without a heartbeat for a minute; its configuration sets this function.
heartbeat: Callable[[], None] = _no_heartbeat


# --- Files ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DownloadTable:
    """The content of a file. ``name`` is the file name without extension; ``batches`` of rows are read once."""

    name: str
    titles: list[str]
    batches: Batches
    sheet_title: str = ""
    delimiter: str = ","  # of a CSV file


def in_batches(rows: Iterator[list[Cell]]) -> Iterator[list[list[Cell]]]:
    """The rows in batches, as ``DownloadTable`` takes them."""
    return batched(rows, _BATCH)


def template_response(extension: str, table: DownloadTable) -> StreamingHttpResponse:
    """A streamed file without any records in it, which therefore is not recorded as an event.

    ``extension`` is "csv" or "xlsx".
    """
    return _response(extension, table.name, (piece.content for piece in _pieces(extension, table)))


def recorded_response(
    request: HttpRequest, extension: str, table: DownloadTable, *, list_name: str, filter: str = "", is_long: bool
) -> HttpResponseBase:
    """A streamed file of records, with the event that records its download by the user of the request.

    ``extension`` is "csv" or "xlsx". ``list_name`` is what the event calls the list, ``filter`` the text of the filter
    that chose its rows. ``is_long``: it may have more than ``LONG_FILE_ROWS`` rows. A HEAD request gets the headers
    alone, without an event.
    """
    if request.method == "HEAD":
        return HttpResponse(content_type=CONTENT_TYPES[extension], headers=_headers(extension, table.name))
    columns = tuple(table.titles)
    file = DisclosedFile(list_name, f"{table.name}.{extension}", columns, by=request.user.get_username(), filter=filter)
    return _response(extension, table.name, _RecordedPieces(file, _pieces(extension, table), is_long=is_long))


def _response(extension: str, name: str, pieces: Iterator[bytes]) -> StreamingHttpResponse:
    return StreamingHttpResponse(pieces, content_type=CONTENT_TYPES[extension], headers=_headers(extension, name))


def _headers(extension: str, name: str) -> dict[str, str]:
    """The header that names the file."""
    return {"Content-Disposition": str(content_disposition_header(True, f"{name}.{extension}"))}


# --- Pieces --------------------------------------------------------------------------------------------


class _Piece(NamedTuple):
    content: bytes
    rows: int
    is_last: bool


def _pieces(extension: str, table: DownloadTable) -> Iterator[_Piece]:
    """The content of the file, one piece per batch; the first contains the header, the last is marked."""
    language = translation.get_language()  # that of the request, which may be over when the rows are read
    return _write_pieces(extension, table, iter(table.batches), language)


def _write_pieces(
    extension: str, table: DownloadTable, batches: Iterator[list[list[Cell]]], language: str | None
) -> Iterator[_Piece]:
    """Write batch by batch, one batch behind the reading, so that the last piece is known."""
    buffer = BytesIO()
    with _writer(extension, table, buffer) as writer:
        rows, batch = 0, _next_batch(batches, language)
        while batch is not None:
            for row in batch:
                writer.write_row(row)
            rows = len(batch)
            batch = _next_batch(batches, language)
            if batch is not None:
                yield _Piece(_emptied(buffer), rows, False)
    yield _Piece(_emptied(buffer), rows, True)


def _next_batch(batches: Iterator[list[list[Cell]]], language: str | None) -> list[list[Cell]] | None:
    """The next batch in the language of the request, None at the end; sends a heartbeat."""
    heartbeat()
    with translation.override(language):
        return next(batches, None)


def _emptied(buffer: BytesIO) -> bytes:
    """The content of the buffer, which is emptied."""
    content = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return content


def _writer(extension: str, table: DownloadTable, buffer: BytesIO) -> CsvWriter | XlsxWriter:
    if extension == "csv":
        return CsvWriter(buffer, table.titles, delimiter=table.delimiter)
    return XlsxWriter(buffer, table.titles, title=table.sheet_title or table.name)


# --- Recording -----------------------------------------------------------------------------------------


class _RecordedPieces(Iterator[bytes]):
    """The pieces of a file, with the events that record its download.

    A short file is completed, recorded, and then sent. The download of a long one is recorded at its beginning, since a
    server may be killed while sending, and again with the number of rows and the digest: before the last piece is
    sent, or as cut off when the browser disconnects.
    """

    def __init__(self, file: DisclosedFile, pieces: Iterator[_Piece], *, is_long: bool) -> None:
        self._file, self._pieces = file, pieces
        self._digest = hashlib.sha256()
        self._rows = self._bytes = 0
        self._is_over = False
        # Before the first row is read: SQLite would not let a connection write that is still reading.
        self._begun_by = operations.record_disclosure_begun(file=file) if is_long else None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if self._is_over:
            raise StopIteration
        piece = next(self._pieces)
        self._digest.update(piece.content)
        self._rows += piece.rows
        self._bytes += len(piece.content)
        if piece.is_last:
            self._record_end(is_whole=True)
        elif self._begun_by is None:  # the list has grown since it was counted
            self._begun_by = operations.record_disclosure_begun(file=self._file)
        return piece.content

    def close(self) -> None:
        """End the download: the file was sent, the browser disconnected, or reading the rows failed."""
        if self._is_over:
            return
        self._pieces.close()  # type: ignore[attr-defined]  # a generator; closing it ends the reading
        if self._bytes or self._begun_by is not None:
            self._record_end(is_whole=False)
        self._is_over = True

    def _record_end(self, *, is_whole: bool) -> None:
        """Record the end of the download: whole, or cut off."""
        operations.record_disclosure(
            file=self._file,
            rows=self._rows,
            size=self._bytes,
            sha256=self._digest.hexdigest(),
            is_whole=is_whole,
            begun_by=self._begun_by,
        )
        self._is_over = True
