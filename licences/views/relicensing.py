"""What is done with a re-licensing request: open, check and ask again, decide, issue. ``checklist_page`` shows it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from licences import operations
from licences.forms.notes import CallerForm
from licences.forms.relicensing import AskedAgainForm, ChecklistForm, DecisionForm, EmergencyForm
from licences.models import Relicensing
from licences.queries import checklist
from licences.views.begin_once import begins_once
from licences.views.checklist_page import checklist_page
from licences.views.decision_text import forget_decision_text, keep_decision_text
from licences.views.form_pages import RefusalsShown, actor, permitted, posted, today
from licences.views.request_endings import answers_taken_over, warn_of_open_requests
from licences.views.view_kinds import action_for, form_for, page_for

PAGE_SIZE = 50


@page_for("licences.view_relicensing")
def relicensings(request: HttpRequest) -> HttpResponse:
    """List all requests, open ones first."""
    only_open = request.GET.get("show") != "all"
    requests = checklist.open_relicensings() if only_open else checklist.relicensings()
    page = Paginator(requests, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "licences/relicensing/relicensings.html", {"page": page, "only_open": only_open})


@form_for("licences.relicense")
def new(request: HttpRequest) -> HttpResponse:
    """Take down the caller's answers, item by item, and open a request."""
    known = answers_taken_over(request) or {"serial": request.GET.get("serial", "")[:100]}
    form = ChecklistForm(posted(request), initial=known)
    caller = CallerForm(posted(request))
    if form.is_valid() and caller.is_valid():
        typed = {"answers": form.answers(), "purpose": form.cleaned_data["purpose"], "caller": caller.details()}
        return redirect(operations.open_relicensing(**typed, by=actor(request), today=today()))
    context = {"form": form, "caller": caller}
    refused = form.errors or caller.errors
    return render(request, "licences/relicensing/relicensing_new.html", context, status=422 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("licences.view_relicensing")
def relicensing(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all verdicts of a request at once. A POST checks corrected answers."""
    found = get_object_or_404(checklist.relicensings(), pk=pk)
    if request.method == "POST":
        return _check_again(request, found)
    return checklist_page(request, found)


@permitted("licences.relicense")
@begins_once
def _check_again(request: HttpRequest, found: Relicensing) -> HttpResponse:
    form = ChecklistForm(request.POST)
    if not form.is_valid():
        return checklist_page(request, found, answers=form)
    typed = {"answers": form.answers(), "purpose": form.cleaned_data["purpose"]}
    keep_decision_text(request, found.pk)
    with RefusalsShown(request):
        operations.recheck_relicensing(request_id=found.pk, **typed, by=actor(request), today=today())
    return redirect(found)


@action_for("licences.relicense")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that the clerk asked again about close items."""
    form = AskedAgainForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tick the items that you asked about again."))
        return redirect("relicensing", pk)
    get_object_or_404(Relicensing, pk=pk)
    with RefusalsShown(request):
        operations.confirm_asked_again(request_id=pk, items=form.cleaned_data["asked_again"], by=actor(request))
    return redirect("relicensing", pk)


@action_for("licences.decide_checklist")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept items or exceeded limits (supervisors)."""
    found = get_object_or_404(checklist.relicensings(), pk=pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        with RefusalsShown(request, form):
            settled = operations.decide_checklist(request_id=pk, **form.decision(), by=actor(request))
            forget_decision_text(request)
            return _after_decision(request, found, settled=settled)
    return checklist_page(request, found, decision=form)


def _after_decision(request: HttpRequest, found: Relicensing, *, settled: bool) -> HttpResponse:
    """Say what the decision did; issue the code as well if the supervisor pressed "Accept and issue"."""
    if not settled:
        _say_that_another_is_needed(request)
    elif request.POST.get("then") == "issue" and request.user.has_perm("licences.relicense"):
        with RefusalsShown(request):
            code = operations.issue_relicensing(request_id=found.pk, by=actor(request), today=today())
            warn_of_open_requests(request, code)
            messages.success(request, _("Accepted, and the code is issued. The clerk's page opens the sheet."))
    else:
        messages.success(request, _("Accepted. Your name and reason are recorded."))
    return redirect(found)


def _say_that_another_is_needed(request: HttpRequest) -> None:
    messages.info(request, _("You have agreed. Now a second supervisor has to agree."))


@action_for("licences.issue_emergency")
def emergency(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue an emergency code because the release code is not available (supervisors)."""
    found = get_object_or_404(checklist.relicensings(), pk=pk)
    form = EmergencyForm(request.POST)
    if form.is_valid():
        with RefusalsShown(request, form, as_message="checklist-out-of-date"):
            begun = operations.issue_emergency(request_id=pk, **form.decision(), by=actor(request), today=today())
            forget_decision_text(request)
            if begun is None:
                _say_that_another_is_needed(request)
                return redirect(found)
            return redirect(begun.installation.unlock_codes.get())
        if not form.errors:
            return redirect(found)
    return checklist_page(request, found, decision=form)


@action_for("licences.relicense")
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue the unlock code: ends the old installation and begins the new one."""
    found = get_object_or_404(Relicensing, pk=pk)
    with RefusalsShown(request):
        code = operations.issue_relicensing(request_id=pk, by=actor(request), today=today())
        warn_of_open_requests(request, code)
        return redirect(code)
    return redirect(found)
