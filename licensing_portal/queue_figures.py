"""Figures of background work, for ``manage.py doctor`` and the metrics: what waits, since when, and what failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, Q, QuerySet
from django_tasks import TaskResultStatus
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


def waiting_tasks(now: datetime) -> QuerySet[DBTaskResult]:
    """Return the tasks that a worker could take now, without those that are put off."""
    is_due = Q(run_after__lte=now) | Q(run_after=get_date_max())
    return DBTaskResult.objects.filter(is_due, status=TaskResultStatus.READY)


def oldest_wait(now: datetime) -> timedelta:
    """Return for how long the oldest of them waits: since it was queued, or since the time it was put off to."""
    tasks = waiting_tasks(now)
    at_once = tasks.filter(run_after=get_date_max()).aggregate(at=Min("enqueued_at"))["at"]
    put_off = tasks.exclude(run_after=get_date_max()).aggregate(at=Min("run_after"))["at"]
    since = min((at for at in (at_once, put_off) if at is not None), default=now)
    return max(now - since, timedelta())


def failed_since(moment: datetime) -> FailureCounts:
    """Return what failed since a moment."""
    tasks = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED, finished_at__gte=moment)
    given_up = CodeDelivery.objects.filter(state=CodeDelivery.State.FAILED, ended_at__gte=moment)
    return FailureCounts(tasks.count(), given_up.count())


def queued_messages() -> MessageCounts:
    """Return how many e-mails wait."""
    messages = QueuedMessage.objects
    return MessageCounts(messages.count(), messages.filter(attempts__gt=0).count())
