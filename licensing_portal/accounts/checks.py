"""System checks of the users in the database (``manage.py check --database default``)."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections
from django.utils.translation import gettext as _

from licensing_portal.accounts import usernames


@register(Tags.database)
def check_folded_names(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn about users whose names differ only in what folding removes. A later version makes the database refuse such
    names.
    """
    if "default" not in (databases or ()) or not _is_migrated():
        return []
    names = User.objects.using("default").order_by("pk").values_list("username", flat=True)
    return [
        Warning(
            _("These users have one name in several spellings: %(names)s.") % {"names": ", ".join(map(ascii, group))},
            hint=_("Rename all but one of them in the administration, under Users: a later version refuses them."),
            id="accounts.W001",
        )
        for group in usernames.names_that_fold_to_one(names)
    ]


def _is_migrated() -> bool:
    return User._meta.db_table in connections["default"].introspection.table_names()
