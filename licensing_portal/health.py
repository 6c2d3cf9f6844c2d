"""Health checks for monitoring.

They run before host names are checked and before redirects to HTTPS: monitoring asks by an internal address.
"""

import logging
from collections.abc import Callable, Mapping
from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse

from licences.database import read_replica
from licensing_portal.outages import outage_of

log = logging.getLogger(__name__)
View = Callable[[HttpRequest], HttpResponse]


def health_checks(get_response: View) -> View:
    """Middleware: ``/healthz`` says that the process is alive, ``/readyz`` that it can serve requests."""
    answers = {"/healthz": healthz, "/readyz": readyz}

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = answers.get(request.path_info, get_response)
        return answer(request)

    return middleware


def healthz(request: HttpRequest) -> HttpResponse:
    return _answer({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """Return 503 if the database cannot be reached or lacks migrations of this code."""
    try:
        missing = missing_migrations()
    except Error as error:
        log.exception("the database cannot be reached")
        request.outage = outage_of(error)  # type: ignore[attr-defined]  # the log was told
        return _answer({"status": "unavailable", "database": "unreachable"}, status=503)
    if missing:
        return _answer({"status": "unavailable", "migrations": "missing"}, status=503)
    return _answer({"status": "ok", "database": "reachable", "migrations": "applied"} | _replica())


def _replica() -> dict[str, str | float | None]:
    """Return the replica's state, or nothing if there is none. A replica that is away or behind does not make the
    portal unready: look-ups then read from the primary.
    """
    if not read_replica.has_replica():
        return {}
    condition = read_replica.replica.status()
    return {"replica": condition.state.value, "replica_age_seconds": condition.age}


def missing_migrations() -> set[tuple[str, str]]:
    """Return app and name of the migrations of this code that the database lacks."""
    return set(_migrations()) - set(MigrationRecorder(connection).applied_migrations())


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    """Return the names of the migrations of this code, which do not change while the process runs."""
    return frozenset(MigrationLoader(None).disk_migrations)


def _answer(content: Mapping[str, str | float | None], *, status: int = 200) -> HttpResponse:
    return JsonResponse(
        content, status=status, headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    )
