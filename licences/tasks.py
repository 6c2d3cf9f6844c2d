"""Background tasks, and recovery of work that a killed worker has left (docs/imports.md#what-happens-to-a-file).

A task only names the import to advance; the state of the import says what is to be done.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from licences import imports, operations
from licences.models import LogCheck
from licences.operations import search
from licences.proof.log_check_runs import run_log_check

DAYS_KEPT = 7
RETENTION_EVERY = timedelta(days=1)
LONGEST_COUNT = timedelta(hours=1)  # of all data quality lists
STARTUP_TIME = timedelta(seconds=15)  # a worker takes less between claiming a task and locking its import


@task()
def advance_import(file_import_id: int) -> None:
    """Read and check an uploaded file, or apply a confirmed one."""
    imports.advance_import(file_import_id)


@task(priority=-50)
def count_quality() -> None:
    """Count the lists of data quality, after all other tasks that wait."""
    operations.count_quality_lists(now=timezone.now(), by_worker=True)


@task(priority=-60)
def check_log(check_id: int) -> None:
    """Verify the event log, after all other tasks that wait (docs/proof.md#in-the-browser)."""
    run_log_check(check_id)


_retention_applied: dict[str, datetime] = {}  # by this process; another one may do it as well


_recovery_steps: list[Callable[..., None]] = []


def register_recovery_step(step: Callable[..., None]) -> None:
    """Let ``recover_abandoned_work`` also call a function of another package, with ``now``. Idempotent."""
    if step not in _recovery_steps:
        _recovery_steps.append(step)


def recover_abandoned_work() -> None:
    """Look into the inbox, resume imports whose worker was killed, fail the tasks it left running, and do the daily
    cleaning. Idempotent.

    Lists of data quality are counted when that is due, and reminders and figures are brought up to date. After an
    upgrade, search texts of an earlier version are made again as well, a chunk at a time.

    Every worker calls this every few seconds.
    """
    waiting = {_import_id(each) for each in _tasks(TaskResultStatus.READY)}
    for file_import_id in imports.abandoned_imports():
        if file_import_id not in waiting:
            advance_import.enqueue(file_import_id)
    operations.complete_pending_lists()
    operations.fail_overdue_deliveries(now=timezone.now())
    if operations.claim_quality_count(now=timezone.now()):
        count_quality.enqueue()
    _recover_log_checks()
    _fail_tasks_without_worker(now=timezone.now())
    search.renew_texts(most=search.CHUNK)
    for step in _recovery_steps:
        step(now=timezone.now())
    call_command("prune_db_task_results", min_age_days=DAYS_KEPT, verbosity=0)
    _apply_retention(now=timezone.now())
    for file_import_id in imports.scan_inbox():
        advance_import.enqueue(file_import_id)
    operations.refresh_reminders(now=timezone.now())
    operations.refresh_figures(now=timezone.now())  # last: it may take longest, and nothing waits for it


def _recover_log_checks() -> None:
    """End verifications of the log whose worker was killed, and queue those again that nobody is going to take."""
    operations.stop_abandoned_log_checks(now=timezone.now())
    unended = LogCheck.objects.filter(state=LogCheck.State.RUNNING)
    waiting = set(unended.filter(started_at=None).values_list("pk", flat=True))
    tasks = DBTaskResult.objects.filter(task_path=check_log.module_path)
    for pk in waiting - {_import_id(each) for each in tasks.filter(status=TaskResultStatus.READY)}:
        check_log.enqueue(pk)
    at_work = set(unended.values_list("pk", flat=True))
    for running in tasks.filter(status=TaskResultStatus.RUNNING):
        began = running.started_at or timezone.now()
        if _import_id(running) not in at_work and abs(timezone.now() - began) > STARTUP_TIME:
            _fail_task(running)


def _apply_retention(*, now: datetime) -> None:
    """Close idle requests and apply the retention periods once a day, the first time when the worker starts."""
    last = _retention_applied.get("at")
    if last is None or abs(now - last) >= RETENTION_EVERY:
        operations.close_idle_requests(now=now)
        operations.apply_retention(now=now)
        _retention_applied["at"] = now


def _tasks(status: TaskResultStatus) -> list[DBTaskResult]:
    return list(DBTaskResult.objects.filter(status=status, task_path=advance_import.module_path))


def _import_id(result: DBTaskResult) -> int:
    return int(result.args_kwargs["args"][0])


def _fail_tasks_without_worker(*, now: datetime) -> None:
    """Fail the running tasks of imports that no process works on, and overlong counts: their worker is gone."""
    for running in _tasks(TaskResultStatus.RUNNING):
        if abs(now - running.started_at) > STARTUP_TIME and imports.is_import_unattended(_import_id(running)):
            _fail_task(running)
    counting = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, task_path=count_quality.module_path)
    for running in counting.filter(started_at__lt=now - LONGEST_COUNT):
        _fail_task(running)


@transaction.atomic
def _fail_task(running: DBTaskResult) -> None:
    """Mark a task as failed, unless its worker has just ended it."""
    locked = DBTaskResult.objects.select_for_update().filter(pk=running.pk, status=TaskResultStatus.RUNNING).first()
    if locked is not None:
        locked.set_failed(RuntimeError("The worker was killed."))
