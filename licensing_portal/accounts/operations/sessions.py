"""Sessions of the portal: how long they last, where someone is signed in, and how that ends."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events

BEGAN, SEEN = "session_began", "session_seen"  # seconds since 1970
NOTED_EVERY = 60  # seconds: a page that is read must not cost a write


def begin(request: HttpRequest) -> None:
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def is_over(request: HttpRequest) -> bool:
    """Nothing happened in it for too long, or it is older than a working day."""
    now = time.time()
    idle = now - request.session.get(SEEN, 0)
    age = now - request.session.get(BEGAN, 0)
    return idle > settings.SESSION_IDLE_MINUTES * 60 or age > settings.SESSION_HOURS * 3600


def note_activity(request: HttpRequest) -> None:
    """Once a minute, remember that the session is in use. If the database is busy, the next request tries again."""
    now = int(time.time())
    if now - request.session[SEEN] < NOTED_EVERY:
        return
    was_modified = request.session.modified
    try:
        with _impatience():
            request.session[SEEN] = now
            request.session.save()
            UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())
    except (OperationalError, UpdateError):
        pass
    request.session.modified = was_modified


@contextmanager
def _impatience() -> Iterator[None]:
    """An import holds SQLite's only lock for a while; whoever reads a page must not wait for it."""
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
def end(user: User, *, request: HttpRequest | None = None, by: str = "", **which: Any) -> int:
    """End the user's sessions that ``which`` filters, but never the one of this request; how many there were."""
    own = request.session.session_key if request else None
    ended = list(UserSession.objects.filter(user_id=user.pk, **which).exclude(session_key=own or ""))
    for session in ended:
        session.end()
    if ended:
        kind = SignInEvent.Kind.SESSIONS_ENDED
        events.record(kind, user=user, request=request, by=by, detail=str(len(ended)))
    return len(ended)
