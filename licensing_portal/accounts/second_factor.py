"""Who has to prove a second factor, and whether this session has.

A session is marked when a factor was proved or set up in it, so that most requests need nothing but the session. A
session of someone who set one up elsewhere in the meantime has to prove it first.
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
    """All but those who may only look up. Asked of the rights, which every page has at hand, and not of the role."""
    if user.is_superuser:
        return True
    held = user.get_all_permissions()
    return not held or not held <= _LOOK_UP


def is_proved(request: HttpRequest) -> bool:
    return bool(request.session.get(_MARK) == request.user.pk)


def is_unproved(request: SignedInRequest) -> bool:
    """There is one, set up elsewhere since this session began, and this session has not proved it."""
    return not is_proved(request) and has_one(request.user)


def mark_proved(request: HttpRequest, user: User) -> None:
    request.session[_MARK] = user.pk


def forget(request: HttpRequest) -> None:
    request.session.pop(_MARK, None)


def has_one(user: User) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()


def next_step(user: User) -> str:
    """Where to send someone: to set a factor up, or to prove the one that there is."""
    present = set(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).values_list("type", flat=True))
    if Authenticator.Type.TOTP in present:
        return reverse("mfa_reauthenticate")
    return reverse("mfa_reauthenticate_webauthn" if present else "second-factor")


def came_by_single_sign_on(request: HttpRequest, user: object) -> bool:
    return any(record["method"] == "socialaccount" for record in get_authentication_records(request, user))
