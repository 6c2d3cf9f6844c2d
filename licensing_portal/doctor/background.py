"""The worker, its queue, and what it could not do."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from licences.operations.heartbeats import worker_last_seen
from licensing_portal.doctor.findings import HealthFinding, ok, problem, warning
from licensing_portal.queue_figures import failed_since, longest_running, queued_messages, waiting_by_queue

SILENT = timedelta(minutes=5)  # a large import on SQLite keeps a heartbeat waiting
SLOW, STUCK = timedelta(minutes=10), timedelta(hours=1)
LONG = timedelta(hours=1)  # no task runs longer: an import of ten million rows takes a quarter of an hour
RECENTLY = timedelta(days=1)


def find_worker() -> Iterator[HealthFinding]:
    seen, now = worker_last_seen(), timezone.now()
    advice = _(
        "Start 'manage.py worker' as a service, or set WORKER=1 and restart gunicorn. Imports and e-mail wait for it."
    )
    if seen is None:
        yield problem(_("No worker has reported yet."), advice)
        return
    words = _("A worker last reported %(seconds)s seconds ago.") % {
        "seconds": max(round((now - seen).total_seconds()), 0)
    }
    yield problem(words, advice) if now - seen > SILENT else ok(words)


def find_queue() -> Iterator[HealthFinding]:
    now = timezone.now()
    loads = waiting_by_queue(now)
    wait, count = max(each.oldest for each in loads), sum(each.count for each in loads)
    words = _("Tasks waiting: %(count)s; the oldest for %(minutes)s minutes.")
    words %= {"count": count, "minutes": int(wait.total_seconds() // 60)}
    advice = _("Check that a worker runs. If it is busy with a large import, start a second one.")
    if wait > STUCK:
        yield problem(words, advice)
    else:
        yield warning(words, advice) if wait > SLOW else ok(words)
    yield from _running_too_long(now)
    messages = queued_messages()
    if messages.overdue:
        said = {"count": messages.overdue}
        yield warning(
            _("E-mails that could not be sent at the first attempt, and are tried again: %(count)s.") % said,
            _("See the mail server's finding above. After a day, a message is given up."),
        )


def _running_too_long(now: datetime) -> Iterator[HealthFinding]:
    task = longest_running(now)
    if task is not None and task.since > LONG:
        words = _("A worker has been at one task for %(minutes)s minutes: %(task)s.")
        said = {"minutes": int(task.since.total_seconds() // 60), "task": task.path.rpartition(".")[2]}
        yield warning(
            words % said, _("If its import makes no progress either, restart the workers: another one continues it.")
        )


def find_failures() -> Iterator[HealthFinding]:
    failed = failed_since(timezone.now() - RECENTLY)
    if failed.tasks or failed.deliveries:
        words = _("In the last 24 hours, tasks failed: %(tasks)s; e-mails with unlock codes not sent: %(deliveries)s.")
        said = {"tasks": failed.tasks, "deliveries": failed.deliveries}
        advice = _(
            "Open the lists of tasks and of unlock codes sent by e-mail in the administration: they name the error."
        )
        yield warning(words % said, advice)
    else:
        yield ok(_("No task and no e-mail with an unlock code failed in the last 24 hours."))
