"""Names of browsers, and whether a user has logged in with this browser before."""

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

# In this order: most browsers also call themselves by the names of others.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_SALT = "known devices"
_A_YEAR = 365 * 24 * 60 * 60
_PEOPLE = 20  # that share one browser


def device_name(user_agent: str) -> str:
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return ", ".join(filter(None, (browser, system))) or _("Unknown device")


def is_known(request: HttpRequest, user: User) -> bool:
    return str(user.pk) in _known(request)


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Remember the user in a signed cookie that holds nothing but user numbers."""
    others = [each for each in _known(request) if each != str(user.pk)]
    response.set_signed_cookie(
        settings.KNOWN_DEVICE_COOKIE_NAME,
        ".".join([str(user.pk), *others][:_PEOPLE]),
        salt=_SALT,
        max_age=_A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> list[str]:
    value = request.get_signed_cookie(settings.KNOWN_DEVICE_COOKIE_NAME, default="", salt=_SALT, max_age=_A_YEAR)
    return [each for each in str(value or "").split(".") if each]
