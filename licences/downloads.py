"""Rows as a file to download, CSV or XLSX: written batch by batch, however many they are."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from io import BytesIO
from itertools import islice

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header

from licences.resources import Cell
from licences.spreadsheets.writing import CsvWriter, XlsxWriter

XLSX_ROWS = 1_048_575  # below the header
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_BATCH = 2_000

Batches = Iterable[list[list[Cell]]]


def _nobody_waits() -> None:
    pass


# gunicorn ends a worker that is silent for a minute; its configuration puts the sign of life here.
sign_of_life: Callable[[], None] = _nobody_waits


def csv_response(name: str, titles: list[str], batches: Batches) -> StreamingHttpResponse:
    """Streamed while the rows are read."""
    lines = _csv_lines(titles, iter(batches), translation.get_language())
    headers = {"Content-Disposition": str(content_disposition_header(True, f"{name}.csv"))}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _csv_lines(titles: list[str], batches: Iterator[list[list[Cell]]], language: str | None) -> Iterator[bytes]:
    """The header, then a text per batch, in the language of the request, which may be over by then."""
    buffer = BytesIO()
    writer = CsvWriter(buffer, titles)
    batch: list[list[Cell]] | None = []
    while batch is not None:
        for row in batch:
            writer.write_row(map(_csv_cell, row))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        sign_of_life()
        with translation.override(language):
            batch = next(batches, None)


def _csv_cell(value: Cell) -> Cell:
    return value.isoformat(" ") if isinstance(value, datetime) else value


def xlsx_response(name: str, sheet_title: str, titles: list[str], batches: Batches) -> FileResponse:
    """Written to a file on disk first: a workbook is whole only at its end."""
    with XlsxWriter(titles, title=sheet_title) as writer:
        for batch in batches:
            sign_of_life()
            for row in batch:
                writer.write_row(row)
        file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
        writer.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)


def table_response(extension: str, name: str, titles: list[str], rows: Iterator[list[Cell]]) -> HttpResponseBase:
    """``extension``: csv or xlsx."""
    batches = iter(lambda: list(islice(rows, _BATCH)), [])
    return csv_response(name, titles, batches) if extension == "csv" else xlsx_response(name, name, titles, batches)
