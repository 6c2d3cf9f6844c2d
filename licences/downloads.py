"""Rows as a file to download, CSV or XLSX: written batch by batch, however many they are."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from licences.resources import Cell
from licences.spreadsheets.writing import CsvWriter, safe_cell

XLSX_ROWS = 1_048_575  # below the header
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_AS_TEXT = "@"
_NOT_IN_XML = dict.fromkeys({*range(32), 0xFFFE, 0xFFFF} - {9, 10, 13}, "\ufffd")

Batches = Iterable[list[list[Cell]]]


def _nobody_waits() -> None:
    pass


# gunicorn ends a worker that is silent for half a minute; its configuration puts the sign of life here.
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
    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(" " if symbol in r"\*?:/[]" else symbol for symbol in sheet_title)[:31])
    sheet.freeze_panes = "A2"
    texts = [WriteOnlyCell(sheet) for _title in titles]  # one of each column, used again in every row
    for number, cell in enumerate(texts, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = 22
        cell.font = Font(bold=True)
    sheet.append(_xlsx_row(titles, texts))
    for cell in texts:
        cell.font, cell.number_format = Font(), _AS_TEXT
    for batch in batches:
        sign_of_life()
        for row in batch:
            sheet.append(_xlsx_row(row, texts))
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)


def _xlsx_row(row: Iterable[Cell], texts: list[Any]) -> list[Any]:
    """Numbers and dates are what they are. A text is typed as one, whatever it looks like, also after it is edited."""
    return [
        _xlsx_text(value, text) if isinstance(value, str) else value for value, text in zip(row, texts, strict=True)
    ]


def _xlsx_text(value: str, cell: Any) -> Any:
    if not value:
        return None
    cell.value = safe_cell(value.translate(_NOT_IN_XML))
    cell.data_type = "s"  # openpyxl takes #N/A for an error
    return cell
