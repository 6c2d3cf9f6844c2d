"""The page of an emergency: what ends it is its release code, a decision or a withdrawal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from licences import operations
from licences.forms.fields import ReasonForm
from licences.forms.relicensing import ReleaseCodeForm
from licences.models import Emergency
from licences.queries import approvals
from licences.views.form_pages import RefusalsShown, actor, today
from licences.views.supervision import settlement_context
from licences.views.view_kinds import action_for, page_for


@page_for("licences.view_emergency")
def emergency(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the emergency installation, the days left, and the ways to end the emergency."""
    return _page(request, pk)


def _page(
    request: HttpRequest,
    pk: int,
    *,
    release_code: ReleaseCodeForm | None = None,
    decision: ReasonForm | None = None,
    withdrawal: ReasonForm | None = None,
) -> HttpResponse:
    """Render the page with the forms given, or with empty ones; status 422 if a form has errors."""
    found = get_object_or_404(approvals.emergencies(), pk=pk)
    forms = {
        "release_code": release_code or _release_code_form(),
        "decision": decision or _reason_form("decision"),
        "withdrawal": withdrawal or _reason_form("withdrawal"),
    }
    context = {
        "emergency": found,
        "follow_up": approvals.follow_up(found, today=today()),
        "code": found.installation.unlock_codes.first(),  # newest first
        "approvals": found.approvals.all(),
        **settlement_context(request, found),
        "wrong_codes": approvals.recent_wrong_release_codes(found.serial, now=timezone.now()).count(),
        "forms": forms,
    }
    refused = any(form.errors for form in forms.values())
    return render(request, "licences/relicensing/emergency.html", context, status=422 if refused else 200)


def _release_code_form(data: HttpRequest | None = None) -> ReleaseCodeForm:
    """Return the form of the release code. When the page is opened it has no focus, so that the page is read from its
    top.
    """
    form = ReleaseCodeForm(data.POST if data else None, prefix="code")
    form.focus = None if data else ""  # the page is read first
    return form


def _reason_form(name: str, data: HttpRequest | None = None) -> ReasonForm:
    """Return a form for a reason, with ``name`` as its prefix; see ``_release_code_form`` for the focus."""
    form = ReasonForm(data.POST if data else None, prefix=name)
    form.focus = None if data else ""
    return form


@action_for("licences.relicense")
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle the emergency with the earlier installation's release code."""
    found = get_object_or_404(Emergency, pk=pk)
    form = _release_code_form(request)
    if form.is_valid():
        release_code = form.cleaned_data["release_code"]
        supervises = request.user.has_perm("licences.issue_emergency")
        with RefusalsShown(request, form):
            code = operations.settle_emergency(
                emergency_id=pk, release_code=release_code, by=actor(request), as_supervisor=supervises
            )
            messages.success(request, _("Release code accepted: the code is permanent now."))
            return redirect(code or found)
    return _page(request, pk, release_code=form)


@action_for("licences.issue_emergency")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept the emergency installation for good without a release code (supervisors)."""
    found = get_object_or_404(Emergency, pk=pk)
    form = _reason_form("decision", request)
    if form.is_valid():
        with RefusalsShown(request, form):
            if not operations.decide_emergency(emergency_id=pk, **form.cleaned_data, by=actor(request)):
                messages.info(request, _("You have agreed. Now a second supervisor has to agree."))
                return redirect(found)
            messages.success(request, _("Decided: the code is permanent now."))
            return redirect(approvals.emergencies().get(pk=pk).permanent_code or found)
    return _page(request, pk, decision=form)


@action_for("licences.issue_emergency")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw the emergency code (supervisors)."""
    found = get_object_or_404(Emergency, pk=pk)
    form = _reason_form("withdrawal", request)
    if form.is_valid():
        with RefusalsShown(request, form):
            operations.withdraw_emergency(emergency_id=pk, **form.cleaned_data, by=actor(request))
            messages.success(request, _("The emergency code is withdrawn. The serial number has to be re-licensed."))
            return redirect(found)
    return _page(request, pk, withdrawal=form)
