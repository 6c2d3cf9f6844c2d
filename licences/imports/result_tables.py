"""The files to download of an import: its rejected rows as they came, and the serial numbers that it allocated."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from licences.domain.batches import batched
from licences.domain.codes import grouped
from licences.domain.errors import Refusal
from licences.imports.kinds import import_kind
from licences.imports.profiles import ADDED_COLUMNS
from licences.imports.queries import allocated_serials, error_text, rejected_rows
from licences.imports.sender_files import open_sender_file
from licences.models import FileImport, LicenceGrant, RejectedRow, Serial
from licences.spreadsheets.reading import TableFile

if TYPE_CHECKING:
    from licences.spreadsheets.writing import BinaryWriter

_BATCH = 2_000
_ADDED = list(ADDED_COLUMNS)


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Titles, rows (to be read once), and the delimiter of a CSV file of them."""

    titles: list[str]
    rows: Iterator[list[Any]]
    delimiter: str = ","


def csv_delimiter() -> str:
    """The sign between the cells of CSV files for readers of the current language: ";" for German, else ","."""
    return ";" if (get_language() or "").startswith("de") else ","


# --- Rejected rows -------------------------------------------------------------------------------------


def rejected_table(file_import: FileImport, path: Path | None = None) -> ResultTable:
    """The rejected rows as they came: the header, columns and delimiter of their file, and what is wrong with them.

    ``ADDED_COLUMNS`` follow the columns of the file. ``path`` is the file, by default the upload.
    Where it is deleted, the rows have the columns of their kind.
    """
    delimiter = file_import.format.get("delimiter") or csv_delimiter()
    table = _file_of(file_import, path)
    if table is None:
        columns = [*import_kind(file_import).columns, *_ADDED]
        rows = ([*each.cells, str(each.row), error_text(each)] for each in _rejected(file_import))
        return ResultTable(columns, rows, delimiter)
    header = table.header()
    if [title.casefold() for title in header[-2:]] == _ADDED:  # a file of rejected rows that was corrected
        header = header[:-2]
    return ResultTable([*header, *_ADDED], _rows_as_they_came(file_import, table, len(header)), delimiter)


def _rejected(file_import: FileImport) -> Iterator[RejectedRow]:
    """The rejected rows of an import in the order of the file, read in chunks."""
    return rejected_rows(file_import).iterator(chunk_size=_BATCH)


def _file_of(file_import: FileImport, path: Path | None) -> TableFile | None:
    """The file of an import, opened again; None where it is deleted or cannot be read any more.

    ``path`` is where it is; None for the upload.
    """
    if path is None and not file_import.upload:
        return None
    with suppress(Refusal, OSError):
        return open_sender_file(file_import, path or Path(file_import.upload.path)).table
    return None


def _rows_as_they_came(file_import: FileImport, table: TableFile, width: int) -> Iterator[list[str]]:
    """The cells of the rejected rows as they are in the file, each row ``width`` cells long, with number and error."""
    records = table.records()
    for each in _rejected(file_import):
        cells = next((cells for number, cells in records if number == each.row), None)
        if cells is None:
            return
        padded = [*cells[:width], *[""] * (width - len(cells))]
        yield [*padded, str(each.row), error_text(each)]


def write_rejected(file_import: FileImport, out: "BinaryWriter", path: Path | None = None) -> None:
    """Write the rejected rows of an import as CSV to the binary file ``out``, with what is wrong with each.

    ``path`` is the file that was imported, by default the upload.
    """
    from licences.spreadsheets.writing import CsvWriter  # loads openpyxl, which only rejected rows need

    table = rejected_table(file_import, path)
    writer = CsvWriter(out, table.titles, delimiter=table.delimiter)
    for row in table.rows:
        writer.write_row(row)


# --- Allocated serial numbers --------------------------------------------------------------------------


def allocated_table(file_import: FileImport) -> ResultTable:
    """The file for a reseller: the new serial numbers with their purchases, customers and sites."""
    titles = [
        _("Serial number"), _("Purchase reference"), _("Customer number"), _("Customer"), _("Site"), _("Postcode"),
        _("Town"), _("Country"),
    ]  # fmt: skip
    return ResultTable(titles, _allocated_rows(file_import), csv_delimiter())


def _allocated_rows(file_import: FileImport) -> Iterator[list[str]]:
    """The rows of ``allocated_table``, read in chunks."""
    serials = allocated_serials(file_import).iterator(chunk_size=_BATCH)
    for batch in batched(serials, _BATCH):
        references = _references(file_import, batch)
        yield from (_allocated_row(serial, references.get(serial.pk, [])) for serial in batch)


def _references(file_import: FileImport, serials: list[Serial]) -> dict[int, list[str]]:
    """Key of a serial number → the purchases of the import that it was allocated for, in the order of the file."""
    grants = LicenceGrant.objects.filter(file_import=file_import, reverses=None, serial__in=serials)
    found: dict[int, list[str]] = {}
    for serial, reference in grants.order_by("pk").values_list("serial", "purchase_reference"):
        references = found.setdefault(serial, [])
        if reference not in references:
            references.append(reference)
    return found


def _allocated_row(serial: Serial, references: list[str]) -> list[str]:
    """The cells of one new serial number; ``references`` are its purchases."""
    customer = serial.site.customer
    return [
        grouped(serial.code), ", ".join(references), customer.number, customer.name, serial.site.name,
        customer.postcode, customer.city, customer.country,
    ]  # fmt: skip
