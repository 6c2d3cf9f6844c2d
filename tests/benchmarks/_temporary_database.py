"""A temporary database for one benchmark, on the server of the configured one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection


@contextmanager
def temporary_database() -> Iterator[str]:
    """Let this process work in a new, migrated database, which is dropped at the end of the block.

    Gives its ``DATABASE_URL`` for other processes.
    """
    configured: dict[str, Any] = connection.settings_dict
    name = str(configured["NAME"])
    is_file = connection.vendor == "sqlite"
    configured["TEST"]["NAME"] = str(settings.VAR_DIR / "benchmark.sqlite3") if is_file else f"benchmark_{name}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield database_url()
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        if is_file:
            for rest in Path(settings.VAR_DIR).glob("benchmark.sqlite3*"):
                rest.unlink()


def database_url() -> str:
    """The ``DATABASE_URL`` of the database that this process works in, for other processes."""
    database: dict[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    user, password = quote(database["USER"], safe=""), quote(database["PASSWORD"], safe="")
    host = database["HOST"] or "127.0.0.1"
    return f"postgres://{user}:{password}@{host}:{database['PORT'] or 5432}/{database['NAME']}"
