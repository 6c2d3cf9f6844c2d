"""Bulk inserts: COPY on PostgreSQL, ``executemany`` on SQLite."""

from collections.abc import Iterable, Sequence

from django.db import connection

from licences.domain.batches import batched

_BLOCK = 500
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def insert_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """Insert rows into a table, within the current transaction.

    ``table`` and ``columns`` go into the statement as they are, so they never come from a user. Each row has one text
    per column, in the form the database parses (ISO dates, ``"1"`` for true), and None for NULL. Not idempotent.
    """
    if connection.vendor == "postgresql":
        _copy(table, columns, rows)
    else:
        _execute_many(table, columns, rows)


def _execute_many(table: str, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """Insert rows with INSERT statements, in blocks. Table and columns go into the statement as they are.

    Django copies everything that is passed to it at once, so blocks keep the memory small.
    """
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        for block in batched(rows, _BLOCK):
            cursor.executemany(statement, block)


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """Insert rows with PostgreSQL's COPY, in blocks. Table and columns go into the statement as they are."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for block in batched(rows, _BLOCK):
            copy.write("".join([_copy_line(row) for row in block]))


def _copy_line(row: Sequence[str | None]) -> str:
    """One row in COPY's text format. Few texts need escaping, so the row is first checked as a whole."""
    nulls = row.count(None)
    line = "\t".join(["\\N" if value is None else value for value in row] if nulls else row)  # type: ignore[arg-type]
    if line.count("\\") != nulls or line.count("\t") != len(row) - 1 or not _is_single_line(line):
        line = "\t".join(["\\N" if value is None else value.translate(_ESCAPES) for value in row])
    return line + "\n"


def _is_single_line(line: str) -> bool:
    """Whether a text has no line break in it."""
    return "\n" not in line and "\r" not in line
