"""For whatever watches the portal: does it live, and can it serve?

Answered before anything looks at the host name or redirects to HTTPS: who asks comes from inside, by address.
"""

import logging
from collections.abc import Callable
from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse

log = logging.getLogger(__name__)
View = Callable[[HttpRequest], HttpResponse]


def health_checks(get_response: View) -> View:
    """Middleware: ``/healthz`` says that the process lives, ``/readyz`` that it can serve."""
    answers = {"/healthz": healthz, "/readyz": readyz}

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = answers.get(request.path_info, get_response)
        return answer(request)

    return middleware


def healthz(request: HttpRequest) -> HttpResponse:
    return _answer({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """503 where the database cannot be reached or lacks migrations that this code has."""
    try:
        missing = _migrations() - set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        log.exception("the database cannot be reached")
        return _answer({"status": "unavailable", "database": "unreachable"}, status=503)
    if missing:
        return _answer({"status": "unavailable", "migrations": "missing"}, status=503)
    return _answer({"status": "ok", "database": "reachable", "migrations": "applied"})


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    """What the code has; it does not change while the process lives."""
    return frozenset(MigrationLoader(None).disk_migrations)


def _answer(content: dict[str, str], *, status: int = 200) -> HttpResponse:
    return JsonResponse(
        content, status=status, headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    )
