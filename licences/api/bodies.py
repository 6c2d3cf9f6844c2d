"""Request bodies: limited in size before they are read, then parsed as JSON in UTF-8."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.parser import Parser

from licences.api.problems import BODY_LIMIT, problem_response
from licences.wording.servers import sentence_at_the_server

View = Callable[..., HttpResponse]

_CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii", "")  # text in ASCII is UTF-8 as well


def with_json_body(view: View) -> View:
    """Decorator of a view: answers ``unsupported-media-type`` or ``body-too-large`` before anything parses the body."""

    @wraps(view)
    def limited(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.content_type != "application/json":
            return problem_response("unsupported-media-type")
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() not in _CHARSETS:
            return problem_response("unsupported-media-type", detail=sentence_at_the_server("charset-not-utf-8"))
        if not _fits(request):
            return problem_response("body-too-large")
        return view(request, *args, **kwargs)

    return limited


def _fits(request: HttpRequest) -> bool:
    """Whether the body is within ``BODY_LIMIT``. A chunked body has no length, so it is read up to the limit."""
    chunked = request.META.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    if chunked and request.META.get("wsgi.input_terminated"):
        request._body = request.META["wsgi.input"].read(BODY_LIMIT + 1)  # without a length, Django reads nothing
        return len(request.body) <= BODY_LIMIT
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdecimal() and int(length) <= BODY_LIMIT


class JSONParser(Parser):
    """Parses JSON, after a byte order mark if there is one.

    Refuses ``NaN`` and ``Infinity``, which are not JSON; ``json`` refuses what is nested too deep.
    """

    def parse_body(self, request: HttpRequest) -> Any:
        """``ValueError`` or ``RecursionError`` for an unreadable body; ninja answers it as ``HttpError``."""
        return json.loads(request.body.decode("utf-8-sig"), parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"JSON has no {name}")
