"""The kinds of files that can be imported."""

from collections.abc import Callable, Container, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from licences.imports import installations, purchase_statements, purchases
from licences.imports.rows import column_names, installation_rows, purchase_lines, staged_purchases
from licences.imports.rows.column_names import Names
from licences.imports.rows.row_cells import CellProblem
from licences.imports.statement_runner import AppliedRows, JudgedTotals
from licences.models import Event, FileImport, StagedInstallation, StagedPurchase
from licences.operations.allocated_lists import Allocation


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportKind:
    """A kind of file: its columns, where its rows are staged, and the functions that judge and apply them."""

    columns: Sequence[str]
    required_columns: Sequence[str]
    overruling_names: Names  # what senders call the columns, see ``ReadingHints``
    column_names: Sequence[Names]
    model: Any  # the model of the staged rows
    table: str
    staged_columns: Sequence[str]
    analyzed: str  # the staging table with the columns that query plans depend on; to analyse all of them is slow
    temporary_tables: Mapping[str, str]  # name → columns of the temporary tables that a judgement leaves
    verdicts: str  # a query over them: row key, outcome, serial number or empty
    event: Event.Kind

    # The row digests already on record for these rows, for ``stage_row``. It may miss some.
    known_digests: Callable[[Sequence[tuple[str, ...]]], Container[str]]
    # The values to stage for a row, from its key, its cells and the known digests; or its problems.
    stage_row: Callable[[int, tuple[str, ...], Container[str]], tuple[str | None, ...] | list[CellProblem]]
    # Judges all staged rows against the records; returns ``RowOutcome.Outcome`` → number of rows. ``done=`` is called
    # with the fraction judged so far, from 0 to 1.
    judge_rows: Callable[..., dict[int, int]]
    # What the judgement just made found besides outcomes.
    judged_totals: Callable[[FileImport], JudgedTotals]
    # Row key, cells and problem of the rows that were rejected when they were judged.
    judged_problems: Callable[[], Iterator[tuple[int, tuple[str, ...], CellProblem]]]
    # Locks the records that must not change between the final judgement and the end of the transaction.
    lock_records: Callable[[FileImport], None]
    # Writes the records of the rows that were judged good.
    apply_rows: Callable[[FileImport], AppliedRows]
    # Changes the records on which rows had to be applied first, with an event for each. After all other records.
    change_records: Callable[[str], None]
    # The allocations that were applied, for the list of allocated serials.
    allocations: Callable[[], Generator[Allocation, None, None]]
    # Updates the search texts. It runs after the commit, which does not have to wait for it.
    make_searchable: Callable[[FileImport], None]


_KINDS = {
    FileImport.Kind.PURCHASES: ImportKind(
        columns=purchase_lines.COLUMNS,
        required_columns=purchase_lines.REQUIRED_COLUMNS,
        overruling_names=column_names.OVERRULING_NAMES,
        column_names=column_names.PURCHASE_NAMES,
        model=StagedPurchase,
        table=purchase_statements.STAGED,
        staged_columns=staged_purchases.STAGED_COLUMNS,
        analyzed=f"{purchase_statements.STAGED} (id, purchase_reference, line)",
        temporary_tables=purchases.TABLES,
        verdicts=purchase_statements.VERDICTS,
        event=Event.Kind.PURCHASES_RECORDED,
        known_digests=purchases.known_digests,
        stage_row=staged_purchases.stage_row,
        judge_rows=purchases.judge_rows,
        judged_totals=purchases.judged_totals,
        judged_problems=purchases.judged_problems,
        lock_records=purchases.lock_records,
        apply_rows=purchases.apply_rows,
        change_records=purchases.change_records,
        allocations=purchases.allocations,
        make_searchable=purchases.make_searchable,
    ),
    FileImport.Kind.INSTALLATIONS: ImportKind(
        columns=installation_rows.COLUMNS,
        required_columns=installation_rows.REQUIRED_COLUMNS,
        overruling_names={},
        column_names=column_names.INSTALLATION_NAMES,
        model=StagedInstallation,
        table=installations.TABLE,
        staged_columns=installations.STAGED_COLUMNS,
        analyzed=f"{installations.TABLE} (id, serial, site_id)",
        temporary_tables=installations.TABLES,
        verdicts=installations.VERDICTS,
        event=Event.Kind.INSTALLATIONS_TAKEN_OVER,
        known_digests=installations.known_digests,
        stage_row=installations.stage_row,
        judge_rows=installations.judge_rows,
        judged_totals=installations.judged_totals,
        judged_problems=installations.judged_problems,
        lock_records=installations.lock_records,
        apply_rows=installations.apply_rows,
        change_records=installations.change_records,
        allocations=installations.allocations,
        make_searchable=installations.make_searchable,
    ),
}


def import_kind(file_import: FileImport) -> ImportKind:
    """The functions and columns by which files of this import's kind are read, judged and applied."""
    return import_kind_named(file_import.kind)


def import_kind_named(kind: str) -> ImportKind:
    """The functions and columns by which files of a kind, a value of ``FileImport.Kind``, are handled."""
    return _KINDS[FileImport.Kind(kind)]
