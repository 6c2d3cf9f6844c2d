"""The judgement on lines that a program sent: which can be recorded, are rejected, or wait for a person."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from licences.imports import lifecycle, quantity_statements, record_pairs, verdict_storage
from licences.imports import purchase_statements as statements
from licences.imports.kinds import import_kind
from licences.imports.queries import SIMILAR
from licences.imports.reversal_statements import IN_FORCE
from licences.imports.rows.row_cells import CellProblem
from licences.imports.statement_runner import StatementRunner
from licences.models import FileImport, RejectedRow, RowOutcome, row_number_of

_DECIDED_BY_PEOPLE = frozenset({*record_pairs.REASONS, SIMILAR})
_RECORDED = """
SELECT g.file_row, k.code FROM licences_licencegrant g JOIN licences_serial k ON k.id = g.serial_id
WHERE g.file_import_id = %(file_import)s
"""
_ANY_UNCHANGED = f"SELECT 1 FROM judged WHERE outcome = {statements.UNCHANGED} LIMIT 1"
_UNCHANGED = f"""
SELECT j.id, k.code FROM judged j JOIN {statements.STAGED} s ON s.id = j.id {{spelling}}
JOIN licences_licencegrant g ON g.purchase_reference = {{reference}} AND g.line = s.line AND {IN_FORCE}
JOIN licences_serial k ON k.id = g.serial_id WHERE j.outcome = {statements.UNCHANGED}
"""
# The reference as the row has it, as it was recorded formerly, and in the spelling that is on record.
_SPELLINGS = (
    _UNCHANGED.format(spelling="", reference="s.purchase_reference"),
    _UNCHANGED.format(spelling="", reference="s.raw_reference") + " AND s.raw_reference <> ''",
    _UNCHANGED.format(spelling="JOIN alias a ON a.reference = s.purchase_reference", reference="a.known"),
)

Problems = list[tuple[str, str, dict[str, Any]]]  # column, reason, parameters of its sentence


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judgement found, by row number.

    ``outcomes``: name of the outcome, and the serial number where it is known, of the good rows; ``rejected`` and
    ``waiting``: the problems of the others. ``counts`` are those of ``ImportKind.judge_rows``.
    """

    counts: dict[int, int]
    outcomes: dict[int, tuple[str, str]]
    rejected: dict[int, Problems]
    waiting: dict[int, Problems]

    @property
    def changes(self) -> bool:
        """Whether any row would be recorded."""
        return any(outcome != "unchanged" for outcome, _serial in self.outcomes.values())


def judge(file_import: FileImport) -> Judgement:
    """Lock the records that the staged rows touch, and judge the rows. Changes no records."""
    counts = lifecycle.lock_and_judge(file_import)
    verdict_storage.store_rejected_rows(file_import)
    run = StatementRunner(file_import)
    rejected: dict[int, Problems] = {}
    waiting = dict(_unusual(run))
    for row in RejectedRow.objects.filter(pk__range=file_import.row_ids):
        problems = [(column, code, parameters) for column, _value, code, parameters in row.problems]
        needs_person = all(code in _DECIDED_BY_PEOPLE for _column, code, _parameters in problems)
        (waiting if needs_person else rejected)[row.row] = problems
    return Judgement(counts, dict(_outcomes(run, waiting)), rejected, waiting)


def without_waiting(file_import: FileImport, judgement: Judgement) -> Judgement:
    """Remove the rows that wait for a person, and judge the others until none does.

    The result has all rows that wait, and of the others the last judgement: what is left may be rejected without them.
    """
    waiting = dict(judgement.waiting)
    while judgement.waiting:
        _remove(file_import, judgement.waiting)
        judgement = judge(file_import)
        waiting |= judgement.waiting
    return replace(judgement, waiting=waiting)


def _remove(file_import: FileImport, rows: dict[int, Problems]) -> None:
    """Delete staged rows, and what was stored of their problems."""
    first, _last = file_import.row_ids
    keys = [first + row for row in rows]
    for model in (import_kind(file_import).model, RejectedRow):
        model.objects.filter(pk__in=keys)._raw_delete(model.objects.db)


def _outcomes(run: StatementRunner, waiting: dict[int, Problems]) -> Iterator[tuple[int, tuple[str, str]]]:
    """Row number, outcome and serial number of the good rows of the judgement just made."""
    for key, outcome, serial in run.fetch_all(statements.VERDICTS):
        row = row_number_of(key)
        if outcome != RowOutcome.Outcome.REJECTED and row not in waiting:
            yield row, (RowOutcome.Outcome(outcome).name.lower().replace("_", "-"), serial)


def _unusual(run: StatementRunner) -> Iterator[tuple[int, Problems]]:
    """Row number and problem of each row whose quantity a person would be asked about."""
    for key, quantity, usual, _of_file in run.fetch_all(quantity_statements.FIRST_UNUSUAL, limit=2**31 - 1):
        parameters = {"quantity": quantity, "usual": int(usual)}
        problem = CellProblem("quantity", str(quantity), "quantity-unusual", parameters)
        yield row_number_of(key), [(problem.column, problem.reason, parameters)]


def serials_on_record(file_import: FileImport) -> dict[int, str]:
    """Row number → serial number of the rows that are on record now, also in another spelling of their purchase.

    Reads the temporary tables of the judgement just made.
    """
    run = StatementRunner(file_import)
    found: dict[int, str] = dict(run.fetch_all(_RECORDED))
    if run.fetch_all(_ANY_UNCHANGED):
        for statement in _SPELLINGS:
            for key, serial in run.fetch_all(statement):
                found.setdefault(row_number_of(key), serial)
    return found
