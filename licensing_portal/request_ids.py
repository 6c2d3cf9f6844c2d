"""The id of a request: in its response, on pages about faults, in each log line of it and of the tasks that it began.

Rule: docs/watching.md#logs.
"""

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from time import perf_counter

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from licensing_portal.view_names import view_of

HEADER = "X-Request-ID"
_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{8,64}")

log = logging.getLogger("requests")
current_request: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)
current_task: ContextVar[dict[str, str]] = ContextVar("current_task", default={})  # noqa: B039  (never changed)


def identify_requests(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: gives every request an id. It is the outermost, so that all others can log with it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        request.request_id = id_from_proxy(request) or uuid.uuid4().hex  # type: ignore[attr-defined]
        token = current_request.set(request)
        try:
            response = get_response(request)
            said = (request.method, view_of(request), response.status_code, round(1000 * (perf_counter() - began)))
            log.info("%s %s %s in %s ms", *said, extra={"status_code": response.status_code})
        finally:
            current_request.reset(token)
        response.headers[HEADER] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware


def id_from_proxy(request: HttpRequest) -> str:
    """Return the id that the proxy gave, or "".

    Without a trusted proxy, or if it is not well-formed, it may be anything that a client made up.
    """
    given = request.headers.get(HEADER, "") if settings.TRUSTED_PROXY_COUNT else ""
    return given if _WELL_FORMED.fullmatch(given) else ""


def request_id_of(request: HttpRequest | None) -> str:
    """Return the id of a request; "" for none, and for one that did not pass ``identify_requests``."""
    return getattr(request, "request_id", "")


def context_of(record: logging.LogRecord) -> dict[str, str | int]:
    """Return ``request_id``, ``view``, ``status`` and ``task`` of a record, as far as they are known."""
    request = getattr(record, "request", None)
    request = request if isinstance(request, HttpRequest) else current_request.get()
    context: dict[str, str | int] = {**current_task.get()}
    if request is not None:
        context |= {"request_id": request_id_of(request), "view": view_of(request)}
    status = getattr(record, "status_code", None)
    return context if status is None else context | {"status": status}
