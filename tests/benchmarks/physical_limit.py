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
    """Save the rows that an import wrote to a file: those with a larger key than ``before``, and changed balances."""
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
    """The largest key of each table, 0 for an empty one."""
    with connection.cursor() as cursor:
        last_ids_by_table = {}
        for table in TABLES:
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
            last_ids_by_table[table] = cursor.fetchone()[0]
        return last_ids_by_table


def prepare(path: Path) -> Saved:
    """Read the saved rows, and delete the balances among them, so that they can be inserted."""
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
    """Load the rows in one transaction, with COPY on PostgreSQL and ``executemany`` on SQLite."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns, rows in saved:
            names = ", ".join(f'"{column}"' for column in columns)
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for start in range(0, len(rows), 500):
                        copy.write("".join(rows[start : start + 500]))
            else:
                placeholders = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({placeholders})", rows)


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _as_text(row: Sequence[Any]) -> Any:
    """A row in COPY's text format; made before the time is measured."""
    cells = ["\\N" if value is None else str(value).translate(_ESCAPES) for value in row]
    return "\t".join(cells) + "\n"
