"""Record what allauth and Django announce about sign-ins as sign-in events. Business rules do not use signals."""

from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as factors
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import signals as auth
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from licensing_portal.accounts import devices, second_factor
from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events, languages, lock_outs, sessions

Kind = SignInEvent.Kind


def connect() -> None:
    auth.user_logged_in.connect(_session_begins)
    auth.user_logged_out.connect(_signed_out)
    account.user_logged_in.connect(_signed_in)
    account.password_changed.connect(_password_changed)
    account.password_reset.connect(_password_reset)
    factors.authenticator_added.connect(_factor_added)
    factors.authenticator_removed.connect(_factor_removed)
    factors.authenticator_reset.connect(_codes_renewed)
    factors.authenticator_used.connect(_factor_used)
    factors.authentication_failed.connect(_factor_failed)


def _session_begins(request: HttpRequest, **kwargs: Any) -> None:
    sessions.begin_session(request)


def _signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        events.record_sign_in_event(Kind.SIGNED_OUT, user=user, request=request)


def _signed_in(request: HttpRequest, response: HttpResponse, user: User, **kwargs: Any) -> None:
    by_provider = second_factor.came_by_single_sign_on(request, user)
    if by_provider and settings.OIDC_SECOND_FACTOR:
        second_factor.mark_proved(request, user)
    events.record_sign_in_event(Kind.SIGNED_IN, user=user, request=request, detail=_how(request, user))
    languages.note_language(user)
    if not devices.is_known(request, user):
        get_adapter(request).send_notification_mail("account/email/new_device", user)
    devices.remember(request, response, user)


def _how(request: HttpRequest, user: User) -> str:
    records = get_authentication_records(request, user)
    return " + ".join(dict.fromkeys(record.get("type", record["method"]) for record in records))


def _password_changed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    events.record_sign_in_event(Kind.PASSWORD_CHANGED, user=user, request=request)
    sessions.end_sessions(user, request=request)


def _password_reset(request: HttpRequest, user: User, **kwargs: Any) -> None:
    events.record_sign_in_event(Kind.PASSWORD_RESET, user=user, request=request)
    lock_outs.reset_attempts(user)
    sessions.end_sessions(user, request=request)


def _factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    events.record_sign_in_event(Kind.FACTOR_ADDED, user=user, request=request, detail=authenticator.type)
    if authenticator.type in second_factor.FACTORS:
        second_factor.mark_proved(request, user)


def _factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    events.record_sign_in_event(Kind.FACTOR_REMOVED, user=user, request=request, detail=authenticator.type)
    if not second_factor.has_one(user):
        second_factor.forget(request)
        sessions.end_sessions(user, request=request)


def _codes_renewed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    events.record_sign_in_event(Kind.CODES_RENEWED, user=user, request=request)


def _factor_used(request: HttpRequest, user: User, **kwargs: Any) -> None:
    second_factor.mark_proved(request, user)


def _factor_failed(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    events.record_sign_in_event(Kind.FACTOR_FAILED, user=user, request=request, detail=authenticator.type)
