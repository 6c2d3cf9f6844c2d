"""What pages show of the agreement of supervisors: what is left to agree to, and who may do so now."""

from typing import Any

from django.http import HttpRequest

from licences.domain.staff_identity import is_among
from licences.models import Approval, Emergency
from licences.queries import approvals
from licences.queries.approvals import ApprovalStatus
from licences.queries.checklist import ChecklistRow
from licences.queries.repeated_emergencies import deciders, emergencies_before
from licences.views.form_pages import actor


def agreement_context(
    request: HttpRequest, status: ApprovalStatus, to_decide: list[ChecklistRow], *, emergency_possible: bool
) -> dict[str, Any]:
    """Return what the viewer may still agree to on the page of a request, and who else may.

    A subject that the viewer has agreed to is not offered to them again.
    """
    who = actor(request)
    items = [row for row in to_decide if not status.has_agreed(who, row.finding.item.value)]
    limits = [each for each in status.pending if not status.has_agreed(who, each.kind)]
    issues = emergency_possible and request.user.has_perm("licences.issue_emergency")
    subjects = [*(row.finding.item.value for row in to_decide), *(each.kind for each in status.pending)]
    if emergency_possible:
        subjects.append(Approval.Subject.EMERGENCY)
    agreed = [each for subject in subjects for each in status.signers(subject, count=status.count(subject))]
    excluded = [*status.call_takers, *agreed]
    return {
        "items_to_accept": items,
        "limits_to_accept": limits,
        "only_one_to_accept": len(items) + len(limits) == 1,
        "offers_emergency": issues and not status.has_agreed(who, Approval.Subject.EMERGENCY),
        "may_agree": deciders("licences.decide_checklist", excluded=excluded) if subjects else [],
    }


def settlement_context(request: HttpRequest, emergency: Emergency) -> dict[str, Any]:
    """Return who has agreed, and who may agree now, to make an emergency code permanent."""
    signers, call_takers = approvals.signers_of(emergency), approvals.call_takers(emergency.request)
    excluded, earlier = [*call_takers, *signers], emergencies_before(emergency)
    return {
        "earlier_emergencies": earlier,
        "needed": approvals.supervisors_needed_to_settle(emergency),
        "may_agree": deciders("licences.issue_emergency", excluded=excluded) if emergency.is_open else [],
        "has_agreed": is_among(actor(request), signers),
        "is_call_taker": is_among(actor(request), call_takers),
    }
