"""Sessions: how long they last, where a user is signed in, and how sessions end.

Times in the future, written into a session while a clock was ahead, count as now: they extend neither the session nor
the time in which the user counts as just logged in.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events

BEGAN, SEEN = "session_began", "session_seen"  # seconds since 1970
NOTED_EVERY = 60  # seconds: a page that is read must not cost a write


def begin_session(request: HttpRequest) -> None:
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def is_session_over(request: HttpRequest) -> bool:
    """Return whether the session was idle for too long or is older than a working day."""
    now = time.time()
    _set_right(request, int(now) + 1)
    idle = now - request.session.get(SEEN, 0)
    age = now - request.session.get(BEGAN, 0)
    return idle > settings.SESSION_IDLE_MINUTES * 60 or age > settings.SESSION_HOURS * 3600


@dataclass(frozen=True, slots=True)
class SessionTime:
    """``seconds`` until the session ends; ``extensible`` tells whether activity makes it last longer."""

    seconds: int
    extensible: bool


def time_left(request: HttpRequest) -> SessionTime:
    """Return how long the session lasts if nothing more is done in it."""
    now = time.time()
    idle = settings.SESSION_IDLE_MINUTES * 60 - (now - request.session.get(SEEN, 0))
    age = settings.SESSION_HOURS * 3600 - (now - request.session.get(BEGAN, 0))
    return SessionTime(max(0, int(min(idle, age))), extensible=idle < age)


def _set_right(request: HttpRequest, latest: int) -> None:
    session = request.session
    for name in (BEGAN, SEEN):
        if session.get(name, 0) > latest:
            session[name] = latest
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    if any(record["at"] > latest for record in records):
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{**each, "at": min(each["at"], latest)} for each in records]


def note_activity(request: HttpRequest) -> None:
    """Store once a minute that the session is in use. If the database is busy, the next request tries again."""
    now = int(time.time())
    if now - request.session[SEEN] < NOTED_EVERY:
        return
    was_modified = request.session.modified
    try:
        with _impatience():
            request.session[SEEN] = now
            request.session.save()
            UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())
    except (DatabaseError, UpdateError):
        pass
    request.session.modified = was_modified


@contextmanager
def _impatience() -> Iterator[None]:
    """Wait only briefly for SQLite's lock, which an import may hold: a page must not wait for it."""
    if connection.vendor != "sqlite":
        yield
        return
    seconds = connection.settings_dict["OPTIONS"].get("timeout", 5)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


@transaction.atomic
def end_sessions(user: User, *, request: HttpRequest | None = None, by: str = "", **which: Any) -> int:
    """End the user's sessions selected by ``which``, except the one of this request. Returns how many there were."""
    own = request.session.session_key if request else None
    ended = list(UserSession.objects.filter(user_id=user.pk, **which).exclude(session_key=own or ""))
    for session in ended:
        session.end()
    if ended:
        kind = SignInEvent.Kind.SESSIONS_ENDED
        events.record_sign_in_event(kind, user=user, request=request, by=by, detail=str(len(ended)))
    return len(ended)
