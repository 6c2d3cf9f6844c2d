"""Counting the calls of the API by day, call and outcome (docs/figures.md#calls-of-the-api).

A process keeps its counts for a minute at most before the next request stores them, so that calls need no statement
more; when gunicorn ends a process in the ordinary way, it stores the rest. What a killed process had kept is lost.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from licences import operations
from licences.operations import ApiCall

CALLS = "/api/v1/"
SUCCESS, OTHER = "", "other"
STORE_EVERY = 60.0  # seconds
log = logging.getLogger(__name__)


class _Counts:
    """What this process has counted and not stored, and when it stored last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[ApiCall] = Counter()
        self._stored_at = time.monotonic()

    def add(self, call: ApiCall) -> None:
        with self._lock:
            self._counts[call] += 1

    def store(self, *, after: float = 0) -> None:
        """Store all counts if at least ``after`` seconds have passed since the last time; keep them if that fails."""
        with self._lock:
            if not self._counts or time.monotonic() - self._stored_at < after:
                return
            counts, self._counts = self._counts, Counter()
            self._stored_at = time.monotonic()
        try:
            operations.store_api_calls(counts, now=timezone.now())
        except Error as error:
            with self._lock:
                self._counts.update(counts)
            log.warning("calls of the API are stored later: %s", type(error).__name__)


_counts = _Counts()


def count_calls(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: counts every call of the API, and stores what was counted once a minute, with any request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path_info.startswith(CALLS):
            match = getattr(request, "resolver_match", None)
            outcome = getattr(response, "problem", SUCCESS if response.status_code < 400 else OTHER)
            day = timezone.localtime(timezone.now(), timezone.get_default_timezone()).date()
            _counts.add(ApiCall(day, (match and match.url_name) or OTHER, outcome))
        _counts.store(after=STORE_EVERY)
        return response

    return middleware


def store_counted_calls() -> None:
    """Store what this process has counted, before it ends."""
    _counts.store()
