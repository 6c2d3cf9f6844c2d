"""Request bodies: limited in size before they are read, then parsed as JSON in UTF-8."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.parser import Parser

from licences.domain.errors import Refusal

View = Callable[..., HttpResponse]

_CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii", "")  # text in ASCII is UTF-8 as well


def with_json_body(*, limit: int, refuse: Callable[[Refusal], HttpResponse]) -> Callable[[View], View]:
    """Decorator of a view: answers what is wrong with a body before anything parses it.

    ``refuse`` answers the refusals of ``require_json_body``.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            try:
                require_json_body(request, limit=limit)
            except Refusal as refusal:
                return refuse(refusal)
            return view(request, *args, **kwargs)

        return limited

    return decorate


def require_json_body(request: HttpRequest, *, limit: int) -> None:
    """Refuse a body that is not JSON in UTF-8, or has more than ``limit`` bytes, before it is parsed.

    ``Refusal``: ``unsupported-media-type``, ``charset-not-utf-8``, ``transfer-coding-unknown``, ``body-too-large``.
    """
    _require_json(request)
    _require_size(request, limit)


def _require_json(request: HttpRequest) -> None:
    """``Refusal``: ``unsupported-media-type``, ``charset-not-utf-8``."""
    if request.content_type != "application/json":
        raise Refusal("unsupported-media-type")
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.lower() not in _CHARSETS:
        raise Refusal("charset-not-utf-8")


def _require_size(request: HttpRequest, limit: int) -> None:
    """Refuse a body beyond the limit. A chunked body has no length, so it is read up to the limit.

    A body in another transfer coding, such as ``gzip, chunked``, would be read as an empty one. ``Refusal``:
    ``body-too-large``, ``transfer-coding-unknown``.
    """
    coding = request.META.get("HTTP_TRANSFER_ENCODING", "").strip().lower()
    if coding not in ("", "identity", "chunked"):
        raise Refusal("transfer-coding-unknown")
    if coding == "chunked" and request.META.get("wsgi.input_terminated"):
        request._body = request.META["wsgi.input"].read(limit + 1)  # without a length, Django reads nothing
        fits = len(request.body) <= limit
    else:
        length = request.META.get("CONTENT_LENGTH") or "0"
        fits = length.isdecimal() and int(length) <= limit
    if not fits:
        raise Refusal("body-too-large", limit=limit)


class JSONParser(Parser):
    """Parses JSON, after a byte order mark if there is one.

    Refuses ``NaN`` and ``Infinity``, which are not JSON; ``json`` refuses what is nested too deep.
    """

    def parse_body(self, request: HttpRequest) -> Any:
        """``ValueError`` or ``RecursionError`` for an unreadable body; ninja answers it as ``HttpError``."""
        return json.loads(request.body.decode("utf-8-sig"), parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"JSON has no {name}")
