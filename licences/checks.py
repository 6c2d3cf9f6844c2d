"""System checks for what the code cannot see: the triggers in the database."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from licences import append_only


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
