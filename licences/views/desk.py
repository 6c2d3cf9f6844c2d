"""The desk: the first page of staff."""

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from licences.imports import queries as import_queries
from licences.queries import abuse, approvals, figure_report, hand_entries, open_requests
from licences.queries import desk as desk_queries
from licences.queries import reminders as reminder_queries
from licences.queries.webhooks import webhooks_in_trouble
from licences.views.following import waiting_version
from licences.views.form_pages import actor, today

PAGE_SIZE = 20  # open requests


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show what is waiting and what happened, as far as the viewer may see it."""
    now = timezone.now()
    sees_cases = request.user.has_perm("licences.view_relicensing")
    sees_imports = request.user.has_perm("licences.view_fileimport")
    sees_emergencies = request.user.has_perm("licences.view_emergency")
    decides = request.user.has_perm("licences.decide_checklist")
    agrees = request.user.has_perm("licences.agree_by_hand")
    context = {
        "reminders": reminder_queries.desk_reminders(request.user, now=now),
        "waiting": approvals.requests_decidable_by(actor(request))[: desk_queries.WAITING_SHOWN] if decides else [],
        "hand_entries": hand_entries.decidable_by(actor(request))[: desk_queries.WAITING_SHOWN] if agrees else [],
        "emergencies": _follow_ups() if sees_emergencies else [],
        "waiting_version": waiting_version(request) if decides else "",
        "contradicting": open_requests.contradicting_requests() if decides else [],
        "open_requests": _open_requests(request) if sees_cases else None,
        "awaiting": desk_queries.awaiting_relicensing()[: desk_queries.WAITING_SHOWN] if sees_cases else [],
        "imports": import_queries.imports_to_confirm()[: desk_queries.WAITING_SHOWN] if sees_imports else [],
        "webhooks": webhooks_in_trouble() if request.user.has_perm("licences.change_webhook") else [],
        "claims": abuse.recent_refused_claims(now=now) if request.user.has_perm("licences.view_refusedclaim") else [],
        "guesses": abuse.recent_guesses(now=now) if request.user.has_perm("licences.view_serialguess") else [],
        "figures": figure_report.desk_headlines(today()) if request.user.has_perm("licences.view_dailyfigure") else [],
        "unregistered": desk_queries.bought_but_unregistered(),
        "events": desk_queries.recent_events() if request.user.has_perm("licences.view_event") else [],
    }
    return render(request, "licences/desk/desk.html", context)


def _open_requests(request: HttpRequest) -> Page:
    """Return a page of the open requests, the viewer's own first."""
    return Paginator(open_requests.open_requests_for(actor(request)), PAGE_SIZE).get_page(request.GET.get("page"))


def _follow_ups() -> list[approvals.FollowUp]:
    """Return the open emergencies with their days left, soonest expiry first."""
    day = today()
    return [approvals.follow_up(each, today=day) for each in approvals.open_emergencies()[: desk_queries.WAITING_SHOWN]]
