"""System checks for what the code cannot see: the triggers in the database."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from licences import append_only, search_index
from licences.operations import search


@register(Tags.database)
def append_only_triggers(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Run by ``manage.py check --database default`` (and by ``migrate``, before it starts)."""
    return [
        Error(
            f"Trigger {name} is missing on database '{alias}': append-only records are not protected.",
            hint="Run 'manage.py migrate --skip-checks', which installs it.",
            id="licences.E001",
        )
        for alias in databases or ()
        for name in append_only.missing(connections[alias])
    ]


@register(Tags.database)
def search_is_in_step(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """The look-up's index is there, and every serial number is in it."""
    found: list[CheckMessage] = [
        Error(
            f"{name} is missing on database '{alias}': the look-up cannot search.",
            hint="Run 'manage.py migrate licences 0005_look_up --skip-checks', and 'manage.py migrate' again.",
            id="licences.E002",
        )
        for alias in databases or ()
        for name in search_index.missing(connections[alias])
    ]
    if not found and "default" in (databases or ()) and _is_migrated() and search.is_behind():
        hint = "Run 'manage.py index_search'."
        found.append(Warning("Serial numbers wait for their search text.", hint=hint, id="licences.W001"))
    return found


def _is_migrated() -> bool:
    return search_index.TEXTS in connections["default"].introspection.table_names()
