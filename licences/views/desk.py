"""The desk: what is waiting and what happened."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from licences import claims, decisions, file_imports, queries
from licences.views.frame import actor, today


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What is waiting and what happened, as far as the viewer may see it."""
    now = timezone.now()
    sees_cases = request.user.has_perm("licences.view_relicensing")
    sees_imports = request.user.has_perm("licences.view_fileimport")
    sees_emergencies = request.user.has_perm("licences.view_emergency")
    decides = request.user.has_perm("licences.decide_checklist")
    context = {
        "waiting": decisions.waiting_for(actor(request))[: queries.WAITING_SHOWN] if decides else [],
        "emergencies": _follow_ups() if sees_emergencies else [],
        "open_requests": queries.open_relicensings() if sees_cases else [],
        "awaiting": queries.awaiting_relicensing()[: queries.WAITING_SHOWN] if sees_cases else [],
        "imports": file_imports.imports_to_decide()[: queries.WAITING_SHOWN] if sees_imports else [],
        "claims": claims.recent_claims(now=now) if request.user.has_perm("licences.view_refusedclaim") else [],
        "guesses": claims.recent_guesses(now=now) if request.user.has_perm("licences.view_serialguess") else [],
        "unregistered": queries.bought_but_unregistered(),
        "events": queries.recent_events() if request.user.has_perm("licences.view_event") else [],
    }
    return render(request, "licences/desk.html", context)


def _follow_ups() -> list[decisions.FollowUp]:
    """Emergencies that nothing has settled, those first whose code has expired or expires soonest."""
    day = today()
    return [decisions.follow_up(each, today=day) for each in decisions.open_emergencies()[: queries.WAITING_SHOWN]]
