"""Database sessions in which an outage is not mistaken for an ended session."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.utils import timezone

from licences.database.prepared import read_rows
from licensing_portal.outages import outage_of

_SESSION = "SELECT session_data, expire_date FROM django_session WHERE session_key = %s"


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        """Return what is in the session; nothing if it has ended, which Django notes."""
        for data, expires_at in read_rows(connection, _SESSION, [self.session_key]):
            if expires_at > timezone.now():
                return self.decode(data)
        return super().load()

    def save(self, must_create: bool = False) -> None:
        """Save the session. Django treats any database error as a deleted session; here, an outage
        is raised as itself.
        """
        try:
            super().save(must_create)
        except UpdateError as error:
            if outage_of(error) is not None and error.__context__ is not None:
                raise error.__context__ from error.__context__.__cause__
            raise
