"""A session that outlived its user: he was deactivated or removed while he was logged in."""

from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from licences.refusals import note


def note_stale_sessions(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, after the one for users: such a session opens nothing any more, and who still tries is noted."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.session.accessed and SESSION_KEY in request.session and not request.user.is_authenticated:
            note(request, "session-ended")
            request.session.flush()
        return response

    return middleware
