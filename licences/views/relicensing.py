"""The checklist: new, result, ask again, decide, issue; and the read-back sheet it ends in."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from licences import decisions, operations, queries, reference
from licences.domain.codes import last_day_of_month
from licences.domain.decisions import emergency_possible
from licences.domain.errors import Refusal
from licences.domain.spelling import spell
from licences.forms import AskedAgainForm, ChecklistForm, DecisionForm, EmergencyForm
from licences.models import ChecklistCheck, Relicensing, UnlockCode
from licences.views.frame import actor, permitted, posted, show_in_form, show_refusal, today

PAGE_SIZE = 50


@require_safe
@permitted("licences.view_relicensing")
def relicensings(request: HttpRequest) -> HttpResponse:
    """All requests, the open ones first asked for."""
    only_open = request.GET.get("show") != "all"
    requests = queries.open_relicensings() if only_open else queries.relicensings()
    page = Paginator(requests, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "licences/relicensings.html", {"page": page, "only_open": only_open})


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("licences.relicense")
def new(request: HttpRequest) -> HttpResponse:
    """What the caller says, item by item."""
    form = ChecklistForm(posted(request))
    if request.method == "POST" and form.is_valid():
        opened = operations.open_request(
            answers=form.answers(), purpose=form.cleaned_data["purpose"], by=actor(request), today=today()
        )
        return redirect(opened)
    return render(request, "licences/relicensing_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("licences.view_relicensing")
def relicensing(request: HttpRequest, pk: int) -> HttpResponse:
    """All verdicts at once. Posting checks corrected answers again."""
    found = get_object_or_404(queries.relicensings(), pk=pk)
    if request.method == "POST":
        return _check_again(request, found)
    return _result(request, found)


@permitted("licences.relicense")
def _check_again(request: HttpRequest, found: Relicensing) -> HttpResponse:
    form = ChecklistForm(request.POST)
    if not form.is_valid():
        return _result(request, found, form=form)
    try:
        operations.check_again(
            request_id=found.pk,
            answers=form.answers(),
            purpose=form.cleaned_data["purpose"],
            by=actor(request),
            today=today(),
        )
    except Refusal as refusal:
        show_refusal(request, refusal)
    return redirect(found)


def _result(
    request: HttpRequest,
    found: Relicensing,
    *,
    form: ChecklistForm | None = None,
    decision: DecisionForm | None = None,
) -> HttpResponse:
    check = queries.latest_check(found)
    rows = queries.checklist_rows(check)
    said = {row.finding.item.value: row.finding.said for row in rows}
    unchanged = {**said, "purpose": found.purpose, "release_code_unavailable": check.release_code_unavailable}
    answers = (form or ChecklistForm(initial=unchanged)).in_table("answers")
    others = [row for row in rows if not (row.passes or row.to_ask_again)]
    supervision = _for_a_supervisor(request, found, check, rows)
    if decision is not None or supervision["decides"]:
        answers.focus = ""  # to check again is not what a supervisor came for: whoever does so may not decide
    elif form is None:
        answers.focus = others[0].finding.item.value if others and found.is_open else ""
    decision = decision or DecisionForm()
    context = {
        "request_": found,
        "check": check,
        "rows": [(row, answers[row.finding.item.value]) for row in rows],
        "form": answers,
        "decision": decision,
        "to_ask_again": [row for row in rows if row.to_ask_again],
        "others": others,
        **supervision,
        "earlier_checks": found.checks.filter(number__lt=check.number).prefetch_related("items__resolution"),
    }
    status = 422 if answers.errors or decision.errors else 200
    return render(request, "licences/relicensing.html", context, status=status)


def _for_a_supervisor(
    request: HttpRequest, found: Relicensing, check: ChecklistCheck, rows: list[queries.Row]
) -> dict[str, Any]:
    """What a supervisor has to decide, and whether the viewer may."""
    open_ = found.is_open
    standing = decisions.standing(found, check, now=timezone.now()) if open_ else decisions.NOTHING_TO_DECIDE
    to_decide = [row for row in rows if row.to_decide]
    only_to_decide = all(row.passes or row.to_decide for row in rows)
    is_asker, may = actor(request) in standing.askers, request.user.has_perm("licences.decide_checklist")
    return {
        "standing": standing,
        "to_decide": to_decide,
        "only_to_decide": only_to_decide,
        "decides": may and not is_asker and bool(to_decide or standing.pending),
        "only_one": len(standing.pending) + len(to_decide) == 1,
        "passed": all(row.passes for row in rows) and not standing.pending,
        "is_asker": is_asker,
        "let_pass": [each for each in standing.approvals if each.subject in {held.hold for held in standing.holds}],
        "emergency_possible": emergency_possible(row.finding for row in rows if not row.passes),
        "emergency_days": settings.EMERGENCY_DAYS,
        "open_emergency": decisions.open_emergency_of(found.serial) if open_ and found.serial else None,
    }


@require_POST
@permitted("licences.relicense")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The clerk asked again about what was close."""
    form = AskedAgainForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tick the items that you asked about again."))
        return redirect("relicensing", pk)
    get_object_or_404(Relicensing, pk=pk)
    try:
        operations.confirm_asked_again(request_id=pk, items=form.cleaned_data["asked_again"], by=actor(request))
    except Refusal as refusal:
        show_refusal(request, refusal)
    return redirect("relicensing", pk)


@require_POST
@permitted("licences.decide_checklist")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Someone who may decide accepts what cannot be proved."""
    found = get_object_or_404(queries.relicensings(), pk=pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _result(request, found, decision=form)
    try:
        settled = operations.decide(
            request_id=pk,
            items=form.cleaned_data["items"],
            reason=form.cleaned_data["reason"],
            by=actor(request),
            check=form.cleaned_data["check_number"],
        )
    except Refusal as refusal:
        show_in_form(request, form, refusal)
        return _result(request, found, decision=form)
    if settled:
        messages.success(request, _("Accepted, with your name and reason."))
    else:
        _say_that_another_is_needed(request)
    return redirect(found)


def _say_that_another_is_needed(request: HttpRequest) -> None:
    messages.info(request, _("You have agreed. A second supervisor has to agree as well."))


@require_POST
@permitted("licences.issue_emergency")
def emergency(request: HttpRequest, pk: int) -> HttpResponse:
    """No release code can be had: a supervisor lets the new installation run for some days."""
    found = get_object_or_404(queries.relicensings(), pk=pk)
    form = EmergencyForm(request.POST)
    if not form.is_valid():
        return _result(request, found, decision=form)
    try:
        begun = operations.issue_emergency(
            request_id=pk,
            reason=form.cleaned_data["reason"],
            by=actor(request),
            today=today(),
            check=form.cleaned_data["check_number"],
        )
    except Refusal as refusal:
        if refusal.code == "checklist-out-of-date":
            show_refusal(request, refusal)
            return redirect(found)
        show_in_form(request, form, refusal)
        return _result(request, found, decision=form)
    if begun is None:
        _say_that_another_is_needed(request)
        return redirect(found)
    return redirect(begun.installation.unlock_codes.get())


@require_POST
@permitted("licences.relicense")
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """The one step that changes anything: old installation ended, new one begun, code made."""
    found = get_object_or_404(Relicensing, pk=pk)
    try:
        code = operations.issue(request_id=pk, by=actor(request), today=today())
    except Refusal as refusal:
        show_refusal(request, refusal)
        return redirect(found)
    return redirect(code)


@require_POST
@permitted("licences.relicense")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a request without a code."""
    found = get_object_or_404(Relicensing, pk=pk)
    try:
        operations.withdraw(request_id=pk, by=actor(request))
    except Refusal as refusal:
        show_refusal(request, refusal)
        return redirect(found)
    messages.success(request, _("The request is withdrawn. What was checked stays on record."))
    return redirect("desk")


@require_safe
@permitted("licences.view_unlockcode")
def unlock_code(request: HttpRequest, pk: int) -> HttpResponse:
    """The read-back sheet: the code in groups, spelled twice, and what the customer does next."""
    related = ("serial__site__customer", "installation")
    code = get_object_or_404(UnlockCode.objects.select_related(*related), pk=pk)
    request_ = code.relicensings.order_by("pk").first()
    context = {
        "code": code,
        "spelled": spell(code.code),
        "assured_until": last_day_of_month(code.assured_month),
        "purpose": request_.purpose if request_ else "",
        "request_": request_,
        "superseded_by": queries.later_unlock_code(code),
        "emergency": decisions.follow_up_of(code, today=today()),
        "settings_guide": reference.settings_guide(code.installation.server_version),
    }
    return render(request, "licences/unlock_code.html", context)
