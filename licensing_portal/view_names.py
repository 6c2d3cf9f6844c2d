"""The name of the view that answered a request, for logs and metrics: few values, and none that somebody typed."""

from django.conf import settings
from django.http import HttpRequest

OTHER = "other"
NO_VIEW, STATIC = "none", "static"


def view_of(request: HttpRequest) -> str:
    """Return the name of the view that answered; ``static`` for static files, ``none`` for addresses without a view."""
    match = getattr(request, "resolver_match", None)
    if match is not None:
        return match.view_name or OTHER
    return STATIC if request.path_info.startswith(settings.STATIC_URL) else NO_VIEW
