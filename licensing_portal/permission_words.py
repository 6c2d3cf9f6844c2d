"""What a permission allows, in words. Django keeps the names of permissions in English in the database."""

from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Permission
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

_ACTIONS: dict[str, Promise] = {
    "add": gettext_lazy("Add"),
    "change": gettext_lazy("Change"),
    "delete": gettext_lazy("Delete"),
    "view": gettext_lazy("View"),
}


def permission_in_words(permission: Permission) -> str:
    """Return the part of the portal, the records and what may be done, such as ``Customers | customer | Add``.

    Permissions with a sentence of their own have that, in the reader's language. A permission whose records are gone
    has the name that it was stored with.
    """
    return f"{permission.content_type} | {_allowed(permission)}"


def _allowed(permission: Permission) -> str:
    model = permission.content_type.model_class()
    if model is not None:
        for action, words in _ACTIONS.items():
            if permission.codename == get_permission_codename(action, model._meta):
                return str(words)
    return gettext(permission.name)
