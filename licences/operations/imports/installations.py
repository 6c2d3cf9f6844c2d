"""Installations of an older system: every row becomes a live, registered installation without an unlock code.

Their release codes cannot be checked here, for nobody here knows the unlock codes that they are made from
(decisions.md 13). The licences come with a file of purchases, which is imported first.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from datetime import datetime, time
from typing import Any

from django.db import connection
from django.utils import timezone

from licences.domain import codes
from licences.domain.installation_rows import COLUMNS as COLUMNS
from licences.domain.installation_rows import REQUIRED_COLUMNS as REQUIRED_COLUMNS
from licences.domain.installation_rows import InstallationRow, parse_cells
from licences.domain.row_cells import Problem
from licences.models import Event, FileImport, Serial, StagedInstallation, row_of
from licences.operations import search
from licences.operations.imports import scratch
from licences.operations.imports.steps import Steps

STAGED_COLUMNS = ("id", *COLUMNS, "highest_version", "began_at")
MODEL = StagedInstallation
TABLE = "licences_stagedinstallation"
LOOKED_AT = f"{TABLE} (id, serial, site_id)"
EVENT = Event.Kind.INSTALLATIONS_TAKEN_OVER
_TAKEN_OVER, _UNCHANGED, _REJECTED = 4, 5, 6
_CHUNK = 5_000

SCRATCH = {
    "claim": "id {key}, serial_id bigint, known integer",
    "refused": "id {key}, reason text, detail text",
}


def on_record(rows: Sequence[tuple[str, ...]]) -> tuple[()]:
    """Nothing: their rows need no keys that would take long."""
    return ()


def staged(
    row_id: int, cells: tuple[str, ...], on_record: Container[str] = ()
) -> tuple[str | None, ...] | list[Problem]:
    """The values of ``STAGED_COLUMNS`` for a row of a file, or its problems."""
    row = parse_cells(cells)
    return row if isinstance(row, list) else _staged_row(row_id, row)


def _staged_row(row_id: int, row: InstallationRow) -> tuple[str | None, ...]:
    texts = [None if value is None else str(value) for value in row]
    return str(row_id), *texts, row.highest_version, _began_at(row)


def _began_at(row: InstallationRow) -> str | None:
    """The day on which it was registered, from its first moment, as the database keeps times."""
    if row.registered_on is None:
        return None
    moment = timezone.make_aware(datetime.combine(row.registered_on, time.min))
    return str(connection.ops.adapt_datetimefield_value(moment))


# --- Judging ---------------------------------------------------------------------------------------------

# ``known``: this very serial number is live on this very site ID, so the row came before.
_CLAIM = f"""
INSERT INTO claim
SELECT s.id, k.id, CASE WHEN i.id IS NULL THEN 0 ELSE 1 END
FROM {TABLE} s
LEFT JOIN licences_serial k ON k.code = s.serial
LEFT JOIN licences_installation i ON i.serial_id = k.id AND i.site_id = s.site_id AND i.ended_at IS NULL
WHERE s.id BETWEEN %(lo)s AND %(hi)s
"""

_TWINS = """
INSERT INTO refused
SELECT s.id, '{reason}', CASE WHEN s.id = t.first_id THEN t.last_id ELSE t.first_id END
FROM (
    SELECT {column}, min(id) AS first_id, max(id) AS last_id FROM {table}
    WHERE id BETWEEN %(lo)s AND %(hi)s GROUP BY {column} HAVING count(*) > 1
) t JOIN {table} s ON s.{column} = t.{column}
WHERE s.id BETWEEN %(lo)s AND %(hi)s
ON CONFLICT DO NOTHING
"""

_REFUSALS = (
    _TWINS.format(column="serial", table=TABLE, reason="serial-twice"),
    _TWINS.format(column="site_id", table=TABLE, reason="site-id-twice"),
    "INSERT INTO refused SELECT id, 'serial-without-purchase', '' FROM claim WHERE serial_id IS NULL "
    "ON CONFLICT DO NOTHING",
    """
    INSERT INTO refused
    SELECT c.id, 'serial-has-installations', max(i.site_id) FROM claim c
    JOIN licences_installation i ON i.serial_id = c.serial_id
    WHERE c.known = 0 GROUP BY c.id ON CONFLICT DO NOTHING
    """,
    f"""
    INSERT INTO refused
    SELECT c.id, 'site-id-of-another-serial', k.code FROM claim c JOIN {TABLE} s ON s.id = c.id
    JOIN licences_installation i ON i.site_id = s.site_id AND i.ended_at IS NULL
    JOIN licences_serial k ON k.id = i.serial_id
    WHERE c.known = 0 ON CONFLICT DO NOTHING
    """,
)

_FORGET_REFUSED = "DELETE FROM claim WHERE id IN (SELECT id FROM refused)"

_COUNT = f"""
SELECT CASE WHEN known = 1 THEN {_UNCHANGED} ELSE {_TAKEN_OVER} END, count(*) FROM claim GROUP BY 1
UNION ALL SELECT {_REJECTED}, count(*) FROM refused
"""

VERDICTS = f"""
SELECT c.id, CASE WHEN c.known = 1 THEN {_UNCHANGED} ELSE {_TAKEN_OVER} END, s.serial
FROM claim c JOIN {TABLE} s ON s.id = c.id
UNION ALL SELECT id, {_REJECTED}, '' FROM refused
"""


def judge(file_import: FileImport, *, done: Callable[[float], None] = lambda fraction: None) -> dict[int, int]:
    """Judge all staged rows by what is on record now; returns how many rows have which outcome."""
    scratch.create(SCRATCH)
    run = Steps(file_import)
    run(_CLAIM)
    scratch.analyze("claim")
    for number, refusal in enumerate(_REFUSALS, start=1):
        run(refusal)
        done(number / len(_REFUSALS))
    run(_FORGET_REFUSED)
    return {outcome: count for outcome, count in run.all(_COUNT) if count}


# --- What is wrong -------------------------------------------------------------------------------------------

_PROBLEMS = f"""
SELECT x.id, x.reason, x.detail, {", ".join(f"s.{column}" for column in COLUMNS)}
FROM refused x JOIN {TABLE} s ON s.id = x.id ORDER BY x.id
"""

_ABOUT: dict[str, Callable[[str], tuple[str, dict[str, Any]]]] = {
    "serial-twice": lambda detail: ("serial", {"row": row_of(int(detail))}),
    "site-id-twice": lambda detail: ("site_id", {"row": row_of(int(detail))}),
    "serial-without-purchase": lambda detail: ("serial", {}),
    "serial-has-installations": lambda detail: ("serial", {"site_id": codes.grouped(detail)}),
    "site-id-of-another-serial": lambda detail: ("site_id", {"serial": codes.grouped(detail)}),
}


def problems() -> Iterator[tuple[int, tuple[str, ...], Problem]]:
    """Row key, cells and problem of every row that was refused as it was judged."""
    with scratch.chunked_cursor() as cursor:
        cursor.execute(_PROBLEMS)
        while chunk := cursor.fetchmany(_CHUNK):
            for row_id, reason, detail, *values in chunk:
                cells = tuple("" if value is None else str(value) for value in values)
                column, parameters = _ABOUT[reason](detail)
                yield row_id, cells, Problem(column, cells[COLUMNS.index(column)], reason, parameters)


# --- Applying ------------------------------------------------------------------------------------------------

_HOLD_SERIALS = f"""
SELECT id FROM licences_serial WHERE code IN (SELECT serial FROM {TABLE} WHERE id BETWEEN %(lo)s AND %(hi)s) ORDER BY id
"""

# In the order of the site IDs: each waits for whoever makes the same one, and two files must not wait for each other.
_INSERT_INSTALLATIONS = f"""
INSERT INTO licences_installation (serial_id, site_id, origin, server_version, client_version, began_at, ended_at,
    end_reason, reported_release_code)
SELECT c.serial_id, s.site_id, 'taken-over', s.server_version, s.client_version, coalesce(s.began_at, %(now)s), NULL,
    '', ''
FROM claim c JOIN {TABLE} s ON s.id = c.id WHERE c.known = 0 ORDER BY s.site_id
"""

_INSERT_REGISTRATIONS = f"""
INSERT INTO licences_registration (serial_id, installation_id, name, address_line1, address_line2, postcode, city,
    country, contact_name, contact_phone, contact_email, reason, entered_by, entered_at)
SELECT c.serial_id, i.id, s.name, s.address_line1, s.address_line2, s.postcode, s.city, s.country, s.contact_name,
    s.contact_phone, s.contact_email, '', %(by)s, coalesce(s.began_at, %(now)s)
FROM claim c JOIN {TABLE} s ON s.id = c.id
JOIN licences_installation i ON i.serial_id = c.serial_id AND i.ended_at IS NULL
WHERE c.known = 0 ORDER BY c.id
"""

_KEEP_VERSIONS = f"""
UPDATE licences_serial SET highest_version = s.highest_version
FROM claim c JOIN {TABLE} s ON s.id = c.id
WHERE c.known = 0 AND licences_serial.id = c.serial_id AND s.highest_version <> ''
"""


def hold(file_import: FileImport) -> None:
    """Keep everybody else from the serial numbers of the file, before they are judged for the last time."""
    Steps(file_import).hold(_HOLD_SERIALS)


def apply(file_import: FileImport) -> int:
    """Make the rows that were judged good into installations; returns how many. ``judge`` ran just before."""
    run = Steps(file_import)
    made = run(_INSERT_INSTALLATIONS)
    run(_INSERT_REGISTRATIONS, by=file_import.confirmed_by)
    run(_KEEP_VERSIONS)
    return made


def make_searchable(file_import: FileImport) -> None:
    """Let the look-up find the serial numbers by what they are registered with."""
    named = StagedInstallation.objects.filter(pk__range=file_import.row_ids).values("serial")
    search.refresh(Serial.objects.filter(code__in=named).values_list("pk", flat=True))
