"""A process that says "here" at a chosen point of an import and goes no further, until it is killed.

``python -m tests.licences.imports.doomed POINT worker`` is a worker for the background,
``… POINT import_purchases FILE`` the command line.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import django


def stop_here(*_: Any, **__: Any) -> None:
    print("here", flush=True)  # noqa: T201
    time.sleep(600)


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, and then no further."""

    def stopped(*arguments: Any, **options: Any) -> None:
        function(*arguments, **options)
        stop_here()

    return stopped


def stop_while_reading() -> None:
    """With the first two rows in the database, and more to come."""
    from licences.operations.imports import staging

    staging.CHUNK = 2
    staging._stage_chunk = after(staging._stage_chunk)


def stop_while_checking() -> None:
    """When all is judged, and nothing of it is kept."""
    from licences.operations.imports import outcomes

    outcomes.take_verdicts = after(outcomes.take_verdicts)


def stop_while_applying() -> None:
    """With the grants and nothing after them in the transaction."""
    from licences.operations.imports.steps import Steps

    run = Steps.__call__

    def run_until_the_grants(self: Steps, statement: str, **parameters: Any) -> int:
        touched = run(self, statement, **parameters)
        if "INTO licences_licencegrant" in statement:
            stop_here()
        return touched

    Steps.__call__ = run_until_the_grants


def stop_before_the_end() -> None:
    """With everything in the transaction but its event."""
    from licences.operations.imports import lifecycle

    lifecycle.record_event = stop_here


def stop_when_applied() -> None:
    """When the transaction is committed, and its rows still wait to be cleared away."""
    from licences.operations.imports import lifecycle

    lifecycle._clear_away = stop_here


def stop_when_done() -> None:
    """When all of it is done but the task, which still says that it runs."""
    from django_tasks_db.models import DBTaskResult

    DBTaskResult.set_successful = stop_here


POINTS = {
    "reading": stop_while_reading,
    "checking": stop_while_checking,
    "applying": stop_while_applying,
    "ending": stop_before_the_end,
    "applied": stop_when_applied,
    "done": stop_when_done,
}


def main(point: str, command: str, *arguments: str) -> None:
    django.setup()
    from django.core.management import call_command

    POINTS[point]()
    options = {"batch": True, "startup_delay": False} if command == "worker" else {}
    call_command(command, *arguments, verbosity=0, **options)


if __name__ == "__main__":
    main(*sys.argv[1:])
