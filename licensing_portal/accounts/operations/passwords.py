"""Passwords that administrators set for other users, and links by which users set their own."""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse

from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events, sessions


@transaction.atomic
def record_password_set(user: User, *, by: User) -> None:
    """Record that an administrator set a user's password, and end the user's sessions."""
    events.record_sign_in_event(SignInEvent.Kind.PASSWORD_CHANGED, user=user, by=by.get_username())
    sessions.end_sessions(user, by=by.get_username())


@transaction.atomic
def make_link(user: User, *, by: str, reason: str = "") -> str:
    """Make a link on which a user sets a password; whoever has it can do so, once and within an hour.

    Recorded as a login event, without the link.
    """
    events.record_sign_in_event(SignInEvent.Kind.LINK_MADE, user=user, by=by, reason=reason)
    return f"{settings.PORTAL_URL.rstrip('/')}{password_page(user)}"


def password_page(user: User) -> str:
    """Return the path of the page on which a user sets a password, with a key that is good once and for an hour."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=key)
