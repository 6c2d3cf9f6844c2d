"""The look-up: one search box, as a page and as JSON for results while typing."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from licences.database.read_replica import from_replica
from licences.domain.codes import grouped
from licences.domain.query_parsing import QueryForm
from licences.forms.lookup import LookUpForm
from licences.lookup import Hit, LookupResult, SerialSummary, look_up
from licences.lookup.facts import Fact
from licences.lookup.labels import fact_about, fact_kind, fact_title, reason_in_words, status_in_words, understood_as
from licences.models import UnlockCode
from licences.queries.sheets import unlock_code_named
from licences.views.view_kinds import page_for
from licences.wording.serial_verdicts import SAID


@page_for("licences.view_serial")
@from_replica
def lookup(request: HttpRequest) -> HttpResponse:
    """Look up whatever the caller can give. ``format=json`` returns the results as data."""
    form = LookUpForm(request.GET)
    found = None
    if form.is_valid() and form.cleaned_data["q"]:
        with_codes = request.user.has_perm("licences.view_unlockcode")
        found = look_up(form.cleaned_data["q"], with_codes=with_codes)
    if request.GET.get("format") == "json":
        return _as_json(form, found)
    context = {"form": form, "found": found, "code": _unlock_code(request, found)}
    return render(request, "licences/lookup/lookup.html", context)


def _unlock_code(request: HttpRequest, found: LookupResult | None) -> UnlockCode | None:
    """The unlock code that was typed, for those who may see codes."""
    if found is None or QueryForm.UNLOCK_CODE not in found.query.forms:
        return None
    return unlock_code_named(found.query.code) if request.user.has_perm("licences.view_unlockcode") else None


def _as_json(form: LookUpForm, found: LookupResult | None) -> JsonResponse:
    if not form.is_valid():
        return JsonResponse({"results": [], "errors": form.errors}, status=400)
    if found is None:
        return JsonResponse({"results": [], "facts": [], "more": False, "near": False})
    return JsonResponse(
        {
            "results": [_summary(hit, is_answer=hit is found.answer) for hit in found.hits],
            "facts": [_fact(fact) for fact in found.facts],
            "facts_first": found.facts_first,
            "more": found.more,
            "near": found.near,
            "secret": found.is_secret,
            "understood": understood_as(found),
            "status": status_in_words(found),
        }
    )


def _summary(hit: Hit, *, is_answer: bool) -> dict[str, Any]:
    """One result. ``sure`` says that it is the site that was named: only then its verdict may be told as the answer."""
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
        "sure": is_answer,
        "verdict": _verdict(serial, is_answer=is_answer),
        "reason": reason_in_words(hit),
        "url": serial.get_absolute_url(),
    }


def _verdict(serial: SerialSummary, *, is_answer: bool) -> dict[str, str]:
    """The verdict; nothing is green about a site that only may be meant."""
    label = SAID[serial.verdict]
    tone = label.tone if is_answer or label.tone != "ok" else "quiet"
    return {"code": serial.verdict.value, "words": str(label.words), "tone": tone}


def _fact(fact: Fact) -> dict[str, str]:
    return {
        "kind": fact.kind.value,
        "label": fact_kind(fact),
        "title": fact_title(fact),
        "about": fact_about(fact),
        "url": f"{reverse('facts')}#{fact.anchor}",
    }
