"""Doing things at the same moment, on real connections."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def together(*functions: Callable[[], Any]) -> list[Any]:
    """Run the functions in a thread each, released at once; returns their results, or what they raised."""
    gate = threading.Barrier(len(functions))
    results: list[Any] = [None] * len(functions)

    def run(index: int, function: Callable[[], Any]) -> None:
        try:
            gate.wait(timeout=30)
            results[index] = function()
        except BaseException as error:  # the caller looks at it
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results
