"""The tables of the administration in groups that mean something to those who look for one."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Title of each group, and its models. A model that is in none comes last, under *Internal*.
GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (_("People"), ("auth.user", "auth.group", "accounts.lockout", "accounts.signinevent")),
    (_("Other systems"), ("licences.programkey", "licences.webhook", "licences.webhookdelivery")),
    (
        _("Catalogue"),
        ("licences.product", "licences.release", "licences.crmapplication", "licences.supportcontact",
         "licences.senderprofile"),
    ),
    (
        _("Records"),
        ("customers.customer", "customers.site", "licences.serial", "licences.registration", "licences.installation",
         "licences.unlockcode", "licences.relicensing", "licences.emergency", "licences.licencegrant",
         "licences.balance", "licences.note", "licences.fileimport"),
    ),
    (
        _("Log"),
        ("licences.event", "licences.refusedaccess", "licences.refusedclaim", "licences.serialguess",
         "licences.codedelivery"),
    ),
)  # fmt: skip
INTERNAL = _("Internal")


def grouped_tables(apps: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the tables of Django's list of apps in groups, as apps that the templates of the administration can show.

    Tables that the user may not open are not in ``apps``, and groups without any are left out.
    """
    tables = {each["model"]._meta.label_lower: each for app in apps for each in app["models"]}
    found = [(title, [tables.pop(label) for label in labels if label in tables]) for title, labels in GROUPS]
    found.append((INTERNAL, sorted(tables.values(), key=lambda each: str(each["name"]))))
    return [_as_app(number, title, models) for number, (title, models) in enumerate(found, start=1) if models]


def _as_app(number: int, title: Promise, models: list[dict[str, Any]]) -> dict[str, Any]:
    """The group as an app of the list; it has no page of its own."""
    return {
        "name": title,
        "app_label": f"group-{number}",
        "app_url": f"{reverse('admin:index')}#group-{number}",
        "has_module_perms": True,
        "models": models,
    }
