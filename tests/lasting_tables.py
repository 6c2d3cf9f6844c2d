"""Temporary tables of imports that last as long as the connection, as those of a portal at work do.

Tests run in one transaction for a long time, and roll back after each: every purchase would make its thirty tables
again. A transaction of SQLite that has made a table also pays for it at each of its savepoints that is rolled back:
it then forgets the whole schema and every compiled statement.
"""

import sys
from collections.abc import Mapping
from typing import Any

import pytest
from django.db.backends.signals import connection_created

from licences.imports import temporary_tables


def _definitions() -> dict[str, str]:
    """The tables of all modules of imports: name → columns, as for ``temporary_tables.create``."""
    modules = [module for name, module in sys.modules.items() if name.startswith("licences.imports.")]
    return {name: columns for module in modules for name, columns in getattr(module, "TABLES", {}).items()}


def _make(connection: Any, **_options: Any) -> None:
    key = temporary_tables._KEY[connection.vendor]
    for name, columns in _definitions().items():
        connection.connection.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({columns.format(key=key)})")


def _empty(tables: Mapping[str, str]) -> None:
    """Instead of dropping them."""
    schema = temporary_tables._TEMPORARY[temporary_tables.connection.vendor]
    temporary_tables._run([f"DELETE FROM {schema}.{name}" for name in tables])


def keep(patch: pytest.MonkeyPatch) -> None:
    """Have each new connection begin with them, and none lose them. ``patch`` may be undone."""
    patch.setattr(temporary_tables, "drop", _empty)
    connection_created.connect(_make, dispatch_uid="lasting tables")
