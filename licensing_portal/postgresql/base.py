"""Django's PostgreSQL backend for servers that stop answering without closing the connection, and with cursors that
prepare their statements.

Two optional keys of a database's settings, in seconds: ``STATEMENT_SECONDS`` limits statements on the server;
``ANSWER_SECONDS`` limits how long the client waits for an answer, whatever the server does.
"""

import time
from collections.abc import Generator
from functools import partial
from typing import Any

import psycopg
from django.db.backends.postgresql import base, operations

USES_BEFORE_PREPARED = 1
CHECKED_EVERY = 1  # seconds; a check of every request costs the look-up a fifth of its round trips


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """Return the statement with its values for logs, also where the server got the name of a prepared one."""
        if isinstance(cursor, base.ServerBindingCursor):
            return self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    checked_at: float | None = None
    is_preparing = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.checked_at = None
        connection = super().get_new_connection(conn_params)
        connection.prepare_threshold = USES_BEFORE_PREPARED  # of the cursors that prepare; Django's never do
        seconds = self.settings_dict.get("ANSWER_SECONDS")
        if seconds:
            connection.wait = partial(_wait, connection, connection.wait, seconds)
        return connection

    def prepared_cursor(self) -> Any:
        """Return a cursor like any other, except that the server keeps what it executes prepared, for this connection.

        ``licences.database.prepared`` says what it saves.
        """
        self.is_preparing = True
        try:
            return self.cursor()
        finally:
            self.is_preparing = False

    def create_cursor(self, name: str | None = None) -> Any:
        """Make the cursor that Django wraps."""
        if self.is_preparing:
            return base.ServerBindingCursor(self.connection)  # type: ignore[call-arg]  # psycopg 3's
        return super().create_cursor(name)

    def is_usable(self) -> bool:
        """Return whether the connection works: asks the server after an error, otherwise at most once a second."""
        now = time.monotonic()
        if self.errors_occurred or self.checked_at is None or now - self.checked_at >= CHECKED_EVERY:
            self.checked_at = now if super().is_usable() else None
        return self.checked_at is not None

    def init_connection_state(self) -> None:
        super().init_connection_state()
        seconds = self.settings_dict.get("STATEMENT_SECONDS")
        limit = f"; SET statement_timeout = {int(seconds * 1000)}" if seconds else ""
        with self.connection.cursor() as cursor:
            cursor.execute(f"SET jit = off{limit}")  # compiling takes longer than nearly every statement here


def _wait(connection: Any, wait: Any, seconds: float, gen: Any, *args: Any, **options: Any) -> Any:
    """``psycopg.Connection.wait`` with a time limit. After it has passed, the connection cannot be used any more."""
    try:
        return wait(_limited(gen, seconds), *args, **options)
    except _Silence:
        connection.pgconn.finish()
        raise psycopg.OperationalError(f"no answer within {seconds} seconds") from None


class _Silence(Exception):
    pass


def _limited(gen: Generator[Any, Any, Any], seconds: float) -> Generator[Any, Any, Any]:
    """Run the same steps as psycopg, which yields "nothing is ready" several times a second while it waits, until time
    is up.
    """
    until = time.monotonic() + seconds
    try:
        step = next(gen)
        while True:
            ready = yield step
            if not ready and time.monotonic() > until:
                raise _Silence
            step = gen.send(ready)
    except StopIteration as end:
        return end.value
