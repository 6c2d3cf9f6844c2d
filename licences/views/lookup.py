"""The look-up: one box, as a page and as JSON for results while one types."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from licences.domain.codes import grouped
from licences.forms import LookUpForm
from licences.lookup import Found, Hit, look_up
from licences.lookup.facts import Fact
from licences.lookup.saying import fact_title, reason_in_words, status_in_words, understood_as, verdict
from licences.reading import from_replica
from licences.views.frame import permitted, today


@require_safe
@permitted("licences.view_serial")
@from_replica
def lookup(request: HttpRequest) -> HttpResponse:
    """One box for any scrap that a caller gives. ``format=json`` answers with data."""
    form = LookUpForm(request.GET)
    found = None
    if form.is_valid() and form.cleaned_data["q"]:
        codes_too = request.user.has_perm("licences.view_unlockcode")
        found = look_up(form.cleaned_data["q"], codes_too=codes_too, today=today())
    if request.GET.get("format") == "json":
        return _as_json(form, found)
    return render(request, "licences/lookup.html", {"form": form, "found": found})


def _as_json(form: LookUpForm, found: Found | None) -> JsonResponse:
    if not form.is_valid():
        return JsonResponse({"results": [], "errors": form.errors}, status=400)
    if found is None:
        return JsonResponse({"results": [], "facts": [], "more": False, "near": False})
    return JsonResponse(
        {
            "results": [_summary(hit) for hit in found.hits],
            "facts": [_fact(fact) for fact in found.facts],
            "more": found.more,
            "near": found.near,
            "understood": understood_as(found),
            "status": status_in_words(found),
        }
    )


def _summary(hit: Hit) -> dict[str, Any]:
    serial = hit.serial
    site_id = serial.live_site_id or serial.latest_site_id
    return {
        "serial": grouped(serial.code),
        "site_id": grouped(site_id) if site_id else None,
        "customer": serial.customer_name,
        "site": serial.site_name,
        "city": serial.city,
        "registered": serial.registered_at is not None,
        "registered_since": serial.registered_at.date().isoformat() if serial.registered_at else None,
        "live": serial.live_site_id is not None,
        "blocked": serial.blocked_at is not None,
        "software_assurance_until": serial.assured.isoformat() if serial.assured else None,
        "verdict": verdict(serial),
        "reason": reason_in_words(hit),
        "url": serial.get_absolute_url(),
    }


def _fact(fact: Fact) -> dict[str, str]:
    return {"kind": fact.kind.value, "title": fact_title(fact), "url": f"{reverse('facts')}#{fact.anchor}"}
