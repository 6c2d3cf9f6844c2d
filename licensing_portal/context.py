"""The context processor of the page frame."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licences.views.begin_once import SENT_FORMS
from licensing_portal.accounts.operations import sessions

STAFF = "is_staff"
# Name of the page, label, and the permission that its link needs.
_SECTIONS: tuple[tuple[str, Promise, str], ...] = (
    ("desk", _("Desk"), ""),
    ("relicensings", _("Re-licensing"), "licences.view_relicensing"),
    ("imports", _("Imports"), "licences.view_fileimport"),
    ("quality", _("Quality"), "licences.view_relicensing"),
    ("register", _("Register"), "licences.register_installation"),
    ("events", _("Log"), "licences.view_logcheck"),
    ("admin:index", _("Administration"), STAFF),
)


@dataclass(frozen=True, slots=True)
class Section:
    """A link of the navigation. ``current`` is its ``aria-current``: ``page``, ``true`` on pages below it, or empty."""

    url: str
    label: Promise
    current: str


def portal(request: HttpRequest) -> dict[str, object]:
    """Return the context. What is a function is computed only on pages with a header."""
    return {
        "demo": settings.DEMO,
        "mail_is_sent": settings.MAIL_IS_SENT,
        "second_factor_off": settings.SECOND_FACTOR == "optional",
        "navigation": lambda: _navigation(request),
        "session_seconds": lambda: sessions.time_left(request).seconds,
        "sent_forms": lambda: " ".join(request.session.get(SENT_FORMS, [])),
    }


def _navigation(request: HttpRequest) -> list[Section]:
    """Return the sections that the user may open."""
    urls = ((name, reverse(name), label) for name, label, permission in _SECTIONS if _may_open(request, permission))
    return [Section(url, label, _current(request.path, name, url)) for name, url, label in urls]


def _may_open(request: HttpRequest, permission: str) -> bool:
    if permission == STAFF:
        return request.user.is_staff
    return not permission or request.user.has_perm(permission)


def _current(path: str, name: str, url: str) -> str:
    if path == url:
        return "page"
    return "true" if name != "desk" and path.startswith(url) else ""
