"""The follow-up of an emergency: release code, decision, withdrawal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from licences import decisions, operations
from licences.domain.errors import Refusal
from licences.forms import ReasonForm, ReleaseCodeForm
from licences.models import Emergency
from licences.views.frame import actor, permitted, show_in_form, today


@require_safe
@permitted("licences.view_emergency")
def emergency(request: HttpRequest, pk: int) -> HttpResponse:
    """What the serial runs on, for how many days, and what would settle it."""
    return _page(request, get_object_or_404(decisions.emergencies(), pk=pk))


def _page(
    request: HttpRequest,
    found: Emergency,
    *,
    release_code: ReleaseCodeForm | None = None,
    decision: ReasonForm | None = None,
    withdrawal: ReasonForm | None = None,
) -> HttpResponse:
    forms = {
        "release_code": release_code or _release_code_form(),
        "decision": decision or _reason_form("decision"),
        "withdrawal": withdrawal or _reason_form("withdrawal"),
    }
    context = {
        "emergency": found,
        "follow_up": decisions.follow_up(found, today=today()),
        "code": found.installation.unlock_codes.first(),  # newest first
        "approvals": found.approvals.all(),
        "needed": decisions.supervisors_for(found.serial),
        "is_asker": actor(request) in decisions.askers(found.request),
        "wrong_codes": decisions.wrong_release_codes(found.serial, now=timezone.now()).count(),
        "forms": forms,
    }
    refused = any(form.errors for form in forms.values())
    return render(request, "licences/emergency.html", context, status=422 if refused else 200)


def _release_code_form(data: HttpRequest | None = None) -> ReleaseCodeForm:
    form = ReleaseCodeForm(data.POST if data else None, prefix="code")
    form.focus = None if data else ""  # the page is read first
    return form


def _reason_form(name: str, data: HttpRequest | None = None) -> ReasonForm:
    form = ReasonForm(data.POST if data else None, prefix=name)
    form.focus = None if data else ""
    return form


@require_POST
@permitted("licences.relicense")
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """The release code has turned up."""
    found = get_object_or_404(decisions.emergencies(), pk=pk)
    form = _release_code_form(request)
    if not form.is_valid():
        return _page(request, found, release_code=form)
    try:
        code = operations.settle_emergency(
            emergency_id=pk,
            release_code=form.cleaned_data["release_code"],
            by=actor(request),
            as_supervisor=request.user.has_perm("licences.issue_emergency"),
        )
    except Refusal as refusal:
        show_in_form(request, form, refusal)
        return _page(request, decisions.emergencies().get(pk=pk), release_code=form)
    messages.success(request, _("The emergency is settled by its release code."))
    return redirect(code or found)


@require_POST
@permitted("licences.issue_emergency")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """A supervisor settles it for good without the release code."""
    found = get_object_or_404(decisions.emergencies(), pk=pk)
    form = _reason_form("decision", request)
    if not form.is_valid():
        return _page(request, found, decision=form)
    try:
        settled = operations.decide_emergency(emergency_id=pk, reason=form.cleaned_data["reason"], by=actor(request))
    except Refusal as refusal:
        show_in_form(request, form, refusal)
        return _page(request, decisions.emergencies().get(pk=pk), decision=form)
    if not settled:
        messages.info(request, _("You have agreed. A second supervisor has to agree as well."))
        return redirect(found)
    messages.success(request, _("The emergency is decided for good."))
    return redirect(decisions.emergencies().get(pk=pk).permanent_code or found)


@require_POST
@permitted("licences.issue_emergency")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A supervisor takes the emergency code back."""
    found = get_object_or_404(decisions.emergencies(), pk=pk)
    form = _reason_form("withdrawal", request)
    if not form.is_valid():
        return _page(request, found, withdrawal=form)
    try:
        operations.withdraw_emergency(emergency_id=pk, reason=form.cleaned_data["reason"], by=actor(request))
    except Refusal as refusal:
        show_in_form(request, form, refusal)
        return _page(request, decisions.emergencies().get(pk=pk), withdrawal=form)
    messages.success(request, _("The emergency code is withdrawn. The serial number has to be re-licensed."))
    return redirect(found)
