"""Tables for the length of one judgement, seen by this connection alone, in the words of each database."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import Any

from django.db import connection

_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgresql": "bigint PRIMARY KEY"}


def create(tables: Mapping[str, str]) -> None:
    """Have the tables, empty: name → columns, ``{key}`` for a whole number that is the primary key."""
    key = _KEY[connection.vendor]
    made = [
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({columns.format(key=key)})" for name, columns in tables.items()
    ]
    _make_room()
    _run(made + [f"DELETE FROM {_TEMPORARY[connection.vendor]}.{name}" for name in tables])


# What PostgreSQL is told for such work: it has most of a file in memory, and compiles no statement that runs once.
# A connection takes no other ``temp_buffers`` once it has had a temporary table, so they are the same for all.
_ROOM = {"work_mem": "96MB", "temp_buffers": "64MB", "jit": "off"}


def _make_room() -> None:
    """To the end of the transaction, or where there is none, of the connection."""
    if connection.vendor == "postgresql":
        local = connection.in_atomic_block
        settings = [(name, value, local and name != "temp_buffers") for name, value in _ROOM.items()]
        with connection.cursor() as cursor:
            calls = ", ".join(["set_config(%s, %s, %s)"] * len(settings))
            cursor.execute(f"SELECT {calls}", list(chain.from_iterable(settings)))


_TEMPORARY = {"sqlite": "temp", "postgresql": "pg_temp"}


def drop(tables: Mapping[str, str]) -> None:
    """Give back what the tables of a large file take."""
    _run([f"DROP TABLE IF EXISTS {_TEMPORARY[connection.vendor]}.{name}" for name in tables])


def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("; ".join(statements))  # one round trip
        else:
            for statement in statements:
                cursor.execute(statement)


def analyze(*tables: str) -> None:
    """Let PostgreSQL look at tables that were just filled: it plans by what it knows of them."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"ANALYZE {table}")


def check_references() -> None:
    """Let PostgreSQL make the checks of foreign keys that it puts off until the commit; ``IntegrityError`` here.

    They take long after a large import, and before its end the chain of events is locked: made first, nobody who
    writes an event waits for them. What is written afterwards is checked row by row.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def next_id(table: str, number: str = "row_number() OVER ()") -> str:
    """An expression for the next id of a table, for every row of a statement; ``number`` counts the rows from 1."""
    if connection.vendor == "postgresql":
        return f"nextval('{_sequence(table)}')"
    return f"(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = '{table}') + {number}"


def _sequence(table: str) -> str:
    """Looked up once, not by every row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        return str(cursor.fetchone()[0])


def joined(expression: str) -> str:
    """An aggregate of texts, with a blank between them."""
    function = "string_agg" if connection.vendor == "postgresql" else "group_concat"
    return f"{function}({expression}, ' ')"


@contextmanager
def chunked_cursor() -> Iterator[Any]:
    """A cursor whose rows are fetched chunk by chunk, and not all kept in memory."""
    with connection.chunked_cursor() as cursor:
        yield cursor
