"""``manage.py worker``: run background tasks, and recover the work of workers that were killed."""

import logging
import os
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone
from django_tasks_db.management.commands import db_worker

from licences import operations
from licences.operations.heartbeats import record_worker_heartbeat
from licences.tasks import recover_abandoned_work

FIRST_PAUSE, LONGEST_PAUSE = 1, 60  # seconds before the database is tried again; each pause is twice the one before
logger = logging.getLogger(__name__)


class Command(db_worker.Command):
    help = "Run imports, send e-mails and webhooks in the background. Several can run; others take over if one stops."
    requires_system_checks = []  # the checks load every page; a large import needs that memory

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--with-parent", action="store_true", help="end when the process that started this one ends"
        )

    def handle(  # type: ignore[override]  # the package names each option
        self, *, with_parent: bool = False, batch: bool = False, **options: Any
    ) -> None:
        if batch:
            recover_abandoned_work()
            operations.deliver_webhooks()
        else:
            for job in (RECOVERY, HEARTBEAT, WEBHOOKS):
                _start_thread(_repeat, *job)
        if with_parent:
            _start_thread(_end_after, os.getppid())
        self._work(batch=batch, **options)

    def _work(self, *, batch: bool, **options: Any) -> None:
        """Run tasks until the process is told to end; if the database does not answer, pause and try again."""
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            try:
                return super().handle(batch=batch, **options)
            except (DatabaseError, InterfaceError):
                if batch:
                    raise
                if time.monotonic() - began > LONGEST_PAUSE:  # it answered in between
                    pause = FIRST_PAUSE
                logger.warning("The database does not answer; trying again in %s s.", pause, exc_info=True)
                connections.close_all()
                time.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)


def _start_thread(function: Any, *arguments: Any) -> None:
    threading.Thread(target=function, args=arguments, daemon=True).start()


def _repeat(act: Callable[[], object], pause: int, level: int, failed: str) -> None:
    """Do something again and again. Where it fails, the database is busy or away, and the next run will do."""
    while True:
        try:
            act()
        except Exception:
            logger.log(level, failed, exc_info=True)
        finally:
            connections.close_all()
        time.sleep(pause)


def _report() -> None:
    record_worker_heartbeat(now=timezone.now())


# Each has a thread: recovery may take longer than heartbeats can wait, and receivers may not answer for a while.
# Pauses are in seconds.
RECOVERY = (recover_abandoned_work, 15, logging.WARNING, "Could not look for abandoned imports; trying again.")
HEARTBEAT = (_report, 15, logging.INFO, "The heartbeat could not be stored.")
WEBHOOKS = (operations.deliver_webhooks, 2, logging.WARNING, "Could not send to webhooks; trying again.")


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
