"""``WORKER=1``: the background worker beside gunicorn, restarted whenever it ends.

A small process without Django that ends with gunicorn. A worker that cannot start is tried again after a pause that
doubles, up to a minute; one that ran for a while is restarted at once.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

COMMAND = (sys.executable, "-m", "licensing_portal", "worker", "--with-parent", "--verbosity", "0")
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds
LOOK_EVERY = 0.5


def next_pause(pause: float, ran: float) -> float:
    """Return the seconds to wait before the next start, after a worker that waited ``pause`` seconds and then ran for
    ``ran``.
    """
    return SHORTEST_PAUSE if ran >= LONGEST_PAUSE else min(max(2 * pause, SHORTEST_PAUSE), LONGEST_PAUSE)


def watch(is_wanted: Callable[[], bool], command: tuple[str, ...] = COMMAND) -> None:
    """Keep the worker running until told to stop; then end it."""
    pause = 0.0
    while is_wanted():
        started = time.monotonic()
        worker = subprocess.Popen(command)  # noqa: S603  (our own command)
        while worker.poll() is None:
            if not is_wanted():
                worker.terminate()
                worker.wait()
                return
            time.sleep(LOOK_EVERY)
        pause = next_pause(pause, time.monotonic() - started)
        print(f"The worker has ended ({worker.returncode}) and is started again.", file=sys.stderr)  # noqa: T201
        _sleep(pause, is_wanted)


def _sleep(seconds: float, is_wanted: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while is_wanted() and time.monotonic() < end:
        time.sleep(LOOK_EVERY)


def main() -> None:
    parent = os.getppid()
    ended: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: ended.append(received))
    watch(lambda: not ended and os.getppid() == parent)


if __name__ == "__main__":
    main()
