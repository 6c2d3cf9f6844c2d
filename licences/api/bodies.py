"""Bodies of requests: measured before they are read, and read as JSON in UTF-8."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.parser import Parser

from licences.api.problems import BODY_LIMIT, problem_response

View = Callable[..., HttpResponse]


def with_json_body(view: View) -> View:
    """Refuse a body that is no JSON, or too large, before anything reads it."""

    @wraps(view)
    def measured(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.content_type != "application/json":
            return problem_response("unsupported-media-type")
        if not _fits(request):
            return problem_response("body-too-large")
        return view(request, *args, **kwargs)

    return measured


def _fits(request: HttpRequest) -> bool:
    """Whether the body is within the limit. One that comes in chunks says no length, so it is read as far as that."""
    chunked = request.META.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    if chunked and request.META.get("wsgi.input_terminated"):
        request._body = request.META["wsgi.input"].read(BODY_LIMIT + 1)  # Django itself reads none without a length
        return len(request.body) <= BODY_LIMIT
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdecimal() and int(length) <= BODY_LIMIT


class JSONParser(Parser):
    """Numbers that JSON does not know are refused; so is what is nested too deep, by ``json`` itself."""

    def parse_body(self, request: HttpRequest) -> Any:
        return json.loads(request.body.decode(), parse_constant=_no_such_number)


def _no_such_number(name: str) -> None:
    raise ValueError(f"JSON has no {name}")
