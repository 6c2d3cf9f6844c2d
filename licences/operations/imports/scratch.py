"""Tables for the length of one judgement, seen by this connection alone, in the words of each database."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection

_KEY = {"sqlite": "INTEGER PRIMARY KEY", "postgresql": "bigint PRIMARY KEY"}


def create(tables: Mapping[str, str]) -> None:
    """Make the tables anew, empty: name → columns, ``{key}`` for a whole number that is the primary key."""
    with connection.cursor() as cursor:
        for name, columns in tables.items():
            cursor.execute(f"DROP TABLE IF EXISTS {_TEMPORARY[connection.vendor]}.{name}")
            cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns.format(key=_KEY[connection.vendor])})")


_TEMPORARY = {"sqlite": "temp", "postgresql": "pg_temp"}


def drop(tables: Mapping[str, str]) -> None:
    with connection.cursor() as cursor:
        for name in tables:
            cursor.execute(f"DROP TABLE IF EXISTS {_TEMPORARY[connection.vendor]}.{name}")


def analyze(*tables: str) -> None:
    """Let PostgreSQL look at tables that were just filled: it plans by what it knows of them."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"ANALYZE {table}")


def next_id(table: str, number: str = "row_number() OVER ()") -> str:
    """An expression for the next id of a table, for every row of a statement; ``number`` counts the rows from 1."""
    if connection.vendor == "postgresql":
        return f"nextval(pg_get_serial_sequence('{table}', 'id'))"
    return f"(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = '{table}') + {number}"


def joined(expression: str) -> str:
    """An aggregate of texts, with a blank between them."""
    function = "string_agg" if connection.vendor == "postgresql" else "group_concat"
    return f"{function}({expression}, ' ')"


@contextmanager
def chunked_cursor() -> Iterator[Any]:
    """A cursor whose rows are fetched chunk by chunk, and not all kept in memory."""
    with connection.chunked_cursor() as cursor:
        yield cursor
