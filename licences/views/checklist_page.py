"""The page of a re-licensing request: all verdicts at once, what comes next, and the form for whoever may act."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from licences.domain.approvals import allows_emergency
from licences.domain.checklist_headlines import headline_of
from licences.domain.staff_identity import is_among
from licences.forms.relicensing import ChecklistForm, DecisionForm
from licences.models import ChecklistCheck, Relicensing
from licences.queries import approvals, checklist
from licences.queries.approvals import ApprovalStatus
from licences.queries.checklist import ChecklistRow
from licences.views.decision_text import kept_decision_text
from licences.views.form_pages import actor
from licences.views.notes import call_context
from licences.views.request_endings import progress_context
from licences.views.supervision import agreement_context
from licences.wording.checklist import HeadlineWords, headline_words

ANSWERS = "answers"  # id of the form with the answers, whose fields stand in the rows of a table


def checklist_page(
    request: HttpRequest,
    found: Relicensing,
    *,
    answers: ChecklistForm | None = None,
    decision: DecisionForm | None = None,
) -> HttpResponse:
    """Render the page of a request, with the form that was refused, if one was (then with status 422)."""
    check = checklist.latest_check(found)
    rows = checklist.checklist_rows(check)
    status = approvals.NOTHING_TO_DECIDE
    if found.is_open:
        status = approvals.approval_status(found, check, now=timezone.now())
    supervision = _supervision_context(request, found, rows, status)
    form = answers or ChecklistForm(initial=_answers_of(found, check, rows))
    if decision is not None or supervision["may_decide_now"]:
        form.focus = ""  # to check again is not what a supervisor came for
    elif answers is None:
        form.focus = _first_to_correct(rows) if found.is_open else ""
    decision = decision or DecisionForm(initial=kept_decision_text(request, found.pk))
    if request.user.has_perm("licences.relicense"):
        decision.within(ANSWERS)
    context = {
        "request_": found,
        "check": check,
        "rows": [(row, form[row.finding.item.value]) for row in rows],
        "form": form.in_table(ANSWERS),
        "decision": decision,
        "to_ask_again": [row for row in rows if row.to_ask_again],
        "to_correct": [row for row in rows if row.needs_attention],
        "headline": _headline(rows),
        **supervision,
        **call_context(request, found),
        **progress_context(found, check, rows, status),
        "earlier_checks": found.checks.filter(number__lt=check.number).prefetch_related("items__resolution"),
    }
    refused = form.errors or decision.errors
    return render(request, "licences/relicensing/relicensing.html", context, status=422 if refused else 200)


def _answers_of(found: Relicensing, check: ChecklistCheck, rows: list[ChecklistRow]) -> dict[str, Any]:
    """The answers of a check and the purpose, as initial values of the form."""
    said = {row.finding.item.value: row.finding.said for row in rows}
    return {**said, "purpose": found.purpose, "release_code_unavailable": check.release_code_unavailable}


def _first_to_correct(rows: list[ChecklistRow]) -> str:
    """The first field whose answer needs attention, "" if none does."""
    return next((row.finding.item.value for row in rows if row.needs_attention), "")


def _headline(rows: list[ChecklistRow]) -> HeadlineWords | None:
    """The one problem that comes first, as the clerk reads it and can say it to the caller."""
    found = headline_of([row.finding for row in rows])
    return headline_words(found) if found else None


def _supervision_context(
    request: HttpRequest, found: Relicensing, rows: list[ChecklistRow], status: ApprovalStatus
) -> dict[str, Any]:
    """Return what needs a supervisor's decision, whether the viewer may take it, and what was allowed already."""
    to_decide = [row for row in rows if row.to_decide and not row.awaits_serial]
    emergency_possible = allows_emergency(row.finding for row in rows if not row.passes)
    is_call_taker = is_among(actor(request), status.call_takers)
    may_decide = request.user.has_perm("licences.decide_checklist") and not is_call_taker
    exceeded = {limit.kind for limit in status.exceeded}
    return {
        "approval_status": status,
        "to_decide": to_decide,
        "only_to_decide": all(row.passes or row.to_decide for row in rows),
        "may_decide_now": may_decide and bool(to_decide or status.pending),
        "passed": all(row.passes for row in rows) and not status.pending,
        "is_call_taker": is_call_taker,
        "limits_allowed": [approval for approval in status.approvals if approval.subject in exceeded],
        "emergency_possible": emergency_possible,
        "emergency_days": settings.EMERGENCY_DAYS,
        **agreement_context(request, status, to_decide, emergency_possible=emergency_possible),
        "open_emergency": approvals.open_emergency_of(found.serial) if found.is_open and found.serial else None,
    }
