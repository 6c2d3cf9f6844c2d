"""What the database tells about the portal, as gauges, asked when Prometheus asks (docs/watching.md#metrics).

All questions have a name in ``queries``, ``queue_figures`` or here, and count few rows. Never on the way of a request.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import Error, connections
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from licences.database.read_replica import Replica, ReplicaState, has_replica
from licences.operations.heartbeats import worker_last_seen
from licences.queries.portal_load import imports_by_state, open_request_load
from licensing_portal import queue_figures
from licensing_portal.outages import outage_line

log = logging.getLogger(__name__)
KEPT = 5  # seconds: who asks more often gets the same figures again
STATEMENT_SECONDS = 5  # the longest that one question may take, on PostgreSQL
RECENTLY = timedelta(days=1)
NEVER = float("inf")

_CONNECTIONS = """
SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' GROUP BY 1
"""


class DatabaseFigures(Collector):
    """Collects the gauges of the database. If it cannot be asked, ``portal_database_up`` is 0 and the others are left
    out.

    ``clock`` gives seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._figures: list[GaugeMetricFamily] = []
        self._asked_at = float("-inf")
        self._replica = Replica()

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Return nothing: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        if self._clock() - self._asked_at >= KEPT:
            self._figures = self._ask()
            self._asked_at = self._clock()
        yield from self._figures

    def _ask(self) -> list[GaugeMetricFamily]:
        try:
            with connections["default"].cursor() as cursor:
                cursor.execute("SELECT 1")
            figures = [*all_figures(timezone.now()), _gauge("portal_database_up", "Whether it answers.", 1)]
        except Error as error:
            log.warning("the database could not be asked: %s", outage_line(error) or type(error).__name__)
            figures = [_gauge("portal_database_up", "Whether it answers.", 0)]
        finally:
            connections["default"].close()
        return figures + list(self._replica_figures()) + list(anchor_figures(time.time()))

    def _replica_figures(self) -> Iterator[GaugeMetricFamily]:
        if not has_replica():
            return
        status = self._replica.status()
        usable = status.state in (ReplicaState.CURRENT, ReplicaState.BEHIND)
        yield _gauge("portal_replica_up", "Whether the read replica answers as a replica.", int(usable))
        if status.age is not None:
            yield _gauge("portal_replica_age_seconds", "How old the data of the read replica are.", status.age)
        connections["replica"].close()


def all_figures(now: datetime) -> Iterator[GaugeMetricFamily]:
    """Return the figures of the primary. Raises what the database raises."""
    yield from _queue(now)
    yield from _work(now)
    yield from _mail(now)
    yield from _sessions()


def _queue(now: datetime) -> Iterator[GaugeMetricFamily]:
    waiting = GaugeMetricFamily("portal_queue_tasks", "Tasks that a worker could take now.", labels=["queue"])
    oldest = GaugeMetricFamily(
        "portal_queue_oldest_task_age_seconds", "How long the oldest of them has waited.", labels=["queue"]
    )
    for queue in queue_figures.waiting_by_queue(now):
        waiting.add_metric([queue.name], queue.count)
        oldest.add_metric([queue.name], queue.oldest.total_seconds())
    yield waiting
    yield oldest
    running = queue_figures.longest_running(now)
    seconds = running.since.total_seconds() if running else 0
    yield _gauge("portal_task_running_seconds", "How long the task has run that has run longest.", seconds)
    failed = queue_figures.failed_since(now - RECENTLY)
    yield _gauge("portal_failed_tasks", "Tasks that failed in the last 24 hours.", failed.tasks)
    yield _gauge(
        "portal_failed_code_emails", "E-mails with an unlock code given up in the last 24 hours.", failed.deliveries
    )
    seen = worker_last_seen()
    age = NEVER if seen is None else max((now - seen).total_seconds(), 0)
    yield _gauge("portal_worker_heartbeat_age_seconds", "How long ago a worker last reported.", age)


def _work(now: datetime) -> Iterator[GaugeMetricFamily]:
    imports = GaugeMetricFamily("portal_imports", "Imports, by their state.", labels=["state"])
    for state, count in imports_by_state().items():
        imports.add_metric([state], count)
    yield imports
    load = open_request_load(now)
    yield _gauge("portal_open_requests", "Re-licensing requests that are open.", load.open)
    yield _gauge("portal_waiting_requests", "Those of them that wait for a supervisor.", load.waiting)
    yield _gauge(
        "portal_waiting_request_age_seconds",
        "How long the oldest of them has waited.",
        load.longest_wait.total_seconds(),
    )


def _mail(now: datetime) -> Iterator[GaugeMetricFamily]:
    messages = queue_figures.queued_messages()
    yield _gauge("portal_queued_messages", "E-mails that wait for the worker.", messages.waiting)
    yield _gauge("portal_overdue_messages", "Those that failed at least once.", messages.overdue)


def _sessions() -> Iterator[GaugeMetricFamily]:
    """Connections to PostgreSQL. Their states are known to members of ``pg_read_all_stats`` only."""
    database = connections["default"]
    if database.vendor != "postgresql":
        return
    with database.cursor() as cursor:
        cursor.execute(_CONNECTIONS)
        rows = cursor.fetchall()
        cursor.execute("SELECT current_setting('max_connections')::int")
        (limit,) = cursor.fetchone()
    family = GaugeMetricFamily("portal_database_connections", "Connections, by their state.", labels=["state"])
    for state, count in rows:
        family.add_metric([state], count)
    yield family
    yield _gauge("portal_database_connections_limit", "max_connections of PostgreSQL.", limit)


def anchor_figures(now: float) -> Iterator[GaugeMetricFamily]:
    """Return how long ago an anchor was last written; nothing if no file is named. ``now`` is in seconds since 1970."""
    if not settings.ANCHOR_FILE:
        return
    try:
        age = max(now - Path(settings.ANCHOR_FILE).stat().st_mtime, 0)
    except OSError:
        age = NEVER
    yield _gauge("portal_anchor_file_age_seconds", "How long ago an anchor was last written.", age)


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, help_text, value=value)
