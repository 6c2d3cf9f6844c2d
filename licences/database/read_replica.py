"""The read replica: which pages read from it, and when they read from the primary instead (docs/look-up.md#a-replica).

A replica is read while it responds and is not older than ``REPLICA_MAX_AGE_SECONDS``. One that does not respond is
left alone for ``REPLICA_RETRY_SECONDS``; meanwhile, and when it fails in the middle of a page, the primary is read.
"""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import Error, connections
from django.http import HttpRequest

ALIAS = "replica"
CHECK_INTERVAL = 1  # seconds between two checks of a replica that responds
LOG_INTERVAL = 60  # seconds between two log lines about the same state

log = logging.getLogger(__name__)
_may_be_behind: ContextVar[bool] = ContextVar("may_be_behind", default=False)


class ReplicaState(StrEnum):
    """The state of the replica. The value is what ``/readyz`` reports."""

    CURRENT = "current"
    BEHIND = "behind"
    AWAY = "away"
    PROMOTED = "promoted"  # it is a primary itself by now


@dataclass(frozen=True, slots=True)
class ReplicaStatus:
    """State and age of the replica: ``age`` is how many seconds its data may be old, None where that is not known."""

    state: ReplicaState
    age: float | None = None


# Zero where all that was received has been replayed and the connection is up; else the time since the last replay.
# What the primary announced and has not sent yet (``latest_end_lsn``) counts as well: a replica that is still catching
# up is not current.
_AGE = """
SELECT pg_is_in_recovery(), CASE WHEN EXISTS (
        SELECT 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'
            AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() AND latest_end_lsn <= pg_last_wal_replay_lsn()
    ) THEN 0 ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END
"""


class Replica:
    """What this process knows about the replica: a circuit breaker with the age of its data.

    ``clock`` gives seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """Forget everything, as in a process that has just started."""
        self._status = ReplicaStatus(ReplicaState.CURRENT, 0.0)
        self._checked_at = self._check_again_at = float("-inf")
        self._logged_at: dict[ReplicaState, float] = {}

    def status(self) -> ReplicaStatus:
        """The state of the replica, checked again where the last check is too old. Never raises."""
        if self._clock() >= self._check_again_at:
            try:
                self._store(_ask_replica())
            except Error as error:
                self.record_failure(error)
        return self._status

    def is_readable(self) -> bool:
        """Whether pages may read from it now: it responds, and its data are young enough."""
        status = self.status()
        if status.state is not ReplicaState.CURRENT or status.age is None:
            return False
        return status.age + (self._clock() - self._checked_at) <= settings.REPLICA_MAX_AGE_SECONDS

    def record_failure(self, error: Exception) -> None:
        """Close the connection after an error of the replica and leave it alone for ``REPLICA_RETRY_SECONDS``."""
        _close_connection()
        self._store(ReplicaStatus(ReplicaState.AWAY), problem=str(error).strip().partition("\n")[0])

    def _store(self, status: ReplicaStatus, *, problem: str = "") -> None:
        now = self._clock()
        last_logged = self._logged_at.get(status.state, -LOG_INTERVAL)
        if status.state is not self._status.state and now - last_logged >= LOG_INTERVAL:
            self._logged_at[status.state] = now
            log.warning("replica %s: %s", status.state, problem or f"age in seconds: {status.age}")
        responds = status.state in (ReplicaState.CURRENT, ReplicaState.BEHIND)
        self._status, self._checked_at = status, now
        self._check_again_at = now + (CHECK_INTERVAL if responds else settings.REPLICA_RETRY_SECONDS)


def _ask_replica() -> ReplicaStatus:
    """Ask the replica for its state; raises what the database raises. SQLite, used in tests, is always current."""
    connection = connections[ALIAS]
    if connection.vendor != "postgresql":
        return ReplicaStatus(ReplicaState.CURRENT, 0.0)
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute(_AGE)
        in_recovery, age = cursor.fetchone()
    if not in_recovery:
        _close_connection()
        return ReplicaStatus(ReplicaState.PROMOTED)
    seconds = None if age is None else round(max(float(age), 0.0), 3)
    young = seconds is not None and seconds <= settings.REPLICA_MAX_AGE_SECONDS
    return ReplicaStatus(ReplicaState.CURRENT if young else ReplicaState.BEHIND, seconds)


def _close_connection() -> None:
    try:
        connections[ALIAS].close()
    except Error:  # the connection was lost already
        connections[ALIAS].connection = None


replica = Replica()


def has_replica() -> bool:
    """Whether a replica is configured."""
    return ALIAS in settings.DATABASES


def may_be_behind() -> bool:
    """Whether the current page may read from the replica; the database router asks this."""
    return _may_be_behind.get()


def from_replica(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator for a view that may read from the replica.

    If the replica fails, the view runs a second time, on the primary. So it must change nothing, and its response must
    be complete when it returns. Users who wrote a moment ago read from the primary, to see what they wrote.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        wrote_recently = settings.REPLICA_COOKIE_NAME in request.COOKIES
        if not has_replica() or wrote_recently or not replica.is_readable():
            return view(request, *args, **kwargs)
        token = _may_be_behind.set(True)
        try:
            return view(request, *args, **kwargs)
        except Error as error:
            replica.record_failure(error)
        finally:
            _may_be_behind.reset(token)
        return view(request, *args, **kwargs)

    return wrapped
