"""Finds files with secrets or records that other users of the machine can read (``check --deploy``)."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

FOR_ITS_OWNER = stat.S_IRWXG | stat.S_IRWXO
_SECRETS = (
    "SECRET_KEY",
    "UNLOCK_KEYS",
    "LICENCE_SIGNING_KEYS",
    "LICENCE_SIGNING_KEY",
    "MFA_ENCRYPTION_KEY",
    "DATABASE_URL",
    "DATABASE_REPLICA_URL",
    "EMAIL_URL",
    "OIDC_CLIENT_SECRET",
    "DEMO_PASSWORD",
)
BESIDE_SQLITE = ("", "-wal", "-shm", "-journal")


def files_open_to_others() -> Iterator[tuple[Path, int, int]]:
    """Return path, mode, and the mode that it should have, of each such file."""
    for path in dict.fromkeys(_secret_files()):
        yield from _judged(path, is_secret=True)
    for path in dict.fromkeys(
        [settings.VAR_DIR, Path(settings.MEDIA_ROOT), Path(settings.ALLOCATED_SERIALS_DIR), *_databases()]
    ):
        yield from _judged(path, is_secret=False)


def _judged(path: Path, *, is_secret: bool) -> Iterator[tuple[Path, int, int]]:
    try:
        found = path.stat()
    except OSError:  # not there, or in a folder that even we cannot open
        return
    mode = stat.S_IMODE(found.st_mode)
    of_others = FOR_ITS_OWNER
    if is_secret and found.st_uid != os.geteuid():
        of_others &= ~stat.S_IRGRP  # of root, say, and handed to the portal by its group
    if mode & of_others:
        yield path, mode, mode & ~of_others


def _secret_files() -> Iterator[Path]:
    yield settings.FOLDER / ".env"
    yield settings.VAR_DIR / "demo.env"
    for name, value in os.environ.items():
        if value and name.endswith("_FILE") and name.removesuffix("_FILE") in _SECRETS:
            yield Path(value)
    yield from settings.LICENCE_KEY_FILES


def _databases() -> Iterator[Path]:
    connections: dict[str, dict[str, Any]] = settings.DATABASES
    for connection in connections.values():
        if connection["ENGINE"].endswith("sqlite3") and str(connection["NAME"]) != ":memory:":
            yield from (Path(f"{connection['NAME']}{ending}") for ending in BESIDE_SQLITE)
