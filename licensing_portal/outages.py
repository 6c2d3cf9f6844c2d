"""Outages of the database or disk: busy, unreachable, full, out of connections, read-only, too slow.

They are not faults of the portal. Users are told what it is and when to try again, and the log gets one line per kind
and minute instead of a traceback per request.
"""

import errno
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from enum import StrEnum

import psycopg
from django.db import Error

log = logging.getLogger("outages")


class Outage(StrEnum):
    """A kind of outage. Its value is what the log and the command line call it."""

    BUSY = "database busy"
    UNREACHABLE = "database not reachable"
    FULL = "no space left"
    CROWDED = "database has no connection left"
    READ_ONLY = "database can only be read"
    SLOW = "database took too long"


# Seconds after which another try makes sense (``Retry-After``).
RETRY_AFTER = {
    Outage.BUSY: 10,
    Outage.UNREACHABLE: 30,
    Outage.FULL: 60,
    Outage.CROWDED: 10,
    Outage.READ_ONLY: 60,
    Outage.SLOW: 10,
}

_PRIMARY = 0xFF  # of an extended result code of SQLite
_SQLITE = {
    sqlite3.SQLITE_BUSY: Outage.BUSY,
    sqlite3.SQLITE_LOCKED: Outage.BUSY,
    sqlite3.SQLITE_FULL: Outage.FULL,
    sqlite3.SQLITE_READONLY: Outage.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: Outage.UNREACHABLE,
    sqlite3.SQLITE_IOERR: Outage.UNREACHABLE,
}
# By SQLSTATE, or by its first two characters (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_POSTGRESQL = {
    "40P01": Outage.BUSY,
    "55P03": Outage.BUSY,
    "53100": Outage.FULL,
    "25006": Outage.READ_ONLY,
    "57014": Outage.SLOW,
    "25P03": Outage.UNREACHABLE,
    "57P01": Outage.UNREACHABLE,
    "57P02": Outage.UNREACHABLE,
    "57P03": Outage.UNREACHABLE,
    "57P05": Outage.UNREACHABLE,
    "08": Outage.UNREACHABLE,
    "28": Outage.UNREACHABLE,
    "3D": Outage.UNREACHABLE,
    "53": Outage.CROWDED,
    "58": Outage.UNREACHABLE,
}
_NO_CONNECTION_LEFT = ("too many clients", "too many connections", "remaining connection slots")
_FILES = {
    errno.ENOSPC: Outage.FULL,
    errno.EDQUOT: Outage.FULL,
    errno.EFBIG: Outage.FULL,
    errno.EROFS: Outage.READ_ONLY,
}


def outage_of(error: BaseException | None) -> Outage | None:
    """Return the outage behind an error and its causes, or None for any other error."""
    found = _found(error)
    return found[0] if found else None


def outage_line(error: BaseException) -> str:
    """Return the outage of an error with the database's or system's message on one line, or "" for any other error."""
    found = _found(error)
    if found is None:
        return ""
    outage, cause = found
    words = (cause.strerror if isinstance(cause, OSError) else str(cause)) or type(cause).__name__
    return f"{outage.value}: {words.strip().splitlines()[0]}"


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    """Return an error and its causes, latest first."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _found(error: BaseException | None) -> tuple[Outage, BaseException] | None:
    for each in chain_of(error):
        cause = each.__cause__ if isinstance(each, Error) else each
        outage = _by_database(cause) if isinstance(each, Error) else _by_system(each)
        if outage is not None and cause is not None:
            return outage, cause
    return None


def _by_system(error: BaseException) -> Outage | None:
    return _FILES.get(error.errno or 0) if isinstance(error, OSError) else None


def _by_database(cause: BaseException | None) -> Outage | None:
    if isinstance(cause, sqlite3.Error):
        return _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & _PRIMARY)
    if not isinstance(cause, psycopg.Error):
        return None
    if cause.sqlstate:
        return _POSTGRESQL.get(cause.sqlstate) or _POSTGRESQL.get(cause.sqlstate[:2])
    if not isinstance(cause, psycopg.OperationalError):
        return None
    crowded = any(words in str(cause) for words in _NO_CONNECTION_LEFT)  # while connecting there is no SQLSTATE
    return Outage.CROWDED if crowded else Outage.UNREACHABLE


class Reports:
    """Limits log lines to one per kind of outage and minute, with the number of errors since the last line."""

    EVERY = 60  # seconds

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: dict[Outage, float] = {}
        self._untold: dict[Outage, int] = {}

    def report(self, error: BaseException) -> bool:
        """Log an outage unless one of its kind was logged within the last minute. Returns False for other errors."""
        outage = outage_of(error)
        if outage is None:
            return False
        now = self._clock()
        if now - self._told.get(outage, -self.EVERY) < self.EVERY:
            self._untold[outage] = self._untold.get(outage, 0) + 1
            return True
        more = self._untold.pop(outage, 0)
        self._told[outage] = now
        log.error("%s%s", outage_line(error), f" (and {more} times more since the last line)" if more else "")
        return True


reports = Reports()
