"""Named questions about imports, for commands, pages and downloads. Nothing here writes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from licences.models import FileImport, RejectedRow, Serial
from licences.wording.sentences import sentence

if TYPE_CHECKING:
    pass

SIMILAR = "serial-similar-to-known"
State = FileImport.State

# --- Imports -----------------------------------------------------------------------------------------


def newest_imports() -> QuerySet[FileImport]:
    """All imports, the newest first."""
    return FileImport.objects.order_by("-pk")


def imports_to_confirm() -> QuerySet[FileImport]:
    """Imports that wait for a person, to confirm their preview or to name their columns, the oldest first."""
    return FileImport.objects.filter(state__in=(State.PREVIEW, State.COLUMNS)).order_by("pk")


def leaves_rows_out(file_import: FileImport, *, preview: int, accept_valid: bool) -> bool:
    """Whether to confirm this preview would leave rejected rows out, and nobody has accepted that yet."""
    is_current = file_import.state == State.PREVIEW and file_import.previews == preview
    return (
        is_current and not accept_valid and bool(file_import.counts["rejected"]) and bool(rows_to_import(file_import))
    )


def earlier_imports_of_the_file(file_import: FileImport) -> QuerySet[FileImport]:
    """Applied imports of the same file (by SHA-256) that ended before this one did, the newest first."""
    same = _others_of_the_file(file_import).filter(state=State.APPLIED)
    if file_import.ended_at:
        same = same.filter(ended_at__lt=file_import.ended_at)
    return same.order_by("-ended_at")


def unfinished_imports_of_the_file(file_import: FileImport) -> QuerySet[FileImport]:
    """Other imports of the same file (by SHA-256) that have not ended, the oldest first."""
    return _others_of_the_file(file_import).exclude(state__in=FileImport.ENDED).order_by("pk")


def _others_of_the_file(file_import: FileImport) -> QuerySet[FileImport]:
    """Other imports of the same kind whose file has the same SHA-256."""
    same = FileImport.objects.filter(sha256=file_import.sha256, kind=file_import.kind)
    return same.exclude(pk=file_import.pk)


def rows_to_import(file_import: FileImport) -> int:
    """How many rows of an import will be written when it is confirmed, or were written when it was applied."""
    return sum(count for name, count in file_import.counts.items() if name not in ("unchanged", "rejected"))


def rows_to_confirm(file_import: FileImport) -> dict[str, int]:
    """What only a person can decide, by kind → number of rows; empty where there is nothing."""
    similar = similar_serial_rows(file_import).count()
    return {**(file_import.to_confirm or {}), **({"similar_serials": similar} if similar else {})}


def allocated_serials(file_import: FileImport) -> QuerySet[Serial]:
    """The serial numbers that an import allocated, in the order of the file."""
    allocated = Serial.objects.filter(allocated_by=file_import, origin=Serial.Origin.ALLOCATED)
    return allocated.select_related("site__customer").order_by("pk")


# --- Problems -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One problem of a row: its column (empty for the row as a whole), the text in it, and the reason as a sentence."""

    column: str
    value: str
    reason: str


def rejected_rows(file_import: FileImport) -> QuerySet[RejectedRow]:
    """The rejected rows of an import, in the order of the file."""
    return RejectedRow.objects.filter(pk__range=file_import.row_ids).order_by("pk")


def row_problems(row: RejectedRow) -> list[RowProblem]:
    """The problems of a rejected row, in the language of the request."""
    return [RowProblem(column, value, sentence(code, parameters)) for column, value, code, parameters in row.problems]


def error_text(row: RejectedRow) -> str:
    """All problems of a rejected row on one line, as the ``ERROR_COLUMN`` of a file has them."""
    return "; ".join(f"{each.column}: {each.reason}" if each.column else each.reason for each in row_problems(row))


def has_similar_serials(file_import: FileImport) -> bool:
    """Whether any row is rejected because its serial number is similar to a known one."""
    return similar_serial_rows(file_import).exists()


def similar_serial_rows(file_import: FileImport) -> QuerySet[RejectedRow]:
    """The rows that are rejected because their serial number is similar to a known one."""
    if file_import.kind != FileImport.Kind.PURCHASES or not file_import.counts.get("rejected"):
        return RejectedRow.objects.none()
    # A row that was judged has one problem: [column, value, code, parameters].
    return rejected_rows(file_import).filter(Q(readable=True, problems__0__2=SIMILAR))
