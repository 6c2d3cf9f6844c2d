"""The dead PC: an emergency code, its follow-up, and how that ends (decisions.md 12; codes.md, slot 0).

The code is good to the end of its last day, where the portal's time zone says what a day is. Until the follow-up is
settled there is no other emergency for that serial; after the last day, everything is refused but settling it.
"""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from licences import decisions, queries
from licences.domain import codes
from licences.domain.checklist import Answers
from licences.domain.decisions import emergency_possible, written_reason
from licences.domain.errors import Refusal
from licences.models import (
    Approval,
    Emergency,
    Event,
    Installation,
    Relicensing,
    Serial,
    UnlockCode,
)
from licences.operations.codes import unlock_code_for
from licences.operations.deciding import lock_undecided, looked_at, sign, what_was_counted
from licences.operations.follow_ups import make_permanent, record_about, take_back
from licences.operations.installations import Versions, begin_installation, refuse_blocked, require_versions
from licences.operations.locks import lock_serial
from licences.operations.relicensing import (
    checked_again_if_out_of_date,
    close,
    end_unproved,
    note_waiting,
    record_step,
    require_unchanged,
)
from licences.operations.wrong_codes import note_wrong_code

# --- Issuing -----------------------------------------------------------------------------------------


def issue_emergency(
    *, request_id: int, reason: str, by: str, today: date, check: int | None = None
) -> Emergency | None:
    """Let a serial run on a new installation for some days, where no release code can be had for now.

    Everything but the release code has passed; ``check`` is the number of the check that was looked at. None: a
    second supervisor has to agree. ``Refusal``: ``reason-missing``, ``reason-too-short``, ``request-closed``,
    ``decided-already``, ``decision-out-of-date``, ``decider-asked``, ``agreed-already``, ``emergency-not-possible``,
    ``checklist-out-of-date``, and those of registering.
    """
    reason = written_reason(reason, decisions.limits())
    with checked_again_if_out_of_date(request_id, by=by, today=today):
        return _issue(request_id, check, reason=reason, by=by, today=today)


@transaction.atomic
def _issue(request_id: int, number: int | None, *, reason: str, by: str, today: date) -> Emergency | None:
    request = _lock_without_emergency(request_id)
    check, standing = looked_at(request, number, by=by)
    if not emergency_possible(row.finding for row in queries.checklist_rows(check) if not row.passes):
        raise Refusal("emergency-not-possible")
    require_unchanged(check, today=today)
    subject = Approval.Subject.EMERGENCY
    counted = what_was_counted(request.serial, standing.holds, [subject])
    sign(subject, by=by, reason=reason, standing=standing, check=check)
    if len({by, *standing.signers(subject)}) < standing.needed:
        note_waiting(request, check)
        about = {"check": check.number, "items": [subject], "reason": reason}
        record_step(Event.Kind.RELICENSING_AGREED, request, by=by, **about, **counted)
        return None
    emergency = _begin(request, check.answers(), reason=reason, by=by, today=today)
    code = emergency.installation.unlock_codes.get()
    close(request, Relicensing.Outcome.EMERGENCY, code, by=by)
    about = {"request": request.pk, "check": check.number, "sequence": code.sequence, **counted}
    record_about(Event.Kind.EMERGENCY_ISSUED, emergency, by=by, reason=reason, **about)
    return emergency


def _lock_without_emergency(request_id: int) -> Relicensing:
    try:
        return lock_undecided(request_id)
    except Refusal:
        request = Relicensing.objects.get(pk=request_id)
        if request.outcome == Relicensing.Outcome.EMERGENCY:
            raise Refusal("decided-already", who=request.closed_by) from None
        raise


def _begin(request: Relicensing, answers: Answers, *, reason: str, by: str, today: date) -> Emergency:
    serial = request.serial
    if serial is None:
        raise Refusal("emergency-not-possible")
    refuse_blocked(serial)
    versions = Versions.parse(server=answers.server_version, client=answers.client_version)
    coverage = require_versions(serial, versions, on=today)
    earlier = end_unproved(serial, Installation.EndReason.EMERGENCY)
    if earlier is None:
        raise Refusal("emergency-not-possible")
    site_id = codes.canonical_site_id(answers.site_id)
    running = begin_installation(serial, site_id, versions, origin=Installation.Origin.RELICENSED)
    expires_on = today + timedelta(days=settings.EMERGENCY_DAYS)
    unlock_code_for(
        running,
        assured_until=coverage.assured_until,
        occasion=UnlockCode.Occasion.EMERGENCY,
        by=by,
        expires_on=expires_on,
    )
    return Emergency.objects.create(
        serial=serial,
        request=request,
        earlier=earlier,
        installation=running,
        expires_on=expires_on,
        reason=reason,
        issued_by=by,
        issued_at=timezone.now(),
    )


# --- Settling ----------------------------------------------------------------------------------------


def settle_emergency(
    *, emergency_id: int, release_code: str, by: str, as_supervisor: bool = False
) -> UnlockCode | None:
    """The earlier installation's release code (canonical) has turned up: the code becomes permanent.

    None where there is no code to make. A wrong code is kept and counted; once there were more than staff may let
    pass, a supervisor has to type it. ``Refusal``: ``emergency-settled``, ``serial-blocked``, ``release-code-wrong``,
    ``release-code-not-checkable`` (from an older system), ``wrong-code-limit``.
    """
    try:
        return _settle(emergency_id, release_code, by=by, as_supervisor=as_supervisor)
    except Refusal as refusal:
        if refusal.code == "release-code-wrong":
            _keep_wrong_code(emergency_id, release_code, by=by)
        raise


@transaction.atomic
def _settle(emergency_id: int, release_code: str, *, by: str, as_supervisor: bool) -> UnlockCode | None:
    emergency = _lock_open(emergency_id)
    refuse_blocked(emergency.serial)
    wrong = decisions.wrong_release_codes(emergency.serial, now=timezone.now()).count()
    limit = decisions.limits().wrong_codes
    if wrong > limit and not as_supervisor:
        raise Refusal("wrong-code-limit", field="release_code", count=wrong, limit=limit)
    known = emergency.earlier.unlock_codes.values_list("release_code", flat=True)
    if not known:
        raise Refusal("release-code-not-checkable", field="release_code")
    if release_code not in known:
        raise Refusal("release-code-wrong", field="release_code")
    about: dict[str, Any] = {"wrong_codes": wrong} if wrong > limit else {}  # why a supervisor had to type it
    return make_permanent(emergency, Emergency.Outcome.RELEASE_CODE, by=by, release_code=release_code, **about)


@transaction.atomic
def _keep_wrong_code(emergency_id: int, release_code: str, *, by: str) -> None:
    emergency = _locked(emergency_id)
    wrong = note_wrong_code(emergency.serial, release_code, by=by, now=timezone.now())
    record_about(Event.Kind.EMERGENCY_CODE_WRONG, emergency, by=by, wrong_codes=wrong)


@transaction.atomic
def decide_emergency(*, emergency_id: int, reason: str, by: str) -> bool:
    """Settle an emergency for good without the release code. False: a second supervisor has to agree.

    ``Refusal``: ``reason-missing``, ``reason-too-short``, ``emergency-settled``, ``serial-blocked``,
    ``decider-asked``, ``agreed-already``.
    """
    reason = written_reason(reason, decisions.limits())
    emergency = _lock_open(emergency_id)
    refuse_blocked(emergency.serial)
    if by in decisions.askers(emergency.request):
        raise Refusal("decider-asked")
    signed = set(emergency.approvals.values_list("approved_by", flat=True))
    if by in signed:
        raise Refusal("agreed-already")
    Approval.objects.create(
        emergency=emergency,
        subject=Approval.Subject.FOR_GOOD,
        reason=reason,
        approved_by=by,
        approved_at=timezone.now(),
    )
    counted = what_was_counted(emergency.serial, [], [])
    if len(signed) + 1 < decisions.supervisors_for(emergency.serial):
        record_about(Event.Kind.RELICENSING_AGREED, emergency, by=by, items=["for-good"], reason=reason, **counted)
        return False
    make_permanent(emergency, Emergency.Outcome.DECIDED, by=by, reason=reason, **counted)
    return True


@transaction.atomic
def withdraw_emergency(*, emergency_id: int, reason: str, by: str) -> None:
    """Take an emergency code back: its installation ends, and the serial has to be re-licensed.

    ``Refusal``: ``reason-missing``, ``reason-too-short``, ``emergency-settled``.
    """
    reason = written_reason(reason, decisions.limits())
    take_back(_lock_open(emergency_id), by=by, reason=reason)


def _lock_open(emergency_id: int) -> Emergency:
    emergency = _locked(emergency_id)
    if not emergency.is_open:
        raise Refusal("emergency-settled", who=emergency.settled_by)
    return emergency


def _locked(emergency_id: int) -> Emergency:
    """The emergency with its serial held, read after that: all that is done to it is done under that lock."""
    serial: Serial = lock_serial(decisions.emergencies().get(pk=emergency_id).serial.code)
    emergency = decisions.emergencies().get(pk=emergency_id)
    emergency.serial = emergency.earlier.serial = emergency.installation.serial = serial
    return emergency
