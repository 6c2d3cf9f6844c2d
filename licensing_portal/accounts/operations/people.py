"""Accounts: creating the first administrator on the server, and recording that an account was created."""

from django.contrib.auth.models import User
from django.db import transaction

from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events

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
