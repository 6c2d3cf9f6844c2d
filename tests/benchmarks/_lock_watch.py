"""How long others have to wait for the tables of a portal, watched from other connections while one process works."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import psycopg

EVERY = 0.02  # seconds between two looks at the locks, and between two visits to a table
BLOCK_WRITERS = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
BLOCK_READERS = ("AccessExclusiveLock",)
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_HELD = """
SELECT l.pid, l.virtualtransaction, c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
WHERE l.locktype = 'relation' AND l.granted AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
AND l.mode = ANY(%s) AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND l.pid <> pg_backend_pid()
"""


@dataclass
class Held:
    """The seconds for which a lock was seen, and the table and its kind."""

    seconds: float = 0.0
    table: str = ""
    mode: str = ""


@dataclass
class Watch:
    """Watches the tables that were there when it began: nobody waits for one that is new.

    ``reader_waited`` and ``writer_waited`` are the longest waits, in seconds, of somebody who visits ``busy`` in turn;
    ``blocked_readers`` and ``blocked_writers`` the locks that were held for longest, of those that keep out each.
    """

    url: str
    busy: tuple[str, ...]
    blocked_readers: Held = field(default_factory=Held)
    blocked_writers: Held = field(default_factory=Held)
    reader_waited: float = 0.0
    writer_waited: float = 0.0
    looks: int = 0

    def __enter__(self) -> Self:
        self._ended = threading.Event()
        self._first: dict[Any, float] = {}
        with psycopg.connect(self.url) as connection:
            self._known = {str(name) for (name,) in connection.execute(TABLES)}
        tasks = (self._look, self._visitor("ACCESS SHARE", "reader"), self._visitor("ROW EXCLUSIVE", "writer"))
        self._threads = [threading.Thread(target=task) for task in tasks]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _look(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            while not self._ended.wait(EVERY):
                self._note(connection.execute(_HELD, [list(BLOCK_WRITERS)]).fetchall(), time.monotonic())
                self.looks += 1

    def _note(self, locks: list[tuple[Any, ...]], now: float) -> None:
        """A lock is held until its transaction ends, so it was held from the first look that saw it to the last."""
        self._first = {lock: self._first.get(lock, now) for lock in locks if lock[2] in self._known}
        for (_pid, _transaction, table, mode), began in self._first.items():
            seen = Held(now - began + EVERY, table, mode)
            self.blocked_writers = max(self.blocked_writers, seen, key=_seconds)
            if mode in BLOCK_READERS:
                self.blocked_readers = max(self.blocked_readers, seen, key=_seconds)

    def _visitor(self, mode: str, who: str) -> Callable[[], None]:
        """What a reader or writer of each table does as far as locks go."""

        def visit() -> None:
            with psycopg.connect(self.url, autocommit=True) as connection:
                while not self._ended.wait(EVERY):
                    for table in self.busy:
                        began = time.monotonic()
                        with connection.transaction():
                            connection.execute(f"LOCK TABLE {table} IN {mode} MODE")
                        waited = time.monotonic() - began
                        setattr(self, f"{who}_waited", max(getattr(self, f"{who}_waited"), waited))

        return visit


def _seconds(held: Held) -> float:
    return held.seconds
