"""Judging and applying a file of installations that an older system registered.

Every good row becomes a live, registered installation without an unlock code. Their release codes cannot be verified,
because the portal does not know the unlock codes that they derive from (docs/decisions.md#taken-over-installations).
The licences come from a file of purchases, which is imported first.
"""

from collections.abc import Callable, Container, Generator, Iterator, Sequence
from datetime import datetime, time
from typing import Any

from django.db import connection
from django.utils import timezone

from customers.contact import CONTACT_COLUMNS
from licences.domain import codes
from licences.imports import temporary_tables
from licences.imports.rows.installation_rows import COLUMNS, InstallationRow, parse_cells
from licences.imports.rows.row_cells import CellProblem
from licences.imports.statement_runner import AppliedRows, JudgedTotals, StatementRunner
from licences.models import FileImport, Serial, StagedInstallation, row_number_of
from licences.operations import search
from licences.operations.allocated_lists import Allocation

STAGED_COLUMNS = ("id", *COLUMNS, "highest_version", "began_at")
TABLE = "licences_stagedinstallation"
_TAKEN_OVER, _UNCHANGED, _REJECTED = 4, 5, 6

TABLES = {
    "installation_match": "id {key}, serial_id bigint, known integer",
    "installation_problem": "id {key}, reason text, detail text",
}


def known_digests(rows: Sequence[tuple[str, ...]]) -> tuple[()]:
    """Return no digests: rows of installations have no keys that would be slow to compute."""
    return ()


def stage_row(
    row_id: int, cells: tuple[str, ...], digests: Container[str] = ()
) -> tuple[str | None, ...] | list[CellProblem]:
    """The values of ``STAGED_COLUMNS`` for one row, or every problem in it.

    ``cells`` are the texts in the order of ``COLUMNS``; ``digests`` is not used.
    """
    row = parse_cells(cells)
    return row if isinstance(row, list) else _staged_row(row_id, row)


def _staged_row(row_id: int, row: InstallationRow) -> tuple[str | None, ...]:
    """The values of ``STAGED_COLUMNS`` for a parsed row."""
    texts = [None if value is None else str(value) for value in row]
    return str(row_id), *texts, row.highest_version, _began_at(row)


def _began_at(row: InstallationRow) -> str | None:
    """Midnight of the day of registration, as the database stores times; None if the row has no such day."""
    if row.registered_on is None:
        return None
    moment = timezone.make_aware(datetime.combine(row.registered_on, time.min))
    return str(connection.ops.adapt_datetimefield_value(moment))


# --- Judging ---------------------------------------------------------------------------------------------

# ``known`` is 1 where this serial number is live on this site ID, so that the row was imported before.
_MATCH_TO_RECORDS = f"""
INSERT INTO installation_match
SELECT s.id, k.id, CASE WHEN i.id IS NULL THEN 0 ELSE 1 END
FROM {TABLE} s
LEFT JOIN licences_serial k ON k.code = s.serial
LEFT JOIN licences_installation i ON i.serial_id = k.id AND i.site_id = s.site_id AND i.ended_at IS NULL
WHERE s.id BETWEEN %(lo)s AND %(hi)s
"""

_REFUSE_DUPLICATES = """
INSERT INTO installation_problem
SELECT s.id, '{reason}', CASE WHEN s.id = t.first_id THEN t.last_id ELSE t.first_id END
FROM (
    SELECT {column}, min(id) AS first_id, max(id) AS last_id FROM {table}
    WHERE id BETWEEN %(lo)s AND %(hi)s GROUP BY {column} HAVING count(*) > 1
) t JOIN {table} s ON s.{column} = t.{column}
WHERE s.id BETWEEN %(lo)s AND %(hi)s
ON CONFLICT DO NOTHING
"""

_REFUSE = (
    _REFUSE_DUPLICATES.format(column="serial", table=TABLE, reason="serial-twice"),
    _REFUSE_DUPLICATES.format(column="site_id", table=TABLE, reason="site-id-twice"),
    """
    INSERT INTO installation_problem
    SELECT id, 'serial-without-purchase', '' FROM installation_match WHERE serial_id IS NULL ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO installation_problem
    SELECT c.id, 'serial-has-installations', max(i.site_id) FROM installation_match c
    JOIN licences_installation i ON i.serial_id = c.serial_id
    WHERE c.known = 0 GROUP BY c.id ON CONFLICT DO NOTHING
    """,
    f"""
    INSERT INTO installation_problem
    SELECT c.id, 'site-id-of-another-serial', k.code FROM installation_match c JOIN {TABLE} s ON s.id = c.id
    JOIN licences_installation i ON i.site_id = s.site_id AND i.ended_at IS NULL
    JOIN licences_serial k ON k.id = i.serial_id
    WHERE c.known = 0 ON CONFLICT DO NOTHING
    """,
)

_DROP_REFUSED = "DELETE FROM installation_match WHERE id IN (SELECT id FROM installation_problem)"

_COUNT_OUTCOMES = f"""
SELECT CASE WHEN known = 1 THEN {_UNCHANGED} ELSE {_TAKEN_OVER} END, count(*) FROM installation_match GROUP BY 1
UNION ALL SELECT {_REJECTED}, count(*) FROM installation_problem
"""

VERDICTS = f"""
SELECT c.id, CASE WHEN c.known = 1 THEN {_UNCHANGED} ELSE {_TAKEN_OVER} END, s.serial
FROM installation_match c JOIN {TABLE} s ON s.id = c.id
UNION ALL SELECT id, {_REJECTED}, '' FROM installation_problem
"""


def judge_rows(file_import: FileImport, *, done: Callable[[float], None] = lambda fraction: None) -> dict[int, int]:
    """Judge all staged rows against the current records; returns ``RowOutcome.Outcome`` → number of rows.

    Changes no records. Leaves the temporary tables of ``TABLES`` filled for ``judged_problems`` and ``apply_rows``.
    ``done`` is called with the fraction judged so far, from 0 to 1.
    """
    temporary_tables.create(TABLES)
    run = StatementRunner(file_import)
    run(_MATCH_TO_RECORDS)
    temporary_tables.analyze("installation_match")
    for number, statement in enumerate(_REFUSE, start=1):
        run(statement)
        done(number / len(_REFUSE))
    run(_DROP_REFUSED)
    return {outcome: count for outcome, count in run.fetch_all(_COUNT_OUTCOMES) if count}


# --- Problems -------------------------------------------------------------------------------------------

_PROBLEMS = f"""
SELECT x.id, x.reason, x.detail, {", ".join(f"s.{column}" for column in COLUMNS)}
FROM installation_problem x JOIN {TABLE} s ON s.id = x.id ORDER BY x.id
"""

_PROBLEM_DETAILS: dict[str, Callable[[str], tuple[str, dict[str, Any]]]] = {
    "serial-twice": lambda detail: ("serial", {"row": row_number_of(int(detail))}),
    "site-id-twice": lambda detail: ("site_id", {"row": row_number_of(int(detail))}),
    "serial-without-purchase": lambda detail: ("serial", {}),
    "serial-has-installations": lambda detail: ("serial", {"site_id": codes.grouped(detail)}),
    "site-id-of-another-serial": lambda detail: ("site_id", {"serial": codes.grouped(detail)}),
}


def judged_problems() -> Iterator[tuple[int, tuple[str, ...], CellProblem]]:
    """Row key, cells and problem of every row that ``judge_rows`` rejected, in the order of the file."""
    for row_id, reason, detail, *values in temporary_tables.rows_of(_PROBLEMS):
        cells = tuple("" if value is None else str(value) for value in values)
        column, parameters = _PROBLEM_DETAILS[reason](detail)
        yield row_id, cells, CellProblem(column, cells[COLUMNS.index(column)], reason, parameters)


# --- Applying ------------------------------------------------------------------------------------------------

_SERIALS_OF_FILE = f"""
SELECT id FROM licences_serial WHERE code IN (SELECT serial FROM {TABLE} WHERE id BETWEEN %(lo)s AND %(hi)s) ORDER BY id
"""

# In the order of the site IDs: an insert waits for another of the same site ID, and different orders could deadlock.
_INSERT_INSTALLATIONS = f"""
INSERT INTO licences_installation (serial_id, site_id, origin, server_version, client_version, began_at, ended_at,
    end_reason, reported_release_code)
SELECT c.serial_id, s.site_id, 'taken-over', s.server_version, s.client_version, coalesce(s.began_at, %(now)s), NULL,
    '', ''
FROM installation_match c JOIN {TABLE} s ON s.id = c.id WHERE c.known = 0 ORDER BY s.site_id
"""

_INSERT_REGISTRATIONS = f"""
INSERT INTO licences_registration (serial_id, installation_id, name, {", ".join(CONTACT_COLUMNS)},
    reason, entered_by, entered_at)
SELECT c.serial_id, i.id, s.name, {", ".join(f"s.{column}" for column in CONTACT_COLUMNS)},
    '', %(by)s, coalesce(s.began_at, %(now)s)
FROM installation_match c JOIN {TABLE} s ON s.id = c.id
JOIN licences_installation i ON i.serial_id = c.serial_id AND i.ended_at IS NULL
WHERE c.known = 0 ORDER BY c.id
"""

_SET_HIGHEST_VERSIONS = f"""
UPDATE licences_serial SET highest_version = s.highest_version
FROM installation_match c JOIN {TABLE} s ON s.id = c.id
WHERE c.known = 0 AND licences_serial.id = c.serial_id AND s.highest_version <> ''
"""


def lock_records(file_import: FileImport) -> None:
    """Lock the serial numbers that the file names until the end of the transaction, before the final judgement."""
    StatementRunner(file_import).lock_rows(_SERIALS_OF_FILE)


def judged_totals(file_import: FileImport) -> JudgedTotals:
    """Return empty totals: files of installations bring no customers and no serial numbers."""
    return JudgedTotals()


def change_records(by: str) -> None:
    """Do nothing: files of installations change no records that they did not write."""


def apply_rows(file_import: FileImport) -> AppliedRows:
    """Create installations and registrations for the rows that were judged good; returns how many.

    ``judge_rows`` must have run just before, in the same transaction. Not idempotent by itself: judging again is what
    finds the rows unchanged.
    """
    run = StatementRunner(file_import)
    installed = run(_INSERT_INSTALLATIONS)
    run(_INSERT_REGISTRATIONS, by=file_import.confirmed_by)
    run(_SET_HIGHEST_VERSIONS)
    return AppliedRows(installed)


def allocations() -> Generator[Allocation, None, None]:
    """Yield nothing: this kind of file allocates no serial numbers."""
    yield from ()


def make_searchable(file_import: FileImport) -> None:
    """Refresh the search texts of the serial numbers in the file, so that the look-up finds the registered details."""
    named = StagedInstallation.objects.filter(pk__range=file_import.row_ids).values("serial")
    search.refresh_serials(Serial.objects.filter(code__in=named).values_list("pk", flat=True))
