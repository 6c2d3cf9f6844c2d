"""Work in the background. A task only says which import to go on with; what that means, the import itself knows."""

from datetime import datetime, timedelta

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from licences import operations

DAYS_KEPT = 7
RETENTION_EVERY = timedelta(days=1)
STARTING = timedelta(seconds=15)  # more than a worker takes from having a task to working on its import


@task()
def advance_import(file_import_id: int) -> None:
    """Read and check an uploaded file, or apply a confirmed one."""
    operations.advance_import(file_import_id)


_retention_applied: dict[str, datetime] = {}  # by this process; that another does it as well does no harm


def sweep() -> None:
    """Take up imports whose worker was killed, and end the tasks that it left running for ever."""
    waiting = {_import_of(each) for each in _tasks(TaskResultStatus.READY)}
    for file_import_id in operations.abandoned_imports():
        if file_import_id not in waiting:
            advance_import.enqueue(file_import_id)
    _end_tasks_without_worker(started_before=timezone.now() - STARTING)
    call_command("prune_db_task_results", min_age_days=DAYS_KEPT, verbosity=0)
    _apply_retention(now=timezone.now())


def _apply_retention(*, now: datetime) -> None:
    """Once a day, the first time when the worker starts."""
    last = _retention_applied.get("at")
    if last is None or now - last >= RETENTION_EVERY:
        operations.apply_retention(now=now)
        _retention_applied["at"] = now


def _tasks(status: TaskResultStatus) -> list[DBTaskResult]:
    return list(DBTaskResult.objects.filter(status=status, task_path=advance_import.module_path))


def _import_of(each: DBTaskResult) -> int:
    return int(each.args_kwargs["args"][0])


def _end_tasks_without_worker(*, started_before: datetime) -> None:
    """A running task of an import that nobody works on: the worker that had it is gone."""
    for running in _tasks(TaskResultStatus.RUNNING):
        if running.started_at < started_before and operations.is_import_alone(_import_of(running)):
            _end(running)


@transaction.atomic
def _end(running: DBTaskResult) -> None:
    """As failed, unless its worker has ended it at this very moment."""
    still = DBTaskResult.objects.select_for_update().filter(pk=running.pk, status=TaskResultStatus.RUNNING).first()
    if still is not None:
        still.set_failed(RuntimeError("The worker was killed."))
