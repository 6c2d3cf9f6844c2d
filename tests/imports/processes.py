"""Separate processes on the test database, and the recovery after they are killed."""

import multiprocessing
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import forkserver
from unittest import mock

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from licences.models import FileImport
from licences.tasks import advance_import, recover_abandoned_work
from tests.imports import doomed

LONG_AGO = timedelta(minutes=10)
PATIENCE = 60  # seconds


def environment():
    """The environment of a portal that uses the test database."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{at['NAME']}"
    else:
        url = f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "licensing_portal.settings",
        "DATABASE_URL": url,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "PYTHONUNBUFFERED": "1",
    }


def begun(*arguments):
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([doomed.__name__])


@contextmanager
def stopped(point, command="worker", *arguments):
    """A process stopped at this point until the end of the block, which kills it."""
    with mock.patch.dict(os.environ, environment()):  # the process that all others are forked from keeps it
        forkserver.ensure_running()
    values = {name: getattr(settings, name) for name in ("MEDIA_ROOT", "IMPORT_INBOX", "IMPORT_INBOX_QUIET_SECONDS")}
    heard, listener = _forks.Pipe(duplex=False)
    told = (listener, values, point, command, *map(str, arguments))
    process = _forks.Process(target=doomed.main, args=told, daemon=True)
    process.start()
    listener.close()
    try:
        assert heard.poll(PATIENCE), f"it has not come to {point}"
        assert heard.recv() == "here"
        yield process
    finally:
        process.kill()
        process.join(PATIENCE)
        heard.close()


def killed(point, command="worker", *arguments):
    """A process that is killed with SIGKILL at this point."""
    with stopped(point, command, *arguments):
        pass
    return True


def time_passes():
    """Move all heartbeats so far back that no silent worker counts as alive."""
    then = timezone.now() - LONG_AGO
    FileImport.objects.update(uploaded_at=then)
    FileImport.objects.exclude(heartbeat_at=None).update(heartbeat_at=then)
    DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).update(started_at=then)


def next_worker():
    """Do what the next worker does after a killed one: sweep and run its tasks."""
    until_settled(made_up_for)


def made_up_for():
    """Sweep and work once; returns whether no work is left."""
    recover_abandoned_work()
    work()
    at_work = FileImport.objects.filter(state__in=FileImport.RUNNING)
    to_clear = FileImport.objects.filter(state__in=FileImport.ENDED, holds_rows=True)
    return not (at_work.exists() or to_clear.exists() or tasks(TaskResultStatus.RUNNING))


def work():
    """Run a worker in this process until no task waits."""
    Worker(
        queue_names=["default"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=None,
        worker_id="next", excluded_queue_names=[],
    ).run()  # fmt: skip


def until_settled(settled):
    """Wait until PostgreSQL has noticed a killed process and rolled back its transaction."""
    end = time.monotonic() + PATIENCE
    while not settled():
        assert time.monotonic() < end, "it is not settled"
        time.sleep(0.1)


def tasks(status):
    return DBTaskResult.objects.filter(status=status, task_path=advance_import.module_path).count()
