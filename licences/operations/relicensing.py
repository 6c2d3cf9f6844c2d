"""Re-licensing: check the answers of a caller, ask again, issue the code (docs/domain.md#re-licensing).

Decisions of supervisors are in ``checklist_decisions``, emergency codes in ``emergencies``.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils import timezone

from licences.domain import checklist, codes
from licences.domain.call_notes import NOBODY_NOTED, CallerDetails
from licences.domain.checklist import Answers, Item, ItemFinding, Verdict
from licences.domain.errors import Refusal
from licences.domain.staff_identity import user_number_of
from licences.domain.versions import Versions
from licences.models import (
    CheckedItem,
    ChecklistCheck,
    Emergency,
    Event,
    Installation,
    ItemResolution,
    ReleaseCodeUse,
    Relicensing,
    Serial,
    UnlockCode,
)
from licences.operations import digests, search
from licences.operations.codes import issue_unlock_code
from licences.operations.emergency_settlement import make_emergency_permanent
from licences.operations.installation_lifecycle import (
    begin_installation,
    end_previous_installation,
    refuse_blocked_serial,
    require_lawful_versions,
    store_reported_versions,
)
from licences.operations.locks import lock_request, lock_serial_of, lock_serials
from licences.operations.relicensing_closing import close_superseded_requests
from licences.operations.relicensing_requests import (
    close_request,
    lock_open_request,
    record_request_event,
    require_current_check,
    resolve_items,
    update_waiting_for,
)
from licences.operations.wrong_release_codes import record_wrong_release_code
from licences.queries import approvals
from licences.queries import checklist as checklist_queries

# --- Checking ----------------------------------------------------------------------------------------


@transaction.atomic
def open_relicensing(
    *, answers: Answers, purpose: str, by: str, today: date, caller: CallerDetails = NOBODY_NOTED
) -> Relicensing:
    """Open a re-licensing request with its first check, and return the request.

    ``answers`` are kept as the caller gave them; wrong and unreadable ones get a verdict, not a ``Refusal``.
    ``purpose`` is a value of ``Relicensing.Purpose``. ``caller`` is stored as it is (docs/domain.md#who-called). Every
    call opens another request. Rule: docs/domain.md#re-licensing.
    """
    request = Relicensing.objects.create(
        purpose=purpose,
        opened_by=by,
        opened_by_number=user_number_of(by),
        opened_at=timezone.now(),
        **caller.as_columns(),
    )
    _check_answers(request, answers, by=by, today=today)
    return request


@transaction.atomic
def recheck_relicensing(*, request_id: int, answers: Answers, purpose: str, by: str, today: date) -> ChecklistCheck:
    """Check corrected answers, and return the new check; earlier checks stay on record.

    ``purpose`` is a value of ``Relicensing.Purpose`` and replaces the request's. Every call adds a check. Approvals
    count for it only if answers and records are the same as before. ``Refusal``: ``request-closed``. Rule:
    docs/decisions.md#approvals-are-bound-to-answers.
    """
    request = lock_open_request(request_id)
    request.purpose = purpose
    return _check_answers(request, answers, by=by, today=today)


def _check_answers(request: Relicensing, answers: Answers, *, by: str, today: date) -> ChecklistCheck:
    """Add a check to a locked request, and recognise its serial; returns the check.

    A wrong release code is counted, and what waits for a supervisor is updated.
    """
    answers = _trim_answers(answers)
    request.serial = checklist_queries.serial_named_in(answers)
    record = checklist_queries.checklist_record(answers, request.serial)
    findings = checklist.check_answers(answers, record, on=today)
    check = ChecklistCheck.objects.create(
        request=request,
        number=request.checks.count() + 1,
        release_code_unavailable=answers.release_code_unavailable,
        digest=checklist.checklist_digest(answers, findings, record),
        checked_by=by,
        checked_by_number=user_number_of(by),
        checked_at=timezone.now(),
    )
    checked = CheckedItem.objects.bulk_create([_checked_item(check, finding) for finding in findings])
    request.save(update_fields=["purpose", "serial"])
    wrong = _count_wrong_code(request, findings, by=by)
    update_waiting_for(request, check, checked)
    verdicts = {finding.item.value: finding.verdict.value for finding in findings}
    about = {"verdicts": verdicts, **({"wrong_codes": wrong} if wrong else {})}
    record_request_event(Event.Kind.RELICENSING_CHECKED, request, by=by, check=check.number, **about)
    return check


_NOT_A_RELEASE_CODE = ("code-symbol", "code-length", "emergency-open")  # reasons for which a mismatch is no wrong code


def _count_wrong_code(request: Relicensing, findings: list[ItemFinding], *, by: str) -> int:
    """Count the caller's release code if a check found it wrong, and store that it was wrong.

    ``findings`` are those of the check. Also a code that is nearly right counts, because a guess may come near. Returns
    how many wrong codes the serial now has in 24 hours; 0 if this was none.
    """
    finding = next(each for each in findings if each.item is Item.RELEASE_CODE)
    if request.serial is None or finding.verdict is not Verdict.MISMATCH or finding.reason in _NOT_A_RELEASE_CODE:
        return 0
    lock_serials([request.serial.pk])
    return record_wrong_release_code(request.serial, codes.canonical(finding.said), by=by, now=timezone.now())


def _trim_answers(answers: Answers) -> Answers:
    """The answers without blanks around them, as the check stores them: issuing compares them once more."""
    return replace(answers, **{item.value: getattr(answers, item.value).strip() for item in Item})


def _checked_item(check: ChecklistCheck, finding: ItemFinding) -> CheckedItem:
    """The finding as an unsaved row of a check."""
    return CheckedItem(
        checklist=check,
        item=finding.item.value,
        said=finding.said,
        on_record=finding.on_record,
        verdict=finding.verdict.value,
        reason=finding.reason,
        parameters=finding.parameters,
    )


# --- Asking again ---------------------------------------------------------------------------


@transaction.atomic
def confirm_asked_again(*, request_id: int, items: Collection[str], by: str) -> None:
    """Store that the clerk has asked the caller again about items of the latest check that are close.

    ``items`` are values of ``Item``. Idempotent: items that are settled already are skipped. ``Refusal``:
    ``request-closed``, ``not-to-be-confirmed`` (an item is not *close*, or less was said than is on record and no
    release code proves who calls). Rule: docs/telephone-call.md#the-verdicts.
    """
    check = checklist_queries.latest_check(lock_open_request(request_id))
    settled = checklist_queries.resolutions(check)
    chosen = [checked for checked in check.items.all() if checked.item in items and checked.item not in settled]
    if not all(checked.finding().settled_by_asking for checked in chosen):
        raise Refusal("not-to-be-confirmed")
    resolve_items(chosen, ItemResolution.Kind.ASKED_AGAIN, by=by)
    update_waiting_for(check.request, check)
    if chosen:
        names = [checked.item for checked in chosen]
        record_request_event(
            Event.Kind.RELICENSING_CONFIRMED, check.request, by=by, check=check.number, items=names, reason=""
        )


# --- Issuing -----------------------------------------------------------------------------------------


def issue_relicensing(*, request_id: int, by: str, today: date) -> UnlockCode:
    """End the old installation, begin the new one and issue its unlock code: all or nothing. Returns the code.

    Answers, records and limits are checked again under the lock. In an emergency, the release code of the earlier
    installation makes the emergency code permanent. Idempotent: a request that was issued returns its code again, and
    so does another request for the same serial, release code and site ID.

    ``Refusal``: ``request-closed`` (withdrawn), ``checklist-not-passed``, ``waits-for-supervisor`` (a limit is
    exceeded), ``serial-blocked``, ``software-assurance-required``, ``site-id-in-use``, ``nothing-licensed``,
    ``codes-exhausted``, and ``checklist-out-of-date``: records have changed since the latest check, and a new check is
    stored to look at.

    Rules: docs/domain.md#re-licensing, docs/decisions.md#approvals-are-bound-to-answers,
    docs/decisions.md#how-an-installation-ends and docs/decisions.md#dead-pc-and-emergency-codes.
    """
    with rechecking_if_out_of_date(request_id, by=by, today=today):
        return _issue_locked(request_id=request_id, by=by, today=today)


@contextmanager
def rechecking_if_out_of_date(request_id: int, *, by: str, today: date) -> Iterator[None]:
    """Add a new check if the block is refused with ``checklist-out-of-date``, and pass that refusal on."""
    try:
        yield
    except Refusal as refusal:
        if refusal.code == "checklist-out-of-date":
            request = Relicensing.objects.get(pk=request_id)
            answers = checklist_queries.latest_check(request).answers()
            recheck_relicensing(request_id=request_id, answers=answers, purpose=request.purpose, by=by, today=today)
        raise


@transaction.atomic
def _issue_locked(*, request_id: int, by: str, today: date) -> UnlockCode:
    """Do what ``issue_relicensing`` says, in one transaction, but store no new check.

    A new check after a refusal has to outlive the rollback, so it is stored by the caller. ``Refusal``:
    ``request-closed``, ``checklist-not-passed``, ``checklist-out-of-date``, ``waits-for-supervisor``,
    ``serial-blocked``, ``software-assurance-required``, ``site-id-in-use``, ``nothing-licensed``, ``codes-exhausted``.
    """
    request = lock_request(request_id)
    if request.unlock_code is not None:
        return request.unlock_code
    if not request.is_open:
        raise Refusal("request-closed")
    check = checklist_queries.latest_check(request)
    answers = check.answers()
    serial = lock_serial_of(request)
    if serial is None:
        raise Refusal("checklist-not-passed")
    earlier_code = _code_of_faster_request(serial, answers)
    if earlier_code is not None and _passes_except_release_code(check):
        refuse_blocked_serial(serial)
        close_request(request, Relicensing.Outcome.ISSUED, earlier_code, by=by)
        record_request_event(Event.Kind.RELICENSED, request, by=by, sequence=earlier_code.sequence, repeated=True)
        return earlier_code
    _require_passed(request, check, today=today)
    code, use = _relicense(request, serial, answers, by=by, today=today)
    close_superseded_requests(request, code)
    close_request(request, Relicensing.Outcome.ISSUED, code, by=by)
    record_request_event(
        Event.Kind.RELICENSED,
        request,
        by=by,
        sequence=code.sequence,
        site_id=code.installation.site_id,
        check=check.number,
        purpose=request.purpose,
        made={
            **digests.digest_issued_code(code),
            "installation": code.installation_id,
            "used": digests.digest_release_code_use(use),
        },
    )
    return code


def _require_passed(request: Relicensing, check: ChecklistCheck, *, today: date) -> None:
    """Refuse to issue a code for a request unless its latest check has passed and still holds.

    ``Refusal``: ``checklist-not-passed``, ``checklist-out-of-date`` (records have changed since),
    ``waits-for-supervisor`` (a limit is exceeded).
    """
    if not all(row.passes for row in checklist_queries.checklist_rows(check)):
        raise Refusal("checklist-not-passed")
    require_current_check(check, request.serial, today=today)
    if approvals.approval_status(request, check, now=timezone.now()).pending:
        raise Refusal("waits-for-supervisor")


def _passes_except_release_code(check: ChecklistCheck) -> bool:
    """Whether all items of a check pass but the release code, which another request may have used a moment ago."""
    return all(row.passes or row.finding.item is Item.RELEASE_CODE for row in checklist_queries.checklist_rows(check))


def _code_of_faster_request(serial: Serial, answers: Answers) -> UnlockCode | None:
    """The latest code of another request that has used the same release code for the same, still live, site ID."""
    try:
        site_id, release_code = codes.canonical(answers.site_id), codes.canonical(answers.release_code)
    except Refusal:
        return None
    if not release_code:
        return None
    first = Relicensing.objects.filter(
        serial=serial,
        release_use__release_code=release_code,
        unlock_code__installation__site_id=site_id,
        unlock_code__installation__ended_at=None,
    ).first()
    return first.unlock_code.installation.unlock_codes.latest("sequence") if first and first.unlock_code else None


def _relicense(
    request: Relicensing, serial: Serial, answers: Answers, *, by: str, today: date
) -> tuple[UnlockCode, ReleaseCodeUse | None]:
    """Do what ``issue_relicensing`` says, once everything has passed, under the lock of the serial.

    Returns the new code, and the use of the previous installation's release; None if there was no such installation.
    ``Refusal``: ``serial-blocked``, ``software-assurance-required``, ``site-id-in-use``, ``nothing-licensed``,
    ``codes-exhausted``.
    """
    refuse_blocked_serial(serial)
    versions = Versions.parse(server=answers.server_version, client=answers.client_version)
    coverage = require_lawful_versions(serial, versions, on=today)
    release_code = codes.canonical(answers.release_code)
    emergency = approvals.emergencies().filter(serial=serial, settled_at=None).first()
    if emergency is not None:
        return _settle_emergency(emergency, request, versions, release_code, by=by)
    use = _use_previous_release(request, serial, release_code)
    installation = begin_installation(
        serial, codes.canonical_site_id(answers.site_id), versions, origin=Installation.Origin.RELICENSED
    )
    search.refresh_serials([serial.pk])
    occasion = UnlockCode.Occasion.RELICENSING
    issued = issue_unlock_code(installation, assured_until=coverage.assured_until, occasion=occasion, by=by)
    return issued.code, use


def _settle_emergency(
    emergency: Emergency, request: Relicensing, versions: Versions, release_code: str, *, by: str
) -> tuple[UnlockCode, ReleaseCodeUse]:
    """Settle the open emergency of a serial whose checklist has passed with the release code: its code stays.

    ``versions`` are those that the server runs, ``release_code`` is that of the earlier installation, canonical.
    Returns the permanent code, and the use of the earlier installation's release. ``Refusal``: ``checklist-not-passed``
    (the installation has been released meanwhile, or nothing is licensed), ``codes-exhausted``.
    """
    store_reported_versions(emergency.installation, versions)
    code = make_emergency_permanent(
        emergency, Emergency.Outcome.RELEASE_CODE, by=by, release_code=release_code, request=request
    )
    if code is None:
        raise Refusal("checklist-not-passed")
    return code, emergency.earlier.release_use


def _use_previous_release(request: Relicensing, serial: Serial, release_code: str) -> ReleaseCodeUse | None:
    """End the live installation, if any, and store that its release, or the last unused one, is used up.

    Returns that use; None if the serial has neither. ``release_code`` is canonical.
    """
    previous = end_previous_installation(serial, Installation.EndReason.RELICENSED)
    if previous is None:
        return None
    return ReleaseCodeUse.objects.create(
        installation=previous, request=request, release_code=release_code, used_at=timezone.now()
    )
