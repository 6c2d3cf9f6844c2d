"""Backups of database and uploads, by the database's own tool (docs/operations.md#backup-and-restore).

A backup is a folder named after the time at which it began, in UTC, such as ``2026-11-30T013000Z``. It appears as a
whole: while it is written, its name ends in ``.part``.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg import pq
from psycopg.conninfo import make_conninfo

DUMP, COPY, UPLOADS = "database.dump", "database.sqlite3", "uploads.tar.gz"
_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")


class BackupError(Exception):
    """The backup was not made; the text says why."""


def make_backup(folder: Path, *, now: datetime) -> Path:
    """Write a backup into ``folder`` and return its own folder. Only its owner can read it.

    ``BackupError`` if a tool of the database fails; then nothing is left. Reads the database as of one moment. Uploads
    are read after it, so that those of every import in it are there.
    """
    target = folder / f"{now:%Y-%m-%dT%H%M%SZ}"
    if target.exists():
        raise BackupError(f"{target} is there already.")
    part = folder / f"{target.name}.part"
    part.mkdir(mode=0o700, parents=True)
    try:
        if connection.vendor == "sqlite":
            _copy_sqlite(part / COPY)
        else:
            _dump_postgresql(part / DUMP)
        _pack_uploads(part / UPLOADS)
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return target


def remove_old_backups(folder: Path, *, keep: int) -> list[Path]:
    """Remove and return all but the ``keep`` newest backups (0: none), and what killed ones left; nothing else."""
    backups = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    left = [path for path in folder.glob("*.part") if _NAME.fullmatch(path.stem)]
    old = [*(backups[:-keep] if keep else []), *left]
    for path in old:
        shutil.rmtree(path)
    return old


def _copy_sqlite(target: Path) -> None:
    """Copy the database by SQLite's own call, while it is in use, and check the copy."""
    with closing(sqlite3.connect(target)) as copy:
        target.chmod(0o600)
        with closing(sqlite3.connect(f"file:{connection.settings_dict['NAME']}?mode=ro", uri=True)) as source:
            source.backup(copy)
        found = copy.execute("PRAGMA quick_check").fetchone()[0]
    if found != "ok":
        raise BackupError(f"The copy of the database is damaged, and so may be the database: {found}")


def _dump_postgresql(target: Path) -> None:
    """Call ``pg_dump``. The password is in its environment, where other users do not see it."""
    address, password = _conninfo(connection.get_connection_params())
    command = ["pg_dump", "--format=custom", f"--file={target}", f"--dbname={address}"]
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError:
        raise BackupError("pg_dump is missing. Install PostgreSQL's client of the server's version.") from None
    if done.returncode:
        raise BackupError(f"pg_dump failed: {done.stderr.strip()}")
    target.chmod(0o600)


def _conninfo(parameters: dict[str, Any]) -> tuple[str, str]:
    """The address of the database as libpq takes it, and the password beside it."""
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    named = {name: value for name, value in parameters.items() if name in known and value is not None}
    password = str(named.pop("password", ""))
    return make_conninfo(**named), password


def _pack_uploads(target: Path) -> None:
    """Pack the folder of uploads. A file that goes away meanwhile was deleted by retention, and is left out."""
    root = Path(settings.MEDIA_ROOT)
    with tarfile.open(target, "w:gz") as archive:
        for path in sorted(root.rglob("*")) if root.is_dir() else ():
            try:
                archive.add(path, path.relative_to(root), recursive=False)
            except FileNotFoundError:
                continue
    target.chmod(0o600)
