"""Accounts: creating the first administrator on the server, and recording what became of an account."""

from django.contrib.auth.models import User
from django.db import transaction

from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events, sessions

SERVER = "server"  # who did it, where somebody with access to the server did


@transaction.atomic
def create_administrator(*, username: str, email: str, password: str | None) -> User:
    """Create a superuser from the server. Without a password they need a link to set one (``passwords.make_link``).

    The caller has checked the name and the password (docs/accounts.md#making-an-account).
    """
    user = User.objects.create_superuser(username, email=email, password=password)
    record_account(user, by=SERVER)
    return user


def record_account(user: User, *, by: str) -> None:
    """Record that an account was created."""
    events.record_sign_in_event(SignInEvent.Kind.CREATED, user=user, by=by)


@transaction.atomic
def record_activity_change(user: User, *, is_active: bool, reason: str, by: str) -> None:
    """Record that an account was deactivated, which ends its sessions, or activated again.

    ``reason`` is needed for both, and checked by the caller (docs/decisions.md#reasons).
    """
    kind = SignInEvent.Kind.REACTIVATED if is_active else SignInEvent.Kind.DEACTIVATED
    events.record_sign_in_event(kind, user=user, by=by, reason=reason[:500])
    if not is_active:
        sessions.end_sessions(user, by=by)
