"""Databases for benchmarks, beside the configured one and of its kind: created, copied and dropped.

The configured database itself is not changed.
"""

import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
BENCHMARKS = [sys.executable, "-m", "tests.benchmarks"]


@contextmanager
def temporary_database(name: str) -> Iterator[str]:
    """The URL of an empty, migrated database, which is dropped at the end of the block."""
    url = url_of(name)
    _drop(name)
    _create(name)
    try:
        migrate = [*MANAGE, "migrate", "--verbosity", "0", "--skip-checks"]
        subprocess.run(migrate, env=environment(url), check=True)
        yield url
    finally:
        _drop(name)


@contextmanager
def copy_of(name: str) -> Iterator[str]:
    """The URL of a copy of a temporary database, which is dropped at the end of the block."""
    copy = f"{name}_copy"
    _drop(copy)
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(_path(name))) as original, closing(sqlite3.connect(_path(copy))) as target:
            original.backup(target)
    else:
        _execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    try:
        yield url_of(copy)
    finally:
        _drop(copy)


def url_of(name: str) -> str:
    """The URL of a database by its name."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{_path(name)}"
    server = connection.settings_dict
    who = f"{quote(server['USER'], safe='')}:{quote(server['PASSWORD'], safe='')}"
    return f"postgres://{who}@{server['HOST'] or 'localhost'}:{server['PORT'] or 5432}/{name}"


def environment(url: str) -> dict[str, str]:
    """The environment for a child process that works on the database of that URL."""
    return {**os.environ, "DATABASE_URL": url}


def _path(name: str) -> Path:
    return Path(settings.VAR_DIR) / f"{name}.sqlite3"


def _create(name: str) -> None:
    if connection.vendor != "sqlite":
        _execute(f'CREATE DATABASE "{name}"')


def _drop(name: str) -> None:
    if connection.vendor == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            Path(f"{_path(name)}{suffix}").unlink(missing_ok=True)
    else:
        _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _execute(statement: str) -> None:
    if connection.in_atomic_block:
        raise CommandError("A benchmark makes databases, which cannot be done within a transaction.")
    with connection.cursor() as cursor:
        cursor.execute(statement)


def peak_memory() -> float:
    """The peak memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
