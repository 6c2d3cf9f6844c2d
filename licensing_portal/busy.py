"""Is the database only busy? Then whoever asked is told to try again: nothing is broken and nothing was changed."""

import sqlite3

from django.db import OperationalError
from psycopg.errors import DeadlockDetected, LockNotAvailable

_PRIMARY = 0xFF  # of an extended result code of SQLite
_WAITED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_busy(error: BaseException | None) -> bool:
    """Whether an error, or what led to it, is that a lock could not be had in time."""
    while error is not None:
        if isinstance(error, OperationalError) and _is_lock(error.__cause__):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_lock(cause: BaseException | None) -> bool:
    if isinstance(cause, sqlite3.OperationalError):
        return getattr(cause, "sqlite_errorcode", 0) & _PRIMARY in _WAITED
    return isinstance(cause, LockNotAvailable | DeadlockDetected)
