"""Emptying the database after a test that commits: Django's flush, for a twentieth of its time.

A flush empties every table and makes content types, permissions and roles anew. Here only tables with rows in them are
emptied, and what every portal begins with stays, unless the test has changed it or its triggers.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from licences.database import append_only

# What migrate leaves behind in every database
_KEPT = (ContentType, Permission, Group, Group.permissions.through)


class Emptying:
    """``flush``: Django's own, for what cannot be told apart from what was there: the first time, and after changes."""

    def __init__(self, flush: Callable[[Any], None]) -> None:
        self.flush = flush
        self.kept: list[list[Any]] | None = None

    def __call__(self, case: Any) -> None:
        with append_only.exemption(connection, append_only.ExemptionPurpose.EMPTY_TABLES):
            if self.kept == kept_rows() and not append_only.missing_triggers(connection):
                _empty(written_tables())
                return
            self.flush(case)
        self.kept = kept_rows()


def kept_rows() -> list[list[Any]]:
    """What migrate has left behind: content types, permissions and roles."""
    return [list(model._default_manager.order_by("pk").values_list()) for model in _KEPT]


def written_tables() -> list[str]:
    """The tables with rows in them, but for those that migrate fills."""
    kept = {model._meta.db_table for model in _KEPT}
    tables = sorted(set(connection.introspection.django_table_names(only_existing=True)) - kept)
    asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [table for (table,) in cursor.fetchall()]


def _empty(tables: list[str]) -> None:
    """One DELETE each: PostgreSQL's TRUNCATE takes longer, and asks for all the tables that refer to these."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
