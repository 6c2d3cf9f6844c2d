"""Record access denials: a line in the log ``security``, and a count per user and page.

A line holds the user's number, their roles, the method, the path and the reason. It holds no names and nothing that was
typed except the path, whose control characters are escaped so that it cannot start a new line.
"""

import logging

from django.contrib.auth.models import User
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.operations.access_denials import count_access_denial

log = logging.getLogger("security")
PATH_SHOWN = 200


def record_denial(request: HttpRequest, why: str) -> None:
    """Log a request that was denied (no permission, failed CSRF check, suspicious request), and
    count it for the user.
    """
    user = getattr(request, "user", None)
    request.denied_because = why  # type: ignore[attr-defined]  # counted by the metrics
    log.warning("refused %s: %s", why, _who_and_what(request))
    if user is not None and user.is_authenticated:
        _count(request, user.get_username(), why)


def record_refusal(request: HttpRequest, refusal: Refusal) -> None:
    """Log that an operation refused a user who may use it, such as a second click or a blocked serial."""
    request.refusal_code = refusal.code  # type: ignore[attr-defined]  # counted by the metrics
    log.info("refused %s: %s", refusal.code, _who_and_what(request))


def _who_and_what(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    who = f'user={user.pk} roles="{_roles(user)}"' if isinstance(user, User) else "user=-"
    return f"{who} {_one_line(request.method)} {_one_line(request.path)}"


def _roles(user: User) -> str:
    names = [_one_line(name) for name in user.groups.order_by("name").values_list("name", flat=True)]
    return ", ".join(["superuser", *names] if user.is_superuser else names)


def _one_line(text: str | None) -> str:
    """Return the text with control characters escaped, cut at ``PATH_SHOWN`` characters."""
    return (text or "").encode("unicode_escape").decode("ascii")[:PATH_SHOWN]


def _count(request: HttpRequest, username: str, why: str) -> None:
    """Count the denial. A database too busy to count changes nothing for the user: the line is in the log."""
    match = request.resolver_match
    page = f"/{match.route}" if match else "-"
    method = _one_line(request.method)[:10]
    try:
        count_access_denial(username=username, method=method, page=page[:200], why=why[:60], now=timezone.now())
    except DatabaseError:
        log.exception("the refusal could not be counted")
