"""Figures of background work, for ``manage.py doctor`` and the metrics: what waits, since when, and what failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django_tasks import DEFAULT_TASK_QUEUE_NAME, TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from licences.models import CodeDelivery
from licensing_portal.accounts.models import QueuedMessage


@dataclass(frozen=True, slots=True)
class MessageCounts:
    """E-mails that wait for the worker, and those of them that failed at least once."""

    waiting: int
    overdue: int


@dataclass(frozen=True, slots=True)
class FailureCounts:
    """Tasks that failed, and e-mails with an unlock code that were given up."""

    tasks: int
    deliveries: int


@dataclass(frozen=True, slots=True)
class QueueLoad:
    """The tasks of a queue that a worker could take now, and for how long the oldest of them waits."""

    name: str
    count: int
    oldest: timedelta


@dataclass(frozen=True, slots=True)
class RunningTask:
    """A task that a worker is at: its path, and for how long it has run."""

    path: str
    since: timedelta


def waiting_by_queue(now: datetime) -> list[QueueLoad]:
    """Return the load of each queue that the portal has, and of those that have tasks.

    A task waits since it was queued, or since the time that it was put off to.
    """
    at_once = Q(run_after=get_date_max())
    ready = DBTaskResult.objects.filter(at_once | Q(run_after__lte=now), status=TaskResultStatus.READY)
    rows = ready.order_by().values("queue_name").annotate(
        count=Count("pk"), at_once=Min("enqueued_at", filter=at_once), put_off=Min("run_after", filter=~at_once)
    )  # fmt: skip
    loads = {DEFAULT_TASK_QUEUE_NAME: QueueLoad(DEFAULT_TASK_QUEUE_NAME, 0, timedelta())}
    for row in rows:
        since = min((at for at in (row["at_once"], row["put_off"]) if at is not None), default=now)
        loads[row["queue_name"]] = QueueLoad(row["queue_name"], row["count"], max(now - since, timedelta()))
    return [loads[name] for name in sorted(loads)]


def longest_running(now: datetime) -> RunningTask | None:
    """Return the task that has run longest, if any is running."""
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__isnull=False)
    first = running.order_by("started_at").only("task_path", "started_at").first()
    if first is None or first.started_at is None:
        return None
    return RunningTask(first.task_path, max(now - first.started_at, timedelta()))


def failed_since(moment: datetime) -> FailureCounts:
    tasks = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED, finished_at__gte=moment)
    given_up = CodeDelivery.objects.filter(state=CodeDelivery.State.FAILED, ended_at__gte=moment)
    return FailureCounts(tasks.count(), given_up.count())


def queued_messages() -> MessageCounts:
    messages = QueuedMessage.objects
    return MessageCounts(messages.count(), messages.filter(attempts__gt=0).count())
