"""Tracks whether anything was stored before a request failed. Only if not may a page say that nothing was changed."""

import re
from collections.abc import Callable
from traceback import walk_tb
from typing import Any

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse

from licensing_portal.outages import Outage, chain_of, outage_of

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
_WRITE = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE)
# What is written beside the work itself: counts, sessions, what is kept for a while.
_BESIDE = {
    "licences_ratelimit",
    "licences_refusedclaim",
    "licences_refusedaccess",
    "django_session",
    "usersessions_usersession",
    "accounts_cacheentry",
}


class WriteTracker:
    """The writes of one request. ``stored`` is set once something is committed, or may be."""

    stored = False

    def watch(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """A wrapper around statements, as ``connection.execute_wrapper`` takes it."""
        written = _WRITE.match(sql) if isinstance(sql, str) else None
        if written is None or written[1] in _BESIDE:
            return execute(sql, params, many, context)
        try:
            result = execute(sql, params, many, context)
        except Exception as error:
            if not connection.in_atomic_block and outage_of(error) is Outage.UNREACHABLE:
                self.stored = True  # sent, and nobody knows what became of it
            raise
        transaction.on_commit(self._is_stored)
        return result

    def _is_stored(self) -> None:
        self.stored = True


def watch_writes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, outside of all code that writes: sets on the request whether something was stored."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in SAFE:
            return get_response(request)
        writes = request.writes = WriteTracker()  # type: ignore[attr-defined]
        with connection.execute_wrapper(writes.watch):
            return get_response(request)

    return middleware


def may_be_stored(request: HttpRequest, error: BaseException | None) -> bool:
    """Return whether something of a failed request is stored, or may be, because the answer to a COMMIT was lost."""
    writes = getattr(request, "writes", None)
    if writes is None:
        return request.method not in SAFE
    return writes.stored or (outage_of(error) is Outage.UNREACHABLE and _was_lost_in_commit(error))


def _was_lost_in_commit(error: BaseException | None) -> bool:
    commit = BaseDatabaseWrapper._commit.__code__  # type: ignore[attr-defined]
    return any(frame.f_code is commit for each in chain_of(error) for frame, _ in walk_tb(each.__traceback__))
