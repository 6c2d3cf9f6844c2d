"""An attempt at a password or code, within the limits, and the sentence for whoever has used theirs up."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import ngettext

from licences.gate import client_address
from licensing_portal.accounts import devices
from licensing_portal.accounts.models import SignInEvent
from licensing_portal.accounts.operations import events, lock_outs
from licensing_portal.accounts.operations.lock_outs import Door, Kind


def door(kind: Kind, name: str, user: User | None, *, request: HttpRequest) -> Door:
    """A browser in which the owner has logged in before has a count of its own: strangers cannot lock it out."""
    return Door(kind, name, user, is_known=user is not None and devices.is_known(request, user))


@contextmanager
def counted(at: Door, *, request: HttpRequest) -> Iterator[None]:
    """Count what happens inside as an attempt at a door; a ``ValidationError`` inside means that it failed."""
    doors = [at, Door(Kind.ADDRESS, client_address(request))]
    attempt = lock_outs.take(doors)
    if attempt.seconds:
        raise locked(attempt.seconds)
    try:
        yield
    except ValidationError:
        if attempt.last:
            events.record(SignInEvent.Kind.LOCKED_OUT, user=at.user, request=request, detail=at.kind.value)
        raise
    lock_outs.give_back(doors)


def locked(seconds: int) -> ValidationError:
    minutes = -(-seconds // 60)
    sentence = ngettext(
        "Too many attempts have failed. Try again in %(minutes)s minute, or ask a supervisor to unlock you.",
        "Too many attempts have failed. Try again in %(minutes)s minutes, or ask a supervisor to unlock you.",
        minutes,
    )
    return ValidationError(sentence % {"minutes": minutes}, code="locked-out")
