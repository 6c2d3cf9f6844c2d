"""What every page's frame knows."""

from django.conf import settings
from django.http import HttpRequest

_SECTIONS = ("/relicensing/", "/purchases/imports/", "/quality/", "/registrations/new/", "/admin/")


def portal(request: HttpRequest) -> dict[str, object]:
    """``nav_section`` is where in the navigation the page belongs, ``nav_current`` what ``aria-current`` says of it."""
    path = request.path
    nav_section = "/" if path == "/" else next((each for each in _SECTIONS if path.startswith(each)), "")
    return {
        "demo": settings.DEMO,
        "second_factor_off": settings.SECOND_FACTOR == "optional",
        "nav_section": nav_section,
        "nav_current": "page" if path == nav_section else "true",
    }
