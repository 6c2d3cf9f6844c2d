"""Running statements over all rows of an import."""

from typing import Any

from django.db import connection
from django.utils import timezone

from licences.models import FileImport


class Steps:
    """Runs statements with the import's range of row keys, its id and the time; says how many rows each touched."""

    def __init__(self, file_import: FileImport) -> None:
        lo, hi = file_import.row_ids
        self.now = connection.ops.adapt_datetimefield_value(timezone.now())
        self.parameters = {"lo": lo, "hi": hi, "file_import": file_import.pk or None, "now": self.now}

    def __call__(self, statement: str, **parameters: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, self.parameters | parameters)
            return int(cursor.rowcount)

    def hold(self, statement: str) -> None:
        """Lock the rows that a query finds, in its order. On SQLite the transaction is the lock."""
        if connection.vendor == "postgresql":
            self(f"{statement} FOR NO KEY UPDATE")

    def all(self, statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self.parameters)
            return list(cursor.fetchall())
