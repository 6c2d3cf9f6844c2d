"""Data that takes long to make, for tests that commit: made once in a run, and copied back after it was emptied.

Beginnings (beginnings.py) do the same for tests whose changes are rolled back.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction

from tests.emptying import kept_rows, written_tables


class MadeOnce:
    """Call it on an empty database. ``make`` fills that the first time; after that its rows are copied back.

    It is made again where groups or permissions are not those of the first time, since its rows lead to them.
    """

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make
        self._copies: dict[str, str] = {}  # table → its copy, in the same database
        self._made_for: list[list[Any]] | None = None

    def __call__(self) -> None:
        cache.clear()  # of what another test showed of rows with the same keys
        if self._made_for == kept_rows():
            _run(f"INSERT INTO {table} SELECT * FROM {copy}" for table, copy in self._copies.items())
            return
        self._make()
        _run(f"DROP TABLE {copy}" for copy in self._copies.values())
        self._copies = {table: f"made_once_{number}" for number, table in enumerate(written_tables())}
        _run(f"CREATE TABLE {copy} AS SELECT * FROM {table}" for table, copy in self._copies.items())
        self._made_for = kept_rows()


def _run(statements: Iterable[str]) -> None:
    """Foreign keys are checked at the end, so that the order of the tables does not matter."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
