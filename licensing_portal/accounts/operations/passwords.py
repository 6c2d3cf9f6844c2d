"""What others do to someone's password."""

from django.contrib.auth.models import User
from django.db import transaction

from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events, sessions


@transaction.atomic
def was_set(user: User, *, by: User) -> None:
    """An administrator has set one for someone else: written down, and the sessions with the old one end."""
    events.record(SignInEvent.Kind.PASSWORD_CHANGED, user=user, by=by.get_username())
    sessions.end(user, by=by.get_username())
