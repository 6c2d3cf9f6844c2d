"""What was judged of an import's rows, kept for the pages that show it, and compared when it is judged again."""

from collections.abc import Iterator, Sequence
from itertools import islice

from licences.models import FileImport, RejectedRow
from licences.operations.imports import bulk, scratch
from licences.operations.imports.kinds import kind_of
from licences.operations.imports.staging import CHUNK, REJECTED_COLUMNS, rejected
from licences.operations.imports.steps import Steps

SCRATCH = {"verdict": "id {key}, outcome integer, serial text, before integer"}

_COMPARE = """
UPDATE verdict SET before = o.outcome FROM licences_rowoutcome o
WHERE o.id = verdict.id AND (o.outcome <> verdict.outcome OR o.serial <> verdict.serial)
"""
_FORGET = "DELETE FROM licences_rowoutcome WHERE id BETWEEN %(lo)s AND %(hi)s"
_KEEP = "INSERT INTO licences_rowoutcome (id, outcome, serial, before) SELECT id, outcome, serial, before FROM verdict"


def take_verdicts(file_import: FileImport) -> int:
    """Set down what was just judged; returns how many rows come out otherwise than what is kept says."""
    scratch.create(SCRATCH)
    run = Steps(file_import)
    run(f"INSERT INTO verdict (id, outcome, serial) {kind_of(file_import).VERDICTS}")
    scratch.analyze("verdict")
    return run(_COMPARE)


def keep_verdicts(file_import: FileImport) -> None:
    """Keep the verdicts that were taken, and the rows that were refused, instead of those of an earlier judgement."""
    run = Steps(file_import)
    run(_FORGET)
    run(_KEEP)
    keep_refused(file_import)


def keep_refused(file_import: FileImport) -> None:
    """Keep the rows that were refused as they were judged, instead of those of an earlier judgement."""
    RejectedRow.objects.filter(pk__range=file_import.row_ids, readable=True).delete()
    refused = _refused(file_import)
    while chunk := list(islice(refused, CHUNK)):
        bulk.insert(RejectedRow._meta.db_table, REJECTED_COLUMNS, chunk)


def _refused(file_import: FileImport) -> Iterator[Sequence[str | None]]:
    problems = kind_of(file_import).problems()
    return (rejected(row_id, [problem], cells, readable=True) for row_id, cells, problem in problems)
