"""Rate limits for passwords and one-time codes, and the error message once a limit is reached."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import ngettext

from licences.throttling import client_address
from licensing_portal.accounts import devices
from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events, lock_outs
from licensing_portal.accounts.operations.lock_outs import AttemptLimit, Kind


def attempt_limit(kind: Kind, name: str, user: User | None, *, request: HttpRequest) -> AttemptLimit:
    """Return the limit of one account. A browser in which the owner has logged in before has a limit of its own, so
    that strangers cannot lock the owner out.
    """
    return AttemptLimit(kind, name, user, is_known=user is not None and devices.is_known(request, user))


@contextmanager
def counted_attempt(limit: AttemptLimit, *, request: HttpRequest) -> Iterator[None]:
    """Count the block as an attempt. A ``ValidationError`` raised inside means that it failed; otherwise the attempt is
    not held against the user.
    """
    limits = [limit, AttemptLimit(Kind.ADDRESS, client_address(request))]
    attempt = lock_outs.count_attempt(limits)
    if attempt.seconds:
        raise locked(attempt.seconds)
    try:
        yield
    except ValidationError:
        if attempt.last:
            kind = SignInEvent.Kind.LOCKED_OUT
            events.record_sign_in_event(kind, user=limit.user, request=request, detail=limit.kind.value)
        raise
    lock_outs.forget_attempt(limits)


def locked(seconds: int) -> ValidationError:
    minutes = -(-seconds // 60)
    sentence = ngettext(
        "Too many failed attempts. Try again in %(minutes)s minute, or ask a supervisor to unlock you.",
        "Too many failed attempts. Try again in %(minutes)s minutes, or ask a supervisor to unlock you.",
        minutes,
    )
    return ValidationError(sentence % {"minutes": minutes}, code="locked-out")
