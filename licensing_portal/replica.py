"""Look-ups may read from a replica of the database (``DATABASE_REPLICA_URL``); nothing else does.

A replica is a little behind. So only pages that say so read from it, and only what is not part of a transaction: what a
write reads, it reads where it writes. Sessions, users and rights always come from the primary database.
"""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from licences.reading import may_be_behind

ALIAS = "replica"
_APPS = ("customers", "licences")


class ReplicaRouter:
    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        if ALIAS not in settings.DATABASES or model._meta.app_label not in _APPS or not may_be_behind():
            return None
        return None if transaction.get_connection("default").in_atomic_block else ALIAS

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return "default"

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if db == ALIAS else None
