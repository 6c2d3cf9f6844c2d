"""Import locks: which import a worker is working on, and which call is being answered.

A lock ends with the process and writes nothing.

On PostgreSQL it is an advisory lock of the session; on SQLite, which is one machine, a lock on a file. So a worker is
known to be alive even while its long final transaction keeps everyone else from writing
(docs/decisions.md#signs-of-life-of-a-worker).
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

_LOCK_CLASS = 0x1397  # tells these advisory locks from those of other programs
_CALL_CLASS = 0x1398


@contextmanager
def working_on(file_import_id: int) -> Iterator[bool]:
    """Lock an import until the end of the block, without waiting; yields whether the lock was acquired.

    Where it yields False another worker holds the import, and the block must leave it alone.
    """
    if connection.vendor == "postgresql":
        with _lock_in_session(_LOCK_CLASS, file_import_id) as acquired:
            yield acquired
    else:
        with _lock_file(str(file_import_id)) as acquired:
            yield acquired


@contextmanager
def answering_call(digest: str) -> Iterator[bool]:
    """Lock a call of a program until the end of the block, without waiting; yields whether the lock was acquired.

    ``digest`` is hexadecimal, at least eight digits. It only tells a program that its call is in progress: what makes a
    call happen once is the constraint on ``ProgramCall``. So the file of the lock may be removed with it.
    """
    if connection.vendor == "postgresql":
        with _lock_in_session(_CALL_CLASS, int(digest[:8], 16) - 2**31) as acquired:
            yield acquired
    else:
        with _lock_file(f"call-{digest}") as acquired:
            yield acquired
            if acquired:
                (Path(settings.MEDIA_ROOT) / "locks" / f"call-{digest}").unlink(missing_ok=True)


@contextmanager
def _lock_in_session(lock_class: int, number: int) -> Iterator[bool]:
    """Take an advisory lock of this PostgreSQL session; yields whether it was acquired. ``number`` has 32 bits."""
    key = [lock_class, number]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        (acquired,) = cursor.fetchone()
    try:
        yield acquired
    finally:
        if acquired and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


@contextmanager
def _lock_file(name: str) -> Iterator[bool]:
    """Lock a file of that name below ``MEDIA_ROOT``, for SQLite; yields whether the lock was acquired."""
    folder = Path(settings.MEDIA_ROOT) / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w") as file:
        yield _try_lock(file)


def _try_lock(file: IO[str]) -> bool:
    """Lock a file if nobody holds it; returns whether it is locked now.

    Closing the file, or the end of the process, releases the lock.
    """
    import fcntl  # not on every system, and needed for SQLite only

    with suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
