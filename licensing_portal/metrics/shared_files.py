"""The files of ``METRICS_DIR`` in which processes keep their counters, for ``manage.py metrics`` to add up.

Each process claims the lowest number that no living process has, by a lock that ends with it, and goes on counting in
the files of that number. So there are never more files than there were processes at one time, and counters never fall.
"""

import fcntl
import logging
import os
from pathlib import Path

from prometheus_client import values

log = logging.getLogger(__name__)
MOST_PROCESSES = 1024
# Bytes of each file, more than all views can take (measured for 393 of them: 250 kB for four statuses each, 975 kB for
# their durations). The library enlarges a file that is full.
FILE_SIZES = {"counter": 1 << 20, "histogram": 2 << 20}


def share_counters(folder: str) -> bool:
    """Let the counters that this process makes from now on be kept in ``folder``; call it before the first is made.

    Returns False, and counters stay within the process, if no folder is named or it has no room. A file is written in
    full beforehand: a process that met a full disk while it counts would be killed (SIGBUS).
    """
    if not folder:
        return False
    try:
        name = f"p{_claim_number(Path(folder))}"
        for kind, size in FILE_SIZES.items():
            _reserve(Path(folder) / f"{kind}_{name}.db", size)
    except OSError as error:
        log.warning("metrics are not counted: %s: %s", folder, error.strerror or type(error).__name__)
        return False
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    values.ValueClass = values.MultiProcessValue(process_identifier=lambda: name)
    return True


def _claim_number(folder: Path) -> int:
    """Return a number that no other living process has. Its lock is held until this process ends."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(MOST_PROCESSES):
        descriptor = os.open(folder / f"{number}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        return number
    raise OSError("there are too many processes")


def _reserve(path: Path, size: int) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, size)
    finally:
        os.close(descriptor)
