"""Pages for when something went wrong, in the portal's frame."""

import sys

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from licences.refusals import note
from licensing_portal.busy import is_busy

RETRY_AFTER = 10  # seconds


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    note(request, type(exception).__name__)
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    note(request, "permission")
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the request's context: whatever failed may have been part of it."""
    if is_busy(sys.exception()):
        return database_busy(request)
    return render(None, "500.html", status=500)


def database_busy(request: HttpRequest) -> HttpResponse:
    """A large import keeps others from writing for a while. What was typed can be sent again with one button."""
    context = {"fields": _to_send_again(request), "again": _may_be_sent_again(request)}
    try:
        response = render(request, "503.html", context, status=503)
    except DatabaseError:  # so busy that even the frame cannot be read
        response = render(None, "500.html", status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _may_be_sent_again(request: HttpRequest) -> bool:
    """A form without files, which a page cannot keep, and without passwords, which it must not."""
    return request.method == "POST" and not request.FILES and not any("password" in name for name in request.POST)


def _to_send_again(request: HttpRequest) -> list[tuple[str, str]]:
    posted = request.POST.lists() if _may_be_sent_again(request) else []
    return [(name, value) for name, values in posted if name != "csrfmiddlewaretoken" for value in values]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    note(request, "csrf")
    return render(request, "403_csrf.html", status=403)
