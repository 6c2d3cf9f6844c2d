"""People at the login page, and what their telephones show."""

import re
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.models import User
from django.test import Client

from licensing_portal.accounts.operations import sessions

PASSWORD = "a long test password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN = "/accounts/login/"


def log_in(username: str, password: str = PASSWORD, *, client: Client | None = None, **headers: str):
    """Post the login page; returns the browser and the answer."""
    client = client or Client(headers=headers or None)
    return client, client.post(LOGIN, {"username": username, "password": password})


def code_for(secret: str, *, steps: int = 0) -> str:
    """What an authenticator app shows now, or so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def wrong_code(secret: str) -> str:
    """Six digits that are not the present code."""
    return f"{(int(code_for(secret)) + 1) % 1_000_000:06}"


def with_app(user: User) -> str:
    """Give someone an authenticator app; returns its secret."""
    TOTP.activate(user, SECRET)
    return SECRET


def shown_secret(page: bytes) -> str:
    found = re.search(rb"data-secret>([A-Z2-7]+)<", page)
    assert found
    return found[1].decode()


def is_signed_in(client: Client) -> bool:
    return client.get("/accounts/sessions/").status_code == 200


def aged(client: Client, *, idle: int = 0, age: int = 0) -> None:
    """Let so many seconds pass for a session."""
    session = client.session
    session[sessions.SEEN] -= idle
    session[sessions.BEGAN] -= age
    session.save()


def factors(user: User) -> set[str]:
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
