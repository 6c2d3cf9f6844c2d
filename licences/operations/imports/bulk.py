"""Many rows into a table at once: COPY on PostgreSQL, ``executemany`` on SQLite."""

from collections.abc import Iterable, Sequence
from itertools import islice

from django.db import connection

_BLOCK = 500
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """Insert rows of texts, as the database reads them (dates ISO, None for NULL), in the current transaction."""
    if connection.vendor == "postgresql":
        _copy(table, columns, rows)
    else:
        _execute_many(table, columns, rows)


def _execute_many(table: str, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """In blocks, for Django keeps a copy of all that it is given at once."""
    remaining = iter(rows)
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        while block := list(islice(remaining, _BLOCK)):
            cursor.executemany(statement, block)


def _copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    remaining = iter(rows)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        while block := list(islice(remaining, _BLOCK)):
            copy.write("".join([_copy_line(row) for row in block]))


def _copy_line(row: Sequence[str | None]) -> str:
    """One row in COPY's text format. Texts rarely hold what it needs escaped, so the row is looked at as a whole."""
    line = "\t".join(["\\N" if value is None else value for value in row])
    if line.count("\\") != row.count(None) or line.count("\t") != len(row) - 1 or not _single(line):
        line = "\t".join(["\\N" if value is None else value.translate(_ESCAPES) for value in row])
    return line + "\n"


def _single(line: str) -> bool:
    return "\n" not in line and "\r" not in line
