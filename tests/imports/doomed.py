"""A process that says "here" at a chosen point of an import and waits there until it is killed.

It is forked from one that has imported this module, and with it the portal, because that takes a second.
"""

import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import django
from django.apps import apps

if not apps.ready:
    django.setup()

_listeners: list[Connection] = []


def stop_here(*_: Any, **__: Any) -> None:
    _listeners[0].send("here")
    time.sleep(600)


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, after which the process stops."""

    def stopped(*arguments: Any, **options: Any) -> None:
        function(*arguments, **options)
        stop_here()

    return stopped


def stop_while_reading() -> None:
    """Stop with the first two rows staged and more to read."""
    from licences.imports import staging

    staging.CHUNK = 2
    staging._stage_chunk = after(staging._stage_chunk)


def stop_while_checking() -> None:
    """Stop when all rows are judged and no verdict is stored."""
    from licences.imports import verdict_storage

    verdict_storage.collect_verdicts = after(verdict_storage.collect_verdicts)


def stop_while_applying() -> None:
    """Stop with the grants, and nothing later, in the transaction."""
    from licences.imports.statement_runner import StatementRunner

    run = StatementRunner.__call__

    def run_until_the_grants(self: StatementRunner, statement: str, **parameters: Any) -> int:
        touched = run(self, statement, **parameters)
        if "INTO licences_licencegrant" in statement:
            stop_here()
        return touched

    StatementRunner.__call__ = run_until_the_grants


def stop_before_the_end() -> None:
    """Stop with everything but the event in the transaction."""
    from licences.imports import lifecycle

    lifecycle.record_event = stop_here


def stop_when_applied() -> None:
    """Stop after the commit, before the staged rows are deleted."""
    from licences.imports import lifecycle

    lifecycle.delete_staged_rows = stop_here


def stop_when_done() -> None:
    """Stop when the import has ended and its task still counts as running."""
    from django_tasks_db.models import DBTaskResult

    DBTaskResult.set_successful = stop_here


def stop_in_the_inbox(name: str, *, before: bool = False) -> Callable[[], None]:
    """Stop before or after a function of the watched folder."""

    def patch() -> None:
        from licences.imports import inbox

        setattr(inbox, name, stop_here if before else after(getattr(inbox, name)))

    return patch


POINTS = {
    "inbox-stored": stop_in_the_inbox("_save_first", before=True),
    "inbox-received": stop_in_the_inbox("_receive"),
    "inbox-confirmed": stop_in_the_inbox("confirm_import"),
    "inbox-reported": stop_in_the_inbox("_write_report"),
    "inbox-moved": stop_in_the_inbox("_move"),
    "reading": stop_while_reading,
    "checking": stop_while_checking,
    "applying": stop_while_applying,
    "ending": stop_before_the_end,
    "applied": stop_when_applied,
    "done": stop_when_done,
}


def main(listener: Connection, values: dict[str, Any], point: str, command: str, *arguments: str) -> None:
    """Run a command, with these values of settings, until the point. A ``worker`` is one for the background."""
    from django.conf import settings
    from django.core.management import call_command

    _listeners.append(listener)
    for name, value in values.items():
        setattr(settings, name, value)
    POINTS[point]()
    options = {"batch": True, "startup_delay": False} if command == "worker" else {}
    call_command(command, *arguments, verbosity=0, **options)
