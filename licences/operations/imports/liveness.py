"""Is anybody at work on an import? A lock that goes when its holder dies, and that needs no writing.

PostgreSQL: an advisory lock of the session. SQLite, which is one machine: a lock on a file. So a worker is known to
be alive also while its last transaction keeps everybody else from writing (decisions.md 19).
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

_LOCK_CLASS = 0x1397  # tells these advisory locks from those of other programs


@contextmanager
def working_on(file_import_id: int) -> Iterator[bool]:
    """Yields whether this worker has the import to itself until the end of the block."""
    hold = _hold_in_session if connection.vendor == "postgresql" else _hold_file
    with hold(file_import_id) as held:
        yield held


@contextmanager
def _hold_in_session(file_import_id: int) -> Iterator[bool]:
    key = [_LOCK_CLASS, file_import_id]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        (held,) = cursor.fetchone()
    try:
        yield held
    finally:
        if held and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


@contextmanager
def _hold_file(file_import_id: int) -> Iterator[bool]:
    folder = Path(settings.MEDIA_ROOT) / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / str(file_import_id)).open("w") as file:
        yield _try_lock(file)


def _try_lock(file: IO[str]) -> bool:
    """Closing the file, and so the end of the process, gives the lock back."""
    import fcntl  # not on every system, and needed for SQLite only

    with suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
