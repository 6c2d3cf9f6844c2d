"""System checks of the database: append-only triggers and the search index.

``manage.py check --database default`` runs them, and so does ``migrate`` before it starts.
"""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.utils.translation import gettext as _

from licences.database import append_only, search_index
from licences.operations import search


@register(Tags.database)
def check_append_only_triggers(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Report each missing append-only trigger as an error (licences.E001)."""
    return [
        Error(
            _("Trigger %(name)s is missing on database '%(alias)s': append-only records are not protected.")
            % {"name": name, "alias": alias},
            hint=_("Run 'manage.py migrate --skip-checks', which installs it."),
            id="licences.E001",
        )
        for alias in databases or ()
        for name in append_only.missing_triggers(connections[alias])
    ]


@register(Tags.database)
def check_search_index(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Report a missing search index (licences.E002), or serial numbers that are not in it yet (licences.W001)."""
    messages: list[CheckMessage] = [
        Error(
            _("%(name)s is missing on database '%(alias)s': the look-up cannot search.")
            % {"name": name, "alias": alias},
            hint=_("Run 'manage.py migrate licences 0005_look_up --skip-checks', and 'manage.py migrate' again."),
            id="licences.E002",
        )
        for alias in databases or ()
        for name in search_index.missing(connections[alias])
    ]
    if not messages and "default" in (databases or ()) and _is_migrated() and search.has_unindexed_serials():
        hint = _("Run 'manage.py index_search'.")
        messages.append(Warning(_("Some serial numbers have no search text yet."), hint=hint, id="licences.W001"))
    return messages


def _is_migrated() -> bool:
    return search_index.TEXTS in connections["default"].introspection.table_names()
