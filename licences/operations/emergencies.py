"""Emergency codes for a site whose old PC is dead: issuing, settling, deciding and withdrawing them
(docs/decisions.md#dead-pc-and-emergency-codes and docs/telephone-call.md#when-the-old-pc-is-dead).

An emergency code is valid to the end of its last day in the portal's time zone. A serial has at most one open
emergency. After the last day, every operation on the serial but settling the emergency is refused.
"""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from licences.domain import codes
from licences.domain.approvals import allows_emergency, require_meaningful_reason
from licences.domain.checklist import Answers
from licences.domain.errors import Refusal
from licences.domain.staff_identity import is_among, unique_people, user_number_of
from licences.domain.versions import Versions
from licences.models import (
    Approval,
    Emergency,
    Event,
    Installation,
    Relicensing,
    UnlockCode,
)
from licences.operations import digests, search
from licences.operations.checklist_decisions import (
    add_approval,
    limit_details,
    lock_open_request_with_serial,
    require_latest_check,
)
from licences.operations.codes import issue_unlock_code
from licences.operations.emergency_settlement import (
    make_emergency_permanent,
    record_emergency_event,
    take_back_emergency,
)
from licences.operations.installation_lifecycle import (
    begin_installation,
    end_previous_installation,
    known_release_codes,
    refuse_blocked_serial,
    require_lawful_versions,
)
from licences.operations.locks import lock_serial
from licences.operations.relicensing import rechecking_if_out_of_date
from licences.operations.relicensing_closing import close_superseded_requests
from licences.operations.relicensing_requests import (
    close_request,
    record_request_event,
    require_current_check,
    update_waiting_for,
)
from licences.operations.wrong_release_codes import record_wrong_release_code
from licences.queries import approvals, checklist
from licences.queries.repeated_emergencies import emergencies_before

# --- Issuing -----------------------------------------------------------------------------------------


def issue_emergency(
    *, request_id: int, reason: str, by: str, today: date, check: int | None = None
) -> Emergency | None:
    """Issue an emergency code: the serial runs on a new installation for ``EMERGENCY_DAYS`` days.

    All items of the checklist but an unavailable release code must have passed. ``check`` is the number of the check
    that the supervisor has seen; None takes the latest. Returns None when a second supervisor still has to agree: the
    approval is then stored.

    ``Refusal``: ``reason-missing``, ``reason-too-short``, ``request-closed``, ``decided-already`` (also on a second
    call), ``decision-out-of-date`` (``check`` is not the latest), ``decider-asked`` (they took part in the call),
    ``agreed-already``, ``emergency-not-possible``, ``serial-blocked``, ``software-assurance-required``,
    ``site-id-in-use``, ``nothing-licensed``, ``codes-exhausted``, and ``checklist-out-of-date``: records have changed
    since the check, and a new check is stored to look at.

    Rule: docs/telephone-call.md#the-emergency-and-its-follow-up.
    """
    reason = require_meaningful_reason(reason, approvals.approval_limits())
    with rechecking_if_out_of_date(request_id, by=by, today=today):
        return _issue_locked(request_id, check, reason=reason, by=by, today=today)


@transaction.atomic
def _issue_locked(request_id: int, number: int | None, *, reason: str, by: str, today: date) -> Emergency | None:
    """Do what ``issue_emergency`` says, in one transaction, but store no new check. ``number`` is that of the check.

    ``Refusal``: ``request-closed``, ``decided-already``, ``decision-out-of-date``, ``decider-asked``,
    ``agreed-already``, ``emergency-not-possible`` (more than the release code is missing), ``checklist-out-of-date``,
    ``serial-blocked``, ``software-assurance-required``, ``site-id-in-use``, ``nothing-licensed``, ``codes-exhausted``.
    """
    request = _lock_undecided_request(request_id)
    check, status = require_latest_check(request, number, by=by)
    if not allows_emergency(row.finding for row in checklist.checklist_rows(check) if not row.passes):
        raise Refusal("emergency-not-possible")
    require_current_check(check, request.serial, today=today)
    subject = Approval.Subject.EMERGENCY
    earlier = len(status.earlier_emergencies)
    counted = limit_details(request.serial, status.exceeded, [subject], earlier_emergencies=earlier)
    add_approval(subject, by=by, reason=reason, status=status, check=check)
    if len(unique_people([by, *status.signers(subject)])) < status.needed:
        update_waiting_for(request, check)
        about = {"check": check.number, "items": [subject], "reason": reason}
        record_request_event(Event.Kind.RELICENSING_AGREED, request, by=by, **about, **counted)
        return None
    emergency, code = _begin_emergency(request, check.answers(), reason=reason, by=by, today=today)
    close_superseded_requests(request, code)
    close_request(request, Relicensing.Outcome.EMERGENCY, code, by=by)
    about = {"request": request.pk, "check": check.number, "sequence": code.sequence, **counted}
    about["made"] = {**digests.digest_issued_code(code), "installation": code.installation_id}
    record_emergency_event(Event.Kind.EMERGENCY_ISSUED, emergency, by=by, reason=reason, **about)
    return emergency


def _lock_undecided_request(request_id: int) -> Relicensing:
    """Lock an open request and its serial, and return the request with that serial.

    ``Refusal``: ``decided-already`` (an emergency code was issued), ``request-closed``.
    """
    try:
        return lock_open_request_with_serial(request_id)
    except Refusal:
        request = Relicensing.objects.get(pk=request_id)
        if request.outcome == Relicensing.Outcome.EMERGENCY:
            raise Refusal("decided-already", who=request.closed_by) from None
        raise


def _begin_emergency(
    request: Relicensing, answers: Answers, *, reason: str, by: str, today: date
) -> tuple[Emergency, UnlockCode]:
    """End the earlier installation, begin one with the site ID of the answers, and issue its emergency code.

    Returns the emergency and the code. ``Refusal``: ``emergency-not-possible`` (no serial, or nothing to replace),
    ``serial-blocked``, ``software-assurance-required``, ``site-id-in-use``, ``nothing-licensed``, ``codes-exhausted``.
    """
    serial = request.serial
    if serial is None:
        raise Refusal("emergency-not-possible")
    refuse_blocked_serial(serial)
    versions = Versions.parse(server=answers.server_version, client=answers.client_version)
    coverage = require_lawful_versions(serial, versions, on=today)
    earlier = end_previous_installation(serial, Installation.EndReason.EMERGENCY)
    if earlier is None:
        raise Refusal("emergency-not-possible")
    site_id = codes.canonical_site_id(answers.site_id)
    running = begin_installation(serial, site_id, versions, origin=Installation.Origin.RELICENSED)
    search.refresh_serials([serial.pk])
    expires_on = today + timedelta(days=settings.EMERGENCY_DAYS)
    issued = issue_unlock_code(
        running,
        assured_until=coverage.assured_until,
        occasion=UnlockCode.Occasion.EMERGENCY,
        by=by,
        expires_on=expires_on,
    )
    emergency = Emergency.objects.create(
        serial=serial,
        request=request,
        earlier=earlier,
        installation=running,
        expires_on=expires_on,
        reason=reason,
        issued_by=by,
        issued_at=timezone.now(),
    )
    return emergency, issued.code


# --- Settling ----------------------------------------------------------------------------------------


def settle_emergency(
    *, emergency_id: int, release_code: str, by: str, as_supervisor: bool = False
) -> UnlockCode | None:
    """Settle an emergency with the release code of the earlier installation, and make its unlock code permanent.

    ``release_code`` is canonical. ``as_supervisor`` says that ``by`` may go on after more than
    ``WRONG_RELEASE_CODE_LIMIT`` wrong codes. Returns the permanent code; None if none can be made, because the
    installation has been released meanwhile or nothing is licensed any more. A wrong code is refused, stored and
    counted. ``Refusal``: ``emergency-settled`` (also on a second call), ``serial-blocked``, ``wrong-code-limit``,
    ``release-code-not-checkable`` (the earlier installation is from an older system), ``release-code-wrong``,
    ``codes-exhausted``. Rule: docs/telephone-call.md#the-emergency-and-its-follow-up.
    """
    try:
        return _settle_with_code(emergency_id, release_code, by=by, as_supervisor=as_supervisor)
    except Refusal as refusal:
        if refusal.code == "release-code-wrong":
            _record_wrong_code(emergency_id, release_code, by=by)
        raise


@transaction.atomic
def _settle_with_code(emergency_id: int, release_code: str, *, by: str, as_supervisor: bool) -> UnlockCode | None:
    """Do what ``settle_emergency`` says, in one transaction, but do not count a wrong code.

    ``Refusal``: ``emergency-settled``, ``serial-blocked``, ``wrong-code-limit``, ``release-code-not-checkable``,
    ``release-code-wrong``, ``codes-exhausted``.
    """
    emergency = _lock_open_emergency(emergency_id)
    refuse_blocked_serial(emergency.serial)
    wrong = approvals.recent_wrong_release_codes(emergency.serial, now=timezone.now()).count()
    limit = approvals.approval_limits().wrong_codes
    if wrong > limit and not as_supervisor:
        raise Refusal("wrong-code-limit", field="release_code", count=wrong, limit=limit)
    known = known_release_codes(emergency.earlier)
    if not known:
        raise Refusal("release-code-not-checkable", field="release_code")
    if release_code not in known:
        raise Refusal("release-code-wrong", field="release_code")
    about: dict[str, Any] = {"wrong_codes": wrong} if wrong > limit else {}  # why a supervisor had to type it
    return make_emergency_permanent(
        emergency, Emergency.Outcome.RELEASE_CODE, by=by, release_code=release_code, **about
    )


@transaction.atomic
def _record_wrong_code(emergency_id: int, release_code: str, *, by: str) -> None:
    """Store and count a wrong release code for the serial of an emergency, although the operation was refused.

    This is a transaction of its own: that of the refused operation is rolled back.
    """
    emergency = _lock_emergency(emergency_id)
    wrong = record_wrong_release_code(emergency.serial, release_code, by=by, now=timezone.now())
    record_emergency_event(Event.Kind.EMERGENCY_CODE_WRONG, emergency, by=by, wrong_codes=wrong)


@transaction.atomic
def decide_emergency(*, emergency_id: int, reason: str, by: str) -> bool:
    """Settle an emergency without the release code, and make its unlock code permanent.

    Returns False when a second supervisor still has to agree: the approval is then stored. ``Refusal``:
    ``reason-missing``, ``reason-too-short``, ``emergency-settled`` (also on a second call), ``serial-blocked``,
    ``decider-asked`` (they took part in the call), ``agreed-already``, ``codes-exhausted``. Rule:
    docs/telephone-call.md#what-needs-a-supervisor.
    """
    reason = require_meaningful_reason(reason, approvals.approval_limits())
    emergency = _lock_open_emergency(emergency_id)
    refuse_blocked_serial(emergency.serial)
    if is_among(by, approvals.call_takers(emergency.request)):
        raise Refusal("decider-asked")
    signers = approvals.signers_of(emergency)
    if is_among(by, signers):
        raise Refusal("agreed-already")
    Approval.objects.create(
        emergency=emergency,
        subject=Approval.Subject.FOR_GOOD,
        reason=reason,
        approved_by=by,
        approved_by_number=user_number_of(by),
        approved_at=timezone.now(),
    )
    earlier = len(emergencies_before(emergency))
    counted = limit_details(emergency.serial, [], [], earlier_emergencies=earlier)
    if len(signers) + 1 < approvals.supervisors_needed_to_settle(emergency):
        record_emergency_event(
            Event.Kind.RELICENSING_AGREED, emergency, by=by, items=["for-good"], reason=reason, **counted
        )
        return False
    make_emergency_permanent(emergency, Emergency.Outcome.DECIDED, by=by, reason=reason, **counted)
    return True


@transaction.atomic
def withdraw_emergency(*, emergency_id: int, reason: str, by: str) -> None:
    """Withdraw an emergency code: its installation ends, and the serial has to be re-licensed.

    ``Refusal``: ``reason-missing``, ``reason-too-short``, ``emergency-settled`` (also on a second call). Rule:
    docs/telephone-call.md#the-emergency-and-its-follow-up.
    """
    reason = require_meaningful_reason(reason, approvals.approval_limits())
    take_back_emergency(_lock_open_emergency(emergency_id), by=by, reason=reason)


def _lock_open_emergency(emergency_id: int) -> Emergency:
    """Lock the serial of an emergency that is not settled, and return the emergency. ``Refusal``:
    ``emergency-settled``.
    """
    emergency = _lock_emergency(emergency_id)
    if not emergency.is_open:
        raise Refusal("emergency-settled", who=emergency.settled_by)
    return emergency


def _lock_emergency(emergency_id: int) -> Emergency:
    """Lock the serial of an emergency, then read the emergency and return it: the lock guards it too."""
    serial = lock_serial(Emergency.objects.values_list("serial__code", flat=True).get(pk=emergency_id))
    emergency = approvals.emergencies().get(pk=emergency_id)
    emergency.serial = emergency.earlier.serial = emergency.installation.serial = serial
    return emergency
