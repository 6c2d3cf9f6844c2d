"""Prepared statements on PostgreSQL: planning a small query takes longer than answering it.

By PREPARE, once per connection, and EXECUTE through Django's own cursor, so that it is seen and wrapped as all queries
are. What a connection has prepared goes with it. Only for statements that one plan answers, whatever their parameters.
"""

from collections.abc import Sequence
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.db import NotSupportedError, ProgrammingError

_names: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()  # by connection of the driver: SQL → name
_numbers = count(1)


def execute(cursor: Any, sql: str, parameters: Sequence[Any]) -> None:
    """Execute a statement with ``%s`` for its parameters, prepared where the database can, and elsewhere as it is."""
    if cursor.db.vendor != "postgresql":
        cursor.execute(sql, parameters)
        return
    names = _names.setdefault(cursor.db.connection, {})
    if sql not in names:
        name = f"portal_{next(_numbers)}"
        with cursor.db.wrap_database_errors:
            cursor.cursor.execute(f"PREPARE {name} AS {_numbered(sql, len(parameters))}")
        names[sql] = name
    try:
        cursor.execute(_executing(names[sql], len(parameters)), parameters)
    except (NotSupportedError, ProgrammingError):
        names.pop(sql, None)  # a migration changed a table, say, and the plan is of no use any more
        raise


def _numbered(sql: str, count: int) -> str:
    return sql % tuple(f"${number}" for number in range(1, count + 1))


def _executing(name: str, count: int) -> str:
    return f"EXECUTE {name} ({', '.join(['%s'] * count)})" if count else f"EXECUTE {name}"
