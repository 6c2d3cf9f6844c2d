"""Passwords that administrators set for other users."""

from django.contrib.auth.models import User
from django.db import transaction

from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events, sessions


@transaction.atomic
def record_password_set(user: User, *, by: User) -> None:
    """Record that an administrator set a user's password, and end the user's sessions."""
    events.record_sign_in_event(SignInEvent.Kind.PASSWORD_CHANGED, user=user, by=by.get_username())
    sessions.end_sessions(user, by=by.get_username())
