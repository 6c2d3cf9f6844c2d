"""``manage.py worker``: does the work in the background, and takes up what a killed worker left behind."""

import logging
import os
import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.db import DatabaseError, InterfaceError, connections
from django_tasks_db.management.commands import db_worker

from licences.tasks import sweep

SWEEP_EVERY = 15  # seconds
RETRY_AFTER = 5
logger = logging.getLogger(__name__)


class Command(db_worker.Command):
    help = "Work in the background: imports. Run as many as you like; one that is killed is made up for by the others."
    requires_system_checks = []  # they load every page, whose memory a large import has a better use for

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--with-parent", action="store_true", help="end when the process that started this one ends"
        )

    def handle(  # type: ignore[override]  # the package names each option
        self, *, with_parent: bool = False, batch: bool = False, **options: Any
    ) -> None:
        if batch:
            sweep()
        else:
            _in_background(_sweep_for_ever)
        if with_parent:
            _in_background(_end_after, os.getppid())
        self._work(batch=batch, **options)

    def _work(self, *, batch: bool, **options: Any) -> None:
        """Until it is told to end: the database may be away for a while, or busy for longer than anybody waits."""
        while True:
            try:
                return super().handle(batch=batch, **options)
            except (DatabaseError, InterfaceError):
                if batch:
                    raise
                logger.warning("The database does not answer; trying again.", exc_info=True)
                connections.close_all()
                time.sleep(RETRY_AFTER)


def _in_background(function: Any, *arguments: Any) -> None:
    threading.Thread(target=function, args=arguments, daemon=True).start()


def _sweep_for_ever() -> None:
    while True:
        try:
            sweep()
        except Exception:  # the database is busy, or gone for a while: the next time will do
            logger.warning("Could not look for abandoned imports; trying again.", exc_info=True)
        finally:
            connections.close_all()
        time.sleep(SWEEP_EVERY)


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
