"""The auditor's desk: questions about the event log, and its verification (docs/proof.md#the-page-of-the-log)."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from licences import operations, tasks
from licences.forms.event_log import EventLogForm
from licences.models import Event, LogCheck, UnlockCode
from licences.operations.heartbeats import worker_last_seen
from licences.proof.event_words import event_details
from licences.proof.findings import finding_in_words
from licences.proof.log_check_runs import configured_anchors
from licences.queries.event_search import EventPage, find_events
from licences.views.following import without_activity
from licences.views.form_pages import RefusalsShown, actor
from licences.views.view_kinds import action_for, page_for

ANCHORS_SHOWN = 5
CHECKS_SHOWN = 10


@page_for("licences.view_event")
def events(request: HttpRequest) -> HttpResponse:
    """Show the events that are asked for, newest first, and for auditors how the log was last verified."""
    form = EventLogForm(request.GET)
    if not form.is_valid():
        return render(request, "licences/event_log/events.html", {"form": form}, status=422)
    page = _page(request, form)
    context = {"form": form, "page": page, "rows": _rows(page), "query": form.query(), **_checks(request)}
    return render(request, "licences/event_log/events.html", context)


def _page(request: HttpRequest, form: EventLogForm) -> EventPage:
    """The page that the address names; the first one if it names none."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        return find_events(form.question(), after=after, before=before)
    except ValueError:
        return find_events(form.question())


def _rows(page: EventPage) -> list[tuple[Event, list[tuple[str, str]], UnlockCode | None]]:
    """Each event with its details in words, and the unlock code that it is about."""
    return [
        (event, event_details(event), page.codes.get((event.serial, event.details.get("sequence", 0))))
        for event in page.events
    ]


# --- Verification --------------------------------------------------------------------------------------


def _checks(request: HttpRequest) -> dict[str, Any]:
    """What auditors see of verifications: the latest ones, and the last anchors."""
    if not request.user.has_perm("licences.view_logcheck"):
        return {}
    anchors, wrong = configured_anchors()
    return {
        "checks": LogCheck.objects.all()[:CHECKS_SHOWN],
        "anchors": anchors[: -ANCHORS_SHOWN - 1 : -1],
        "wrong_anchors": [finding_in_words(each.problem, each.row, each.parameters) for each in wrong[:ANCHORS_SHOWN]],
    }


@action_for("licences.add_logcheck")
def verify(request: HttpRequest) -> HttpResponse:
    """Begin a verification of the log, which a worker does."""
    with RefusalsShown(request):
        check = operations.begin_log_check(by=actor(request), now=timezone.now())
        with suppress(OperationalError):  # a worker finds it by itself
            tasks.check_log.enqueue(check.pk)
        messages.success(request, _("The log is being verified. You can close this page."))
        return redirect("log-check", check.pk)
    return redirect("events")


@page_for("licences.view_logcheck")
def log_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a verification is, or what it found."""
    return render(request, "licences/event_log/log_check.html", _check_context(pk))


@without_activity
@page_for("licences.view_logcheck")
def log_check_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the part of the page that changes while a verification runs."""
    context = _check_context(pk)
    html = render_to_string("licences/event_log/_log_check.html", context, request)
    return JsonResponse({"html": html, "running": context["check"].is_running})


def _check_context(pk: int) -> dict[str, Any]:
    check = get_object_or_404(LogCheck, pk=pk)
    seen, now = worker_last_seen(), timezone.now()
    is_alive = seen is not None and abs((now - seen).total_seconds()) < 60
    listed = [finding_in_words(each["problem"], each["row"], each["parameters"]) for each in check.listed]
    return {"check": check, "listed": listed, "is_worker_alive": is_alive}
