"""What happened to an account's keys: a row for auditors, and a line in the log.

The line holds words of ours and the number of the user, nothing that was typed: no personal data, and nobody can write
into the log.
"""

import logging

from django.contrib.auth.models import User
from django.http import HttpRequest

from licences.gate import client_address
from licensing_portal.accounts.models import SignInEvent

Kind = SignInEvent.Kind
log = logging.getLogger("licensing_portal.accounts")
_WARNINGS = {Kind.FAILED, Kind.FACTOR_FAILED, Kind.LOCKED_OUT, Kind.REFUSED}


def record(
    kind: SignInEvent.Kind,
    *,
    user: User | None,
    request: HttpRequest | None = None,
    by: str = "",
    detail: str = "",
) -> SignInEvent:
    """``detail`` is a word of ours, such as the kind of a factor; ``by`` names who did it to someone else."""
    level = logging.WARNING if kind in _WARNINGS else logging.INFO
    log.log(level, "event=%s user=%s detail=%s", kind.value, user.pk if user else "-", detail or "-")
    return SignInEvent.objects.create(
        kind=kind,
        user=user,
        username=user.get_username() if user else "",
        by=by,
        address=client_address(request) if request else "",
        detail=detail,
    )
