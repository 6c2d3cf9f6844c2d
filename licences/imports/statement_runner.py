"""Running SQL statements over all rows of an import."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from licences.models import FileImport


@dataclass(frozen=True, slots=True)
class AppliedRows:
    """The number of rows that were applied, and the digests of their records for the event (``operations.digests``)."""

    rows: int
    digests: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JudgedTotals:
    """What a judgement found besides outcomes: new serial numbers, new customers, and what waits for a decision.

    ``to_confirm``: kind of ``RecordPair`` → number of rows, without zeros; these rows count as rejected until then.
    ``unusual_quantities``: ``count``, and ``rows``: the first of them, each with ``row``, ``quantity``, the ``usual``
    one, and ``of`` what it is usual, ``site`` or ``file``; empty where no quantity is unusual.
    """

    new_serials: int = 0
    new_customers: int = 0
    to_confirm: dict[str, int] = field(default_factory=dict)
    unusual_quantities: dict[str, Any] = field(default_factory=dict)


class StatementRunner:
    """Runs statements with the parameters of an import; calling it returns how many rows a statement changed.

    Every statement may use ``%(lo)s`` and ``%(hi)s`` (the range of the row keys), ``%(file_import)s`` and ``%(now)s``,
    which is one moment for all statements of a runner.
    """

    def __init__(self, file_import: FileImport) -> None:
        """Prepare to run statements on the rows of this import; reads the clock once."""
        lo, hi = file_import.row_ids
        self.now = connection.ops.adapt_datetimefield_value(timezone.now())
        self.parameters = {"lo": lo, "hi": hi, "file_import": file_import.pk or None, "now": self.now}

    def __call__(self, statement: str, **parameters: Any) -> int:
        """Run one statement, with further parameters by name; returns how many rows it changed."""
        with connection.cursor() as cursor:
            cursor.execute(statement, self.parameters | parameters)
            return int(cursor.rowcount)

    def lock_rows(self, statement: str) -> None:
        """Lock the rows that a query, ``statement``, selects, in its order. On SQLite the transaction is the lock."""
        if connection.vendor == "postgresql":
            self(f"{statement} FOR NO KEY UPDATE")

    def fetch_all(self, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """Run a query and return all its rows, held in memory.

        ``parameters`` are added to those of the import.
        """
        with connection.cursor() as cursor:
            cursor.execute(statement, self.parameters | parameters)
            return list(cursor.fetchall())
