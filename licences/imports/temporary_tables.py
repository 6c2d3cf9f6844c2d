"""Temporary tables of a judgement, visible to this connection alone, in the SQL of each database."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from django.db import connection

_CHUNK = 1_000
_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgresql": "bigint PRIMARY KEY"}


def create(tables: Mapping[str, str]) -> None:
    """Create temporary tables for this connection, or empty those that exist.

    ``tables`` maps a name to its columns as SQL, in which ``{key}`` stands for an integer primary key.
    """
    key = _KEY[connection.vendor]
    statements = [
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({columns.format(key=key)})" for name, columns in tables.items()
    ]
    _run(_limits() + statements + [f"DELETE FROM {_TEMPORARY[connection.vendor]}.{name}" for name in tables])


# PostgreSQL's settings for this work: memory for most of a file, and no compilation of statements that run once.
# A connection that has used a temporary table accepts no other ``temp_buffers``, so the value is always the same.
_LIMITS = {"work_mem": "96MB", "temp_buffers": "64MB", "jit": "off"}


def _limits() -> list[str]:
    """Statements that set what memory and planning statements on temporary tables may use, on PostgreSQL.

    This holds until the end of the transaction or, outside of one, of the connection.
    """
    if connection.vendor != "postgresql":
        return []
    local = "LOCAL" if connection.in_atomic_block else "SESSION"
    return [
        f"SET {'SESSION' if name == 'temp_buffers' else local} {name} = '{value}'" for name, value in _LIMITS.items()
    ]


_TEMPORARY = {"sqlite": "temp", "postgresql": "pg_temp"}


def drop(tables: Mapping[str, str]) -> None:
    """Drop temporary tables, given as for ``create``; this releases the space of a large file."""
    _run([f"DROP TABLE IF EXISTS {_TEMPORARY[connection.vendor]}.{name}" for name in tables])


def _run(statements: list[str]) -> None:
    """Execute the statements, on PostgreSQL in one round trip."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("; ".join(statements))  # one round trip
        else:
            for statement in statements:
                cursor.execute(statement)


def analyze(*tables: str) -> None:
    """Have PostgreSQL collect statistics of tables that were just filled, since its plans depend on them."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(tables)}")


def analyze_grown(table: str) -> None:
    """Have PostgreSQL collect statistics of a table that is more than twice as large as when it last did.

    It does so itself within a minute. Many orders of a shop, one after the other, are faster than that: with the
    statistics of an empty table, it compared every new customer with every known one.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_HAS_GROWN, [table])
            if cursor.fetchone() == (True,):
                cursor.execute(f"ANALYZE {table}")


_HAS_GROWN = """
SELECT pg_relation_size(oid) / current_setting('block_size')::bigint > 2 * greatest(relpages, 25)
FROM pg_class WHERE oid = %s::regclass
"""


def check_references() -> None:
    """Have PostgreSQL check now the foreign keys that it would check at the commit; may raise ``IntegrityError``.

    The checks are slow after a large import, and recording its event locks the event log: done before, they keep
    nobody waiting who writes an event. Later writes of the transaction are checked row by row.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def next_id(table: str, number: str = "row_number() OVER ()") -> str:
    """SQL for free primary keys of a table: the next one for each row that a statement inserts.

    ``number`` is SQL that counts the rows of the statement from 1.
    """
    if connection.vendor == "postgresql":
        return f"nextval('{_sequence(table)}')"
    return f"(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = '{table}') + {number}"


@cache
def _sequence(table: str) -> str:
    """The name of the PostgreSQL sequence of a table's ids, looked up once in a process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        return str(cursor.fetchone()[0])


def concatenated(expression: str) -> str:
    """SQL of an aggregate that joins the texts of an expression, separated by spaces."""
    function = "string_agg" if connection.vendor == "postgresql" else "group_concat"
    return f"{function}({expression}, ' ')"


def rows_of(statement: str) -> Iterator[tuple[Any, ...]]:
    """The rows that a statement reads, fetched in chunks: they are never all in memory."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        while chunk := cursor.fetchmany(_CHUNK):
            yield from chunk
