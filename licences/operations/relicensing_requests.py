"""The state of a re-licensing request: shared by the checklist, the decisions of supervisors, and emergencies.

Callers have locked the request; ``lock_open_request`` does that.
"""

from collections.abc import Collection
from datetime import date

from django.utils import timezone

from licences.domain import checklist
from licences.domain.errors import Refusal
from licences.domain.staff_identity import user_number_of
from licences.models import CheckedItem, ChecklistCheck, Event, ItemResolution, Relicensing, Serial, UnlockCode
from licences.operations.events import record_customer_event
from licences.operations.locks import lock_request
from licences.queries import approvals, hand_over
from licences.queries import checklist as checklist_queries


def lock_open_request(request_id: int) -> Relicensing:
    """Lock a request and return it. ``Refusal``: ``request-closed``."""
    request = lock_request(request_id)
    if not request.is_open:
        raise Refusal("request-closed")
    return request


def update_waiting_for(
    request: Relicensing, check: ChecklistCheck, checked: Collection[CheckedItem] | None = None
) -> None:
    """Store the items and limits that only a supervisor can settle, and since when they wait on the supervisors' desk.

    They wait once the request was handed over, and again without another hand-over if they come back after a check
    (docs/decisions.md#handing-over-is-an-act). ``checked`` are the items of ``check``, if the caller has them.
    """
    rows = checklist_queries.checklist_rows(check, checked)
    status = approvals.approval_status(request, check, now=timezone.now())
    request.waiting_for = hand_over.subjects_to_hand_over(check, rows, status)
    since = request.waiting_since or (timezone.now() if request.handed_over_at else None)
    if request.waiting_since is None:
        request.alerted_at = None
    request.waiting_since = since if request.waiting_for else None
    request.save(update_fields=["waiting_for", "waiting_since", "alerted_at"])


def resolve_items(items: Collection[CheckedItem], kind: ItemResolution.Kind, *, by: str, reason: str = "") -> None:
    """Settle items of a check as asked again or accepted. Idempotent: a settled item stays as it is."""
    for checked in items:
        if hasattr(checked, "resolution"):
            continue  # submitted twice
        ItemResolution.objects.create(
            checked_item=checked,
            kind=kind,
            reason=reason,
            resolved_by=by,
            resolved_by_number=user_number_of(by),
            resolved_at=timezone.now(),
        )


def require_current_check(check: ChecklistCheck, serial: Serial | None, *, today: date) -> None:
    """``Refusal("checklist-out-of-date")`` if the records or verdicts differ from those at the check."""
    answers = check.answers()
    record = checklist_queries.checklist_record(answers, serial)
    findings = checklist.check_answers(answers, record, on=today)
    if checklist.checklist_digest(answers, findings, record) != check.digest:
        raise Refusal("checklist-out-of-date")


def close_request(
    request: Relicensing,
    outcome: Relicensing.Outcome,
    code: UnlockCode | None,
    *,
    by: str,
    because: Relicensing.ClosedBecause | None = None,
) -> None:
    """Close a locked request with an outcome; it no longer waits for a supervisor.

    ``code`` is the unlock code that was issued for it, None without one. ``because``: why, if nobody decided it.
    """
    request.outcome = outcome
    request.unlock_code = code
    request.closed_by = by
    request.closed_at = timezone.now()
    request.closed_because = because
    request.waiting_for, request.waiting_since = [], None
    closing = ["outcome", "unlock_code", "closed_by", "closed_at", "closed_because"]
    request.save(update_fields=[*closing, "waiting_for", "waiting_since"])


def record_request_event(kind: Event.Kind, request: Relicensing, *, by: str, **details: object) -> None:
    """Record an event about a request, with its serial and customer if the serial was recognised.

    ``details`` are added to the event's own.
    """
    record_customer_event(kind, by=by, serial=request.serial, details={"request": request.pk, **details})
