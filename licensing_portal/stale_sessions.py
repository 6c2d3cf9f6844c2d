"""Sessions whose user was deactivated or deleted."""

from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from licences.views.access_denials import record_denial


def log_stale_sessions(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, after authentication: log requests with such a session, which opens no page any more."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.session.accessed and SESSION_KEY in request.session and not request.user.is_authenticated:
            record_denial(request, "session-ended")
            request.session.flush()
        return response

    return middleware
