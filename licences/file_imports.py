"""What commands, pages and files say of an import. Nothing here writes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from licences.domain.codes import grouped
from licences.models import FileImport, RejectedRow, Serial
from licences.operations.imports.kinds import kind_of
from licences.operations.imports.lifecycle import ERROR_COLUMN
from licences.wording import sentence

if TYPE_CHECKING:
    from licences.spreadsheets.writing import BinaryWriter

SIMILAR = "serial-similar-to-known"
State = FileImport.State

# --- Imports -----------------------------------------------------------------------------------------


def imports() -> QuerySet[FileImport]:
    return FileImport.objects.order_by("-pk")


def imports_to_decide() -> QuerySet[FileImport]:
    """Previews that wait for somebody to confirm or withdraw them; the oldest first."""
    return FileImport.objects.filter(state=State.PREVIEW).order_by("pk")


def earlier_imports_of_the_file(file_import: FileImport) -> QuerySet[FileImport]:
    """Imports of the very same bytes that were applied before this one ended, the newest first."""
    same = _others_of_the_file(file_import).filter(state=State.APPLIED)
    if file_import.ended_at:
        same = same.filter(ended_at__lt=file_import.ended_at)
    return same.order_by("-ended_at")


def unfinished_imports_of_the_file(file_import: FileImport) -> QuerySet[FileImport]:
    """Other imports of the very same bytes that are not done yet, the oldest first."""
    return _others_of_the_file(file_import).exclude(state__in=FileImport.ENDED).order_by("pk")


def _others_of_the_file(file_import: FileImport) -> QuerySet[FileImport]:
    same = FileImport.objects.filter(sha256=file_import.sha256, kind=file_import.kind)
    return same.exclude(pk=file_import.pk)


def rows_to_import(file_import: FileImport) -> int:
    """How many rows are imported when it is confirmed, or were."""
    return sum(count for name, count in file_import.counts.items() if name not in ("unchanged", "rejected"))


def allocated_serials(file_import: FileImport) -> QuerySet[Serial]:
    """The serial numbers that this import allocated, in the order in which the file names them first."""
    made = Serial.objects.filter(allocated_by=file_import, origin=Serial.Origin.ALLOCATED)
    return made.select_related("site__customer").order_by("pk")


# --- What is wrong -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Problem:
    """A column (empty where it is the row as a whole), the text in it, and why that is refused."""

    column: str
    value: str
    reason: str


def rejected_rows(file_import: FileImport) -> QuerySet[RejectedRow]:
    return RejectedRow.objects.filter(pk__range=file_import.row_ids).order_by("pk")


def problems_of(row: RejectedRow) -> list[Problem]:
    return [Problem(column, value, sentence(reason, about)) for column, value, reason, about in row.problems]


def error_text(row: RejectedRow) -> str:
    """All that is wrong with a row, on one line."""
    return "; ".join(f"{each.column}: {each.reason}" if each.column else each.reason for each in problems_of(row))


def has_similar_serials(file_import: FileImport) -> bool:
    """Whether a row is rejected because its serial number is one slip away from a known one."""
    if file_import.kind != FileImport.Kind.PURCHASES or not file_import.counts.get("rejected"):
        return False
    similar = Q(readable=True, problems__0__2=SIMILAR)  # a row that was judged has one problem: column, value, reason
    return rejected_rows(file_import).filter(similar).exists()


# --- Tables to download ------------------------------------------------------------------------------

_BATCH = 2_000


def rejected_table(file_import: FileImport) -> tuple[list[str], Iterator[list[str]]]:
    """Columns and rows of a file of the rejected rows: their cells as they were, and what is wrong with them."""
    columns = [*kind_of(file_import).COLUMNS, ERROR_COLUMN]
    rows = ([*each.cells, error_text(each)] for each in rejected_rows(file_import).iterator(chunk_size=_BATCH))
    return columns, rows


def write_rejected(file_import: FileImport, out: "BinaryWriter") -> None:
    from licences.spreadsheets.writing import CsvWriter  # and with it openpyxl: only where rows were rejected

    columns, rows = rejected_table(file_import)
    writer = CsvWriter(out, columns)
    for row in rows:
        writer.write_row(row)


def allocated_table(file_import: FileImport) -> tuple[list[str], Iterator[list[str]]]:
    """What a reseller is sent: the new serial numbers and whose they are."""
    columns = ["serial", "customer_number", "customer_name", "site_name", "postcode", "city", "country"]
    serials = allocated_serials(file_import).iterator(chunk_size=_BATCH)
    return columns, (_allocated_row(serial) for serial in serials)


def _allocated_row(serial: Serial) -> list[str]:
    customer = serial.site.customer
    return [
        grouped(serial.code),
        customer.number,
        customer.name,
        serial.site.name,
        customer.postcode,
        customer.city,
        customer.country,
    ]
