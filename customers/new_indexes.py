"""Indexes on large tables, made by a migration while others write (docs/decisions.md#schema-changes)."""

from collections.abc import Sequence
from typing import Any

from django.db import migrations
from django.db.models import Index


def add_indexes(app: str, model: str, indexes: Sequence[Index]) -> migrations.SeparateDatabaseAndState:
    """Return the operation that adds indexes to a model of an app, for a migration with ``atomic = False``.

    On PostgreSQL they are made concurrently, as ten million rows take seconds. An index that was left unfinished is
    made again. Reversible.
    """

    def add(apps: Any, schema_editor: Any) -> None:
        for index in indexes:
            schema_editor.execute(f'DROP INDEX IF EXISTS "{index.name}"')
            schema_editor.add_index(apps.get_model(app, model), index, **_options(schema_editor))

    def remove(apps: Any, schema_editor: Any) -> None:
        for index in indexes:
            schema_editor.remove_index(apps.get_model(app, model), index, **_options(schema_editor))

    return migrations.SeparateDatabaseAndState(
        database_operations=[migrations.RunPython(add, remove, atomic=False)],
        state_operations=[migrations.AddIndex(model, index) for index in indexes],
    )


def _options(schema_editor: Any) -> dict[str, bool]:
    return {"concurrently": True} if schema_editor.connection.vendor == "postgresql" else {}
