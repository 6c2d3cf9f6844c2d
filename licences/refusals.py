"""Whoever tries what he may not leaves a trace: a line in the log ``security``, and a count under his name.

The line has the user's number, his roles, the method, the path and why: no names, and nothing that was typed but
the path, in which nothing can begin a new line.
"""

import logging

from django.contrib.auth.models import User
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.operations.refusals import count_refused_access

log = logging.getLogger("security")
PATH_SHOWN = 200


def note(request: HttpRequest, why: str) -> None:
    """A request that was refused as such: by permission, as forged, as a manipulation. Counted for a user."""
    user = getattr(request, "user", None)
    log.warning("refused %s: %s", why, _who_and_what(request))
    if user is not None and user.is_authenticated:
        _count(request, user.get_username(), why)


def note_refusal(request: HttpRequest, refusal: Refusal) -> None:
    """An operation that refused somebody who may use it: the second click, the decided request, the blocked serial."""
    log.info("refused %s: %s", refusal.code, _who_and_what(request))


def _who_and_what(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    who = f'user={user.pk} roles="{_roles(user)}"' if isinstance(user, User) else "user=-"
    return f"{who} {_one_line(request.method)} {_one_line(request.path)}"


def _roles(user: User) -> str:
    names = [_one_line(name) for name in user.groups.order_by("name").values_list("name", flat=True)]
    return ", ".join(["superuser", *names] if user.is_superuser else names)


def _one_line(text: str | None) -> str:
    """Printable, on one line, not endless."""
    return (text or "").encode("unicode_escape").decode("ascii")[:PATH_SHOWN]


def _count(request: HttpRequest, username: str, why: str) -> None:
    """The answer is the same where the database is too busy to count: the line is in the log."""
    match = request.resolver_match
    page = f"/{match.route}" if match else "-"
    method = _one_line(request.method)[:10]
    try:
        count_refused_access(username=username, method=method, page=page[:200], why=why[:60], now=timezone.now())
    except DatabaseError:
        log.exception("the refusal could not be counted")
