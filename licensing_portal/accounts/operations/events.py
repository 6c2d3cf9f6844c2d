"""Sign-in events: a row for auditors, and a line in the log.

The line holds fixed words and the user's number. It holds nothing that was typed, so it has no personal data and cannot
be forged.
"""

import logging

from django.contrib.auth.models import User
from django.http import HttpRequest

from licences.throttling import client_address
from licensing_portal.accounts.models import SignInEvent

Kind = SignInEvent.Kind
log = logging.getLogger("licensing_portal.accounts")
_WARNINGS = {Kind.FAILED, Kind.FACTOR_FAILED, Kind.LOCKED_OUT, Kind.REFUSED}


def record_sign_in_event(
    kind: SignInEvent.Kind,
    *,
    user: User | None,
    request: HttpRequest | None = None,
    by: str = "",
    detail: str = "",
    reason: str = "",
) -> SignInEvent:
    """Record a sign-in event. ``detail`` is a fixed word such as the kind of a factor; ``by`` names the person who did
    it to someone else, and ``reason`` says why; the log does not have it.
    """
    level = logging.WARNING if kind in _WARNINGS else logging.INFO
    log.log(level, "event=%s user=%s detail=%s", kind.value, user.pk if user else "-", detail or "-")
    return SignInEvent.objects.create(
        kind=kind,
        user=user,
        username=user.get_username() if user else "",
        by=by,
        address=client_address(request) if request else "",
        detail=detail,
        reason=reason,
    )
