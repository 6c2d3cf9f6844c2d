"""Who must prove a second factor, and whether a session has proved one.

The session is marked when a factor is proved or set up in it, so that most requests only need the session. If the user
sets a factor up in another session, this one has to prove it first.
"""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse

from licences.roles import ROLES
from licensing_portal.accounts.people import SignedInRequest

_MARK = "second_factor"
_LOOK_UP = ROLES["Support agent"]
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes only stand in for one of these


def is_missing(request: SignedInRequest) -> bool:
    return settings.SECOND_FACTOR == "required" and not is_proved(request) and is_obliged(request.user)


def is_obliged(user: User) -> bool:
    """Return whether the user must have a second factor: all users except those who may only look up. Decided by
    permissions, which every page has loaded, and not by roles.
    """
    if user.is_superuser:
        return True
    permissions = user.get_all_permissions()
    return not permissions or not permissions <= _LOOK_UP


def is_proved(request: HttpRequest) -> bool:
    return bool(request.session.get(_MARK) == request.user.pk)


def is_unproved(request: SignedInRequest) -> bool:
    """Return whether the user has a factor that this session has not proved, because it was set up elsewhere."""
    return not is_proved(request) and has_one(request.user)


def mark_proved(request: HttpRequest, user: User) -> None:
    request.session[_MARK] = user.pk


def forget(request: HttpRequest) -> None:
    request.session.pop(_MARK, None)


def has_one(user: User) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()


def next_step(user: User) -> str:
    """Return the page to send the user to: to set up a factor, or to prove it."""
    present = set(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).values_list("type", flat=True))
    if Authenticator.Type.TOTP in present:
        return reverse("mfa_reauthenticate")
    return reverse("mfa_reauthenticate_webauthn" if present else "second-factor")


def came_by_single_sign_on(request: HttpRequest, user: object) -> bool:
    return any(record["method"] == "socialaccount" for record in get_authentication_records(request, user))
