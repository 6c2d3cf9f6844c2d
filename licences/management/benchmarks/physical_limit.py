"""The physical limit: the final rows of an import, loaded straight into the final, indexed, checked tables."""

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connection, transaction

TABLES = (
    "licences_fileimport",
    "customers_customer",
    "customers_site",
    "licences_serial",
    "licences_licencegrant",
    "licences_balance",
)

Saved = list[tuple[str, list[str], list[Any]]]


def save_new_rows(before: dict[str, int], path: Path) -> None:
    """Keep what an import made: rows with a larger id than there was ``before``, and the balances that it raised."""
    saved: Saved = []
    with connection.cursor() as cursor:
        for table in TABLES:
            where = "id > %s"
            if table == "licences_balance":
                where += " OR serial_id IN (SELECT serial_id FROM licences_licencegrant WHERE id > %s)"
            parameters = [before[table], before["licences_licencegrant"]][: where.count("%s")]
            cursor.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY id", parameters)
            saved.append((table, [column[0] for column in cursor.description], cursor.fetchall()))
    with path.open("wb") as file:
        pickle.dump(saved, file)


def last_ids() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
            found[table] = cursor.fetchone()[0]
        return found


def prepare(path: Path) -> Saved:
    """Read the rows, and take away the balances that the import would have raised."""
    with path.open("rb") as file:
        saved: Saved = pickle.load(file)  # noqa: S301  (our own file)
    table, columns, rows = saved[-1]
    with transaction.atomic(), connection.cursor() as cursor:
        ids = [(row[columns.index("id")],) for row in rows]
        cursor.executemany(f"DELETE FROM {table} WHERE id = %s", ids)
    if connection.vendor == "postgresql":
        saved = [(table, columns, [_as_text(row) for row in rows]) for table, columns, rows in saved]
    return saved


def load(saved: Saved) -> None:
    """COPY on PostgreSQL, ``executemany`` on SQLite, in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns, rows in saved:
            names = ", ".join(f'"{column}"' for column in columns)
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for start in range(0, len(rows), 500):
                        copy.write("".join(rows[start : start + 500]))
            else:
                places = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _as_text(row: Sequence[Any]) -> Any:
    """A row as COPY reads it, made before the clock runs."""
    cells = ["\\N" if value is None else str(value).translate(_ESCAPES) for value in row]
    return "\t".join(cells) + "\n"
