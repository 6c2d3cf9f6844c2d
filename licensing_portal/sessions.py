"""Sessions in the database, as Django keeps them; their query, which every request makes, is compiled once."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

from licences.compiled import Compiled, Given


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        found = _SESSION.first(session_key=self.session_key, now=now)
        if found is None:
            self._session_key = None
        return found


_SESSION: Compiled[Any] = Compiled(
    lambda: SessionStore.get_model_class().objects.filter(
        session_key=Given("session_key", like=""), expire_date__gt=Given("now", like="")
    )
)
