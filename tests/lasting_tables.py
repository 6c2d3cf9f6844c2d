"""Temporary tables of imports that last as long as the connection, on SQLite.

A transaction that has made a table pays for it at each of its savepoints that is rolled back: SQLite then forgets the
whole schema and every compiled statement. Tests run in one transaction for a long time, and roll back after each.
"""

import sys
from collections.abc import Mapping
from typing import Any

import pytest
from django.db.backends.signals import connection_created

from licences.imports import temporary_tables

_drop = temporary_tables.drop


def _definitions() -> dict[str, str]:
    """The tables of all modules of imports: name → columns, as for ``temporary_tables.create``."""
    modules = [module for name, module in sys.modules.items() if name.startswith("licences.imports.")]
    return {name: columns for module in modules for name, columns in getattr(module, "TABLES", {}).items()}


def _make(connection: Any, **_options: Any) -> None:
    if connection.vendor == "sqlite":
        for name, columns in _definitions().items():
            columns = columns.format(key=temporary_tables._KEY["sqlite"])
            connection.connection.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({columns})")


def _empty(tables: Mapping[str, str]) -> None:
    """Instead of dropping them."""
    if temporary_tables.connection.vendor == "sqlite":
        temporary_tables._run([f"DELETE FROM temp.{name}" for name in tables])
    else:
        _drop(tables)


def keep(patch: pytest.MonkeyPatch) -> None:
    """Have each new connection begin with them, and none lose them. ``patch`` may be undone."""
    patch.setattr(temporary_tables, "drop", _empty)
    connection_created.connect(_make, dispatch_uid="lasting tables")
