"""The page that a user comes back to: after logging in, and after a form that was not accepted."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

DESK = "/"
# Addresses that only take forms, and yet show a page where a form has errors: its parent is the page to open.
_WITHOUT_PAGE = frozenset(
    {
        "relicensing-decide",
        "relicensing-emergency",
        "relicensing-confirm",
        "relicensing-issue",
        "relicensing-withdraw",
        "emergency-settle",
        "emergency-decide",
        "emergency-withdraw",
        "import-confirm",
        "import-similar",
        "import-withdraw",
        "serial-update",
    }
)
_NOT_RETURNED_TO = frozenset({"account_login", "login", "account_logout", "logout", "set_language"})


def way_back(request: HttpRequest) -> str:
    """Return the path of the page the user was on: the requested one, or, for a POST, the one with the form.

    A POST is not sent again by itself. The page with the form is the referring page if that is a page of this portal,
    otherwise the desk.
    """
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return _referring_page(request) or DESK


def _referring_page(request: HttpRequest) -> str:
    """Return the path and query of the referring page, "" if it is outside the portal or cannot be opened."""
    referrer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referrer, allowed_hosts={request.get_host()}):
        return ""
    parts = urlsplit(referrer)
    try:
        name = resolve(parts.path).url_name
    except Resolver404:
        return ""
    if name in _NOT_RETURNED_TO:
        return ""
    if name in _WITHOUT_PAGE:
        return parts.path.rstrip("/").rpartition("/")[0] + "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
