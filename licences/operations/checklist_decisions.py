"""Decisions of supervisors about a checklist: accepting items that cannot be verified, and limits that are exceeded.

Staff who opened the request, ran a check or asked the caller again never decide it. From ``FOUR_EYES_LICENCES``
licences on, two supervisors have to agree: the first approval is stored, and the second one settles the subject
(docs/telephone-call.md#what-needs-a-supervisor). A subject is the name of an item or of an exceeded limit.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from licences.domain.approvals import ExceededLimit, LimitKind, require_meaningful_reason
from licences.domain.errors import Refusal
from licences.domain.staff_identity import StaffIdentity, is_among, user_number_of
from licences.models import Approval, CheckedItem, ChecklistCheck, Event, ItemResolution, Relicensing, Serial
from licences.operations.locks import lock_serial_of
from licences.operations.relicensing_requests import (
    lock_open_request,
    record_request_event,
    resolve_items,
    update_waiting_for,
)
from licences.queries import approvals, checklist
from licences.queries.approvals import ApprovalStatus

LIMIT_KINDS = tuple(kind.value for kind in LimitKind)


@transaction.atomic
def decide_checklist(
    *, request_id: int, items: Collection[str], reason: str, by: str, check: int | None = None
) -> bool:
    """Accept items of a checklist that cannot be verified, or limits that are exceeded, with a written reason.

    ``items`` are values of ``Item`` and ``LimitKind``. ``check`` is the number of the check that the supervisor has
    seen; None takes the latest. The approval counts only for the answers and record of that check. Returns True when
    everything chosen is settled, False when a second supervisor still has to agree.

    ``Refusal``: ``reason-missing``, ``reason-too-short``, ``request-closed``, ``decision-out-of-date`` (``check`` is
    not the latest), ``decider-asked`` (they took part in the call), ``decided-already``, ``agreed-already`` (a second
    call of the same supervisor), ``nothing-to-decide``, ``not-to-be-decided`` (a wrong serial, site ID or release
    code).

    Rules: docs/decisions.md#registrations-are-a-history, docs/decisions.md#dead-pc-and-emergency-codes and
    docs/decisions.md#approvals-are-bound-to-answers.
    """
    reason = require_meaningful_reason(reason, approvals.approval_limits())
    request = lock_open_request_with_serial(request_id)
    latest, status = require_latest_check(request, check, by=by)
    subjects = _without_signed(_decidable_subjects(latest, status, items), status, by=by)
    for subject in subjects:
        add_approval(subject, by=by, reason=reason, status=status, check=latest)
    settled = {name: each for name, each in subjects.items() if len(_signers(status, name)) + 1 >= status.needed}
    resolve_items([each for each in settled.values() if each], ItemResolution.Kind.ACCEPTED, by=by, reason=reason)
    update_waiting_for(request, latest)
    agreed = [name for name in subjects if name not in settled]
    counted = limit_details(
        request.serial, status.exceeded, subjects, earlier_emergencies=len(status.earlier_emergencies)
    )
    _record_decision(request, latest, list(settled), agreed, by=by, reason=reason, **counted)
    return len(settled) == len(subjects)


def limit_details(
    serial: Serial | None,
    holds: Iterable[ExceededLimit],
    subjects: Collection[str],
    *,
    earlier_emergencies: int = 0,
) -> dict[str, Any]:
    """Counts and limits for the event of a decision, as ``{"counted": {subject: {"count": …, "limit": …}}}``.

    ``serial`` is None if none was recognised. ``holds`` are the limits that the request exceeds, ``subjects`` the items
    and limits that were decided, ``earlier_emergencies`` how many emergencies the site had within twelve months. Named
    are the exceeded limits among the subjects, and the licences of the serial and the emergencies where they require
    two supervisors; empty if there is none of these. Limits are settings and counts change daily, so years later only
    the event can tell why a supervisor was needed.
    """
    counted = {
        exceeded.kind.value: _count_and_limit(exceeded.count, exceeded.limit)
        for exceeded in holds
        if exceeded.kind in subjects
    }
    licences, four_eyes_from = (
        approvals.licence_count(serial) if serial else 0,
        approvals.approval_limits().four_eyes_from,
    )
    if licences >= four_eyes_from:
        counted["licences"] = _count_and_limit(licences, four_eyes_from)
    if earlier_emergencies:
        counted["emergencies"] = _count_and_limit(earlier_emergencies + 1, 1)
    return {"counted": counted} if counted else {}


def _count_and_limit(count: int, limit: int) -> dict[str, int]:
    """What was counted and what is allowed, as ``limit_details`` puts it into an event."""
    return {"count": count, "limit": limit}


def _record_decision(
    request: Relicensing,
    check: ChecklistCheck,
    settled: list[str],
    agreed: list[str],
    *,
    by: str,
    reason: str,
    **counted: Any,
) -> None:
    """Record the event of what a supervisor decided about a check of a request.

    ``settled`` are the subjects (items or limits) that are settled now, ``agreed`` those that still need a second
    supervisor; ``counted`` is added to the details (see ``limit_details``).
    """
    details: dict[str, Any] = {"check": check.number, "items": settled or agreed, "reason": reason, **counted}
    if settled and agreed:
        details["agreed"] = agreed
    kind = Event.Kind.RELICENSING_DECIDED if settled else Event.Kind.RELICENSING_AGREED
    record_request_event(kind, request, by=by, **details)


def lock_open_request_with_serial(request_id: int) -> Relicensing:
    """Lock a request and its serial, and return the request with that serial. ``Refusal``: ``request-closed``."""
    request = lock_open_request(request_id)
    lock_serial_of(request)
    return request


def require_latest_check(request: Relicensing, check: int | None, *, by: str) -> tuple[ChecklistCheck, ApprovalStatus]:
    """The latest check of a request and its approval status, for ``by``, who wants to decide.

    ``check`` is the number of the check that they have seen; None skips the comparison. ``Refusal``:
    ``decision-out-of-date``, ``decider-asked``.
    """
    latest = checklist.latest_check(request)
    if check is not None and latest.number != check:
        raise Refusal("decision-out-of-date")
    status = approvals.approval_status(request, latest, now=timezone.now())
    if is_among(by, status.call_takers):
        raise Refusal("decider-asked")
    return latest, status


def add_approval(subject: str, *, by: str, reason: str, status: ApprovalStatus, check: ChecklistCheck) -> None:
    """Store that the supervisor ``by`` approves of a subject: an item or limit of a check, or the emergency.

    ``status`` is the approval status of the request; the subject's present count is stored with the approval.
    ``Refusal``: ``agreed-already`` if they have approved of it at this count or a higher one.
    """
    if is_among(by, _signers(status, subject)):
        raise Refusal("agreed-already")
    Approval.objects.create(
        checklist=check,
        subject=subject,
        counted=status.count(subject),
        reason=reason,
        approved_by=by,
        approved_by_number=user_number_of(by),
        approved_at=timezone.now(),
    )


def _signers(status: ApprovalStatus, subject: str) -> list[StaffIdentity]:
    """The supervisors who approved of a subject when its count was at least as high as it is now."""
    return status.signers(subject, count=status.count(subject))


def _without_signed(
    subjects: dict[str, CheckedItem | None], status: ApprovalStatus, *, by: str
) -> dict[str, CheckedItem | None]:
    """The subjects that the supervisor ``by`` has not approved of yet, with their items as they were given.

    ``Refusal``: ``agreed-already`` if none is left.
    """
    unsigned = {name: each for name, each in subjects.items() if not is_among(by, _signers(status, name))}
    if not unsigned:
        raise Refusal("agreed-already")
    return unsigned


def _decidable_subjects(
    check: ChecklistCheck, status: ApprovalStatus, items: Collection[str]
) -> dict[str, CheckedItem | None]:
    """The subjects chosen in ``items`` that a supervisor can decide: an item with its row, a limit with None.

    ``Refusal``: ``not-to-be-decided`` (a wrong serial, site ID or release code), ``decided-already``,
    ``nothing-to-decide`` (nothing chosen needs a decision).
    """
    settled = checklist.resolutions(check)
    pending = {exceeded.kind for exceeded in status.pending}
    checked = {each.item: each for each in check.items.all()}
    undecided = {name: checked[name] for name in items if name in checked and name not in settled}
    limits = {name: None for name in items if name in pending}
    if not undecided and not limits:
        decided = [settled[name].resolved_by for name in items if name in settled and settled[name].reason]
        decided += [name for each in items if each in LIMIT_KINDS for name in status.signers(each)]
        raise Refusal("decided-already", who=decided[-1]) if decided else Refusal("nothing-to-decide", field="items")
    if not all(each.finding().decidable for each in undecided.values()):
        raise Refusal("not-to-be-decided", field="items")
    return {**undecided, **limits}
