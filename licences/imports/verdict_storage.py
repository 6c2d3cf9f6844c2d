"""Storage of the verdicts on an import's rows: shown on its pages, and compared when the rows are judged again."""

from collections.abc import Iterator, Sequence

from licences.domain.batches import batched
from licences.imports import bulk, temporary_tables
from licences.imports.kinds import import_kind
from licences.imports.staging import CHUNK, REJECTED_COLUMNS, rejected_values
from licences.imports.statement_runner import StatementRunner
from licences.models import FileImport, RejectedRow

TABLES = {"verdict": "id {key}, outcome integer, serial text, before integer"}

_COMPARE = """
UPDATE verdict SET before = o.outcome FROM licences_rowoutcome o
WHERE o.id = verdict.id AND (o.outcome <> verdict.outcome OR o.serial <> verdict.serial)
"""
_DELETE = "DELETE FROM licences_rowoutcome WHERE id BETWEEN %(lo)s AND %(hi)s"
_INSERT = (
    "INSERT INTO licences_rowoutcome (id, outcome, serial, before) SELECT id, outcome, serial, before FROM verdict"
)


def collect_verdicts(file_import: FileImport) -> int:
    """Collect the verdict on each row of the judgement just made; returns how many differ from the stored ones.

    Reads the temporary tables of the judgement, and leaves the verdicts in the table ``verdict`` for
    ``store_verdicts``.
    """
    temporary_tables.create(TABLES)
    run = StatementRunner(file_import)
    run(f"INSERT INTO verdict (id, outcome, serial) {import_kind(file_import).verdicts}")
    temporary_tables.analyze("verdict")
    return run(_COMPARE)


def store_verdicts(file_import: FileImport) -> None:
    """Replace the stored verdicts and rejected rows by those just collected. Call within a transaction."""
    run = StatementRunner(file_import)
    run(_DELETE)
    run(_INSERT)
    store_rejected_rows(file_import)


def store_rejected_rows(file_import: FileImport) -> None:
    """Replace the rejected rows of an earlier judgement by those just judged; unreadable rows stay."""
    RejectedRow.objects.filter(pk__range=file_import.row_ids, readable=True).delete()
    for chunk in batched(_rejected_values(file_import), CHUNK):
        bulk.insert_rows(RejectedRow._meta.db_table, REJECTED_COLUMNS, chunk)


def _rejected_values(file_import: FileImport) -> Iterator[Sequence[str | None]]:
    """The values of ``REJECTED_COLUMNS`` for each row that the judgement rejected."""
    problems = import_kind(file_import).judged_problems()
    return (rejected_values(row_id, [problem], cells, readable=True) for row_id, cells, problem in problems)
