"""What open pages ask every few seconds, so that the desk and a request that waits follow by themselves
(docs/telephone-call.md#while-a-request-waits).

Answers have an ETag, and 304 is all that a page gets while nothing has changed. These calls are no activity: they keep
no session alive.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from django.contrib.auth.models import User
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_POST

from licences import operations
from licences.domain.staff_identity import is_among
from licences.models import Relicensing
from licences.queries import approvals, following
from licences.views.email_choices import store_email_choice
from licences.views.form_pages import actor, permitted
from licences.views.view_kinds import page_for

NOTED_EVERY = 20  # seconds
_noted: dict[int, float] = {}  # when this process last noted that a user has a page open


def without_activity(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view whose requests are no activity of its user, and return it."""
    view.is_activity = False  # type: ignore[attr-defined]  # accounts.middleware reads it
    return view


def is_activity_unless(asks_by_itself: Callable[[HttpRequest], bool]) -> Callable[..., Callable[..., HttpResponse]]:
    """Return a decorator for a view that a page asks by itself as well: those requests are no activity of its user."""

    def mark(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        view.is_activity = lambda request: not asks_by_itself(request)  # type: ignore[attr-defined]
        return view

    return mark


def _request_tag(request: HttpRequest, pk: int) -> str:
    return f'"{following.request_version(pk)}"'


def _waiting_tag(request: HttpRequest) -> str:
    return f'"{waiting_version(request)}"'


def waiting_version(request: HttpRequest) -> str:
    """Return the version of the viewer's list of waiting requests, as the desk shows it."""
    return following.waiting_version(actor(request))


@without_activity
@page_for("licences.view_relicensing")
@condition(etag_func=_request_tag)
def request_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Return what an open page of a request is to do now: go on to the sheet, or be loaded again."""
    found = get_object_or_404(Relicensing.objects.select_related("unlock_code"), pk=pk)
    _note_open_page(request)
    return JsonResponse({"go": _sheet_for(request, found), "announce": str(_("This request has changed."))})


def _sheet_for(request: HttpRequest, found: Relicensing) -> str:
    """The address of the sheet, for those who talk to the caller; empty for others, or if there is no code."""
    if found.unlock_code is None or not request.user.has_perm("licences.view_unlockcode"):
        return ""
    on_the_line = [*approvals.call_takers(found), *approvals.handed_over_by(found)]
    return found.unlock_code.get_absolute_url() if is_among(actor(request), on_the_line) else ""


@without_activity
@page_for("licences.decide_checklist")
def waiting(request: HttpRequest) -> HttpResponse:
    """Return the requests that the viewer may decide, as the desk lists them, and their number."""
    _note_open_page(request)
    return _waiting_list(request)


@condition(etag_func=_waiting_tag)
def _waiting_list(request: HttpRequest) -> HttpResponse:
    found = list(approvals.requests_decidable_by(actor(request))[: following.LISTED])
    count = len(found)
    said = ngettext("%(count)d request waits for you.", "%(count)d requests wait for you.", count) % {"count": count}
    html = render_to_string("licences/desk/_waiting_list.html", {"waiting": found}, request)
    return JsonResponse({"count": count, "html": html, "announce": said if count else str(_("Nothing to decide."))})


def _note_open_page(request: HttpRequest) -> None:
    """Note every 20 seconds that a supervisor has a page open. If the database is busy, a later call does it."""
    now, user = time.monotonic(), _user(request)
    if now - _noted.get(user.pk, -NOTED_EVERY) < NOTED_EVERY or not user.has_perm("licences.decide_checklist"):
        return
    with suppress(DatabaseError):
        operations.note_open_page(user=user, now=timezone.now(), language=get_language() or "")
        _noted[user.pk] = now


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)  # permitted lets nobody in without a login


@require_POST
@permitted("licences.decide_checklist")
def choose_emails(request: HttpRequest) -> HttpResponse:
    """Store whether the viewer wants e-mails about requests that wait."""
    said = _("You get e-mails about requests that wait."), _("You get no e-mails about requests that wait.")
    return store_email_choice(request, operations.choose_decision_emails, said=said)
