"""Database router for a read replica (``DATABASE_REPLICA_URL``), from which only look-ups may read.

A replica lags a little. So only views marked for it read from it, and only outside a transaction: what a write depends
on is read from the primary. Sessions, users and permissions always come from the primary.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from licences.database.read_replica import ALIAS, has_replica, may_be_behind
from licensing_portal.write_tracking import SAFE

_APPS = ("customers", "licences")
# Seconds for which who wrote reads from the primary: at least as long as PostgreSQL's ``wal_receiver_timeout``, after
# which a replica notices that nothing comes any more.
AT_LEAST = 60


class ReplicaRouter:
    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        if not has_replica() or model._meta.app_label not in _APPS or not may_be_behind():
            return None
        return None if transaction.get_connection("default").in_atomic_block else ALIAS

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return "default"

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if db == ALIAS else None


def remember_writes(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: after a POST, the browser gets a cookie. While it is valid, the browser's look-ups read from the
    primary.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method not in SAFE and has_replica() and not request.path.startswith("/api/"):
            response.set_cookie(
                settings.REPLICA_COOKIE_NAME,
                "1",
                max_age=max(AT_LEAST, 2 * settings.REPLICA_MAX_AGE_SECONDS),
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    return middleware
