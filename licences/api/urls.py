"""Addresses of the API. What comes in is measured before it is read; a login is not asked for and gives no rights."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from licences.api.docs import docs
from licences.api.problems import BODY_LIMIT, problem_response
from licences.api.routes import api

View = Callable[..., HttpResponse]


def _measured(view: View) -> View:
    """Refuse a body that is no JSON, or too large, before anything reads it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method == "POST":
            if request.content_type != "application/json":
                return problem_response("unsupported-media-type")
            if not _fits(request):
                return problem_response("body-too-large")
        return view(request, *args, **kwargs)

    return login_not_required(guarded)


def _fits(request: HttpRequest) -> bool:
    """Whether the body is within the limit. One that comes in chunks says no length, so it is read as far as that."""
    if request.META.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked" and request.META.get(
        "wsgi.input_terminated"
    ):
        request._body = request.META["wsgi.input"].read(BODY_LIMIT + 1)  # Django itself reads none without a length
        return len(request.body) <= BODY_LIMIT
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdecimal() and int(length) <= BODY_LIMIT


_patterns, _application, app_name = api.urls
for _pattern in _patterns:
    if isinstance(_pattern, URLPattern):
        _pattern.callback = _measured(_pattern.callback)
urlpatterns = [*_patterns, path("docs", login_not_required(docs), name="docs")]
