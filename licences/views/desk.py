"""The desk and the look-up."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from licences import claims, file_imports, queries
from licences.domain.codes import grouped
from licences.forms import LookUpForm
from licences.views.frame import permitted


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What is waiting and what happened, as far as the viewer may see it."""
    now = timezone.now()
    sees_cases = request.user.has_perm("licences.view_relicensing")
    sees_imports = request.user.has_perm("licences.view_fileimport")
    context = {
        "open_requests": queries.open_relicensings() if sees_cases else [],
        "awaiting": queries.awaiting_relicensing()[: queries.RESULTS_SHOWN] if sees_cases else [],
        "imports": file_imports.imports_to_decide()[: queries.RESULTS_SHOWN] if sees_imports else [],
        "claims": claims.recent_claims(now=now) if request.user.has_perm("licences.view_refusedclaim") else [],
        "guesses": claims.recent_guesses(now=now) if request.user.has_perm("licences.view_serialguess") else [],
        "unregistered": queries.bought_but_unregistered(),
        "events": queries.recent_events() if request.user.has_perm("licences.view_event") else [],
    }
    return render(request, "licences/desk.html", context)


@require_safe
@permitted("licences.view_serial")
def lookup(request: HttpRequest) -> HttpResponse:
    """One box: serial, site ID, unlock code, or part of a name. ``format=json`` answers with data."""
    form = LookUpForm(request.GET)
    found = None
    if form.is_valid() and form.cleaned_data["q"]:
        found = queries.look_up(form.cleaned_data["q"], codes_too=request.user.has_perm("licences.view_unlockcode"))
    if request.GET.get("format") == "json":
        return _as_json(form, found)
    return render(request, "licences/lookup.html", {"form": form, "found": found})


def _as_json(form: LookUpForm, found: queries.LookUp | None) -> JsonResponse:
    if not form.is_valid():
        return JsonResponse({"results": [], "errors": form.errors}, status=400)
    serials = found.serials if found else []
    return JsonResponse({"results": [_summary(serial) for serial in serials], "more": bool(found and found.more)})


def _summary(serial: Any) -> dict[str, object]:
    """``serial`` with the columns of ``queries.listed``."""
    site_id = serial.live_site_id or serial.latest_site_id
    return {
        "serial": grouped(serial.code),
        "site_id": grouped(site_id) if site_id else None,
        "customer": serial.customer_name,
        "site": serial.site.name,
        "city": serial.site.customer.city,
        "registered": serial.registered_at is not None,
        "registered_since": serial.registered_at.date().isoformat() if serial.registered_at else None,
        "live": serial.live_site_id is not None,
        "blocked": serial.blocked_at is not None,
        "software_assurance_until": serial.assured.isoformat() if serial.assured else None,
        "url": serial.get_absolute_url(),
    }
