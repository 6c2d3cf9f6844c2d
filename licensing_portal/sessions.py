"""Database sessions in which an outage is not mistaken for an ended session."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError

from licensing_portal.outages import outage_of


class SessionStore(db.SessionStore):
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
