"""System checks of users and e-mail in the database (``manage.py check --database default``)."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.db.models import Model
from django.utils.translation import gettext as _

from licences.models import CodeDelivery
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


@register(Tags.database)
def check_codes_are_sent(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse ``EMAIL_URL=none`` where unlock codes still wait to be sent by e-mail."""
    if settings.MAIL_IS_SENT or "default" not in (databases or ()) or not _is_migrated(CodeDelivery):
        return []
    waiting = CodeDelivery.objects.using("default").filter(state=CodeDelivery.State.QUEUED).count()
    if not waiting:
        return []
    words = _("Unlock codes wait to be sent by e-mail, and EMAIL_URL is none: %(count)s.") % {"count": waiting}
    hint = _("Set EMAIL_URL to a mail server, and start the worker.")
    return [Error(words, hint=hint, id="accounts.E001")]


def _is_migrated(model: type[Model] = User) -> bool:
    return model._meta.db_table in connections["default"].introspection.table_names()
