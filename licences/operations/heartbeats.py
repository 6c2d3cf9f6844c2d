"""The heartbeat of the worker, by which ``manage.py doctor`` knows that one is alive.

It is kept in the cache that all processes share: it is worth nothing a day later, and no record.
"""

from datetime import UTC, datetime

from django.core.cache import cache

_KEY = "worker-heartbeat"
_KEPT = 30 * 24 * 60 * 60  # seconds; then no worker is known at all


def record_worker_heartbeat(*, now: datetime) -> None:
    """Store that a worker is alive. Called every few seconds by each worker; the latest one counts."""
    cache.set(_KEY, now.timestamp(), timeout=_KEPT)


def worker_last_seen() -> datetime | None:
    """When any worker last reported; None if none has within a month. Times are those of the worker's machine."""
    seconds = cache.get(_KEY)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
