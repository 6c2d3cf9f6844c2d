"""The re-licensing checklist at work: check, ask again, decide, issue (domain.md rule 8)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils import timezone

from licences import queries
from licences.domain import checklist, codes
from licences.domain.checklist import Answers, Finding, Item, Record, Verdict
from licences.domain.errors import Refusal
from licences.models import (
    CheckedItem,
    ChecklistCheck,
    Event,
    Installation,
    ItemResolution,
    ReleaseCodeUse,
    Relicensing,
    Serial,
    UnlockCode,
)
from licences.operations.codes import unlock_code_for
from licences.operations.events import record_event
from licences.operations.installations import (
    Versions,
    begin_installation,
    end_installation,
    refuse_blocked,
    require_versions,
)
from licences.operations.locks import lock_request, lock_serial

# --- Checking ----------------------------------------------------------------------------------------


@transaction.atomic
def open_request(*, answers: Answers, purpose: str, by: str, today: date) -> Relicensing:
    """Begin a re-licensing with its first check."""
    request = Relicensing.objects.create(purpose=purpose, opened_by=by, opened_at=timezone.now())
    _check(request, answers, by=by, today=today)
    return request


@transaction.atomic
def check_again(*, request_id: int, answers: Answers, purpose: str, by: str, today: date) -> ChecklistCheck:
    """Check corrected answers; earlier checks are kept. ``Refusal("request-closed")``."""
    request = _lock_open(request_id)
    request.purpose = purpose
    return _check(request, answers, by=by, today=today)


def _lock_open(request_id: int) -> Relicensing:
    request = lock_request(request_id)
    if not request.is_open:
        raise Refusal("request-closed")
    return request


def _check(request: Relicensing, answers: Answers, *, by: str, today: date) -> ChecklistCheck:
    answers = _trimmed(answers)
    record = queries.checklist_record(answers)
    findings = checklist.check(answers, record, on=today)
    check = ChecklistCheck.objects.create(
        request=request,
        number=request.checks.count() + 1,
        release_code_unavailable=answers.release_code_unavailable,
        digest=checklist.digest(answers, findings, record),
        checked_by=by,
        checked_at=timezone.now(),
    )
    CheckedItem.objects.bulk_create(_checked_item(check, finding) for finding in findings)
    request.serial = _recognised(record)
    request.save(update_fields=["purpose", "serial"])
    verdicts = {finding.item.value: finding.verdict.value for finding in findings}
    _record(Event.Kind.RELICENSING_CHECKED, request, by=by, check=check.number, verdicts=verdicts)
    return check


def _trimmed(answers: Answers) -> Answers:
    """As the check keeps them: what is checked again at issue has to read the same."""
    return replace(answers, **{item.value: getattr(answers, item.value).strip() for item in Item})


def _checked_item(check: ChecklistCheck, finding: Finding) -> CheckedItem:
    return CheckedItem(
        checklist=check,
        item=finding.item.value,
        said=finding.said,
        on_record=finding.on_record,
        verdict=finding.verdict.value,
        reason=finding.reason,
        parameters=finding.parameters,
    )


def _recognised(record: Record) -> Serial | None:
    if record.serial is None:
        return None
    return Serial.objects.select_related("site__customer").get(code=record.serial.serial)


# --- Settling what did not simply match --------------------------------------------------------------


@transaction.atomic
def confirm_asked_again(*, request_id: int, items: Collection[str], by: str) -> None:
    """Note that the clerk asked again about items that are close. ``Refusal("not-to-be-confirmed")``."""
    check = queries.latest_check(_lock_open(request_id))
    settled = queries.resolutions(check)
    chosen = [checked for checked in check.items.all() if checked.item in items and checked.item not in settled]
    if any(checked.verdict != Verdict.CLOSE for checked in chosen):
        raise Refusal("not-to-be-confirmed")
    _settle(check, chosen, ItemResolution.Kind.ASKED_AGAIN, by=by)


@transaction.atomic
def decide(*, request_id: int, items: Collection[str], reason: str, by: str) -> None:
    """Accept items that cannot be proved, with a written reason (decisions.md 5 and 12).

    Holds for the very answers and record of the latest check. ``Refusal``: ``reason-missing``,
    ``nothing-to-decide``, ``not-to-be-decided`` (a wrong serial, site ID or release code).
    """
    if not reason.strip():
        raise Refusal("reason-missing", field="reason")
    check = queries.latest_check(_lock_open(request_id))
    settled = queries.resolutions(check)
    chosen = [checked for checked in check.items.all() if checked.item in items and checked.item not in settled]
    if not chosen:
        raise Refusal("nothing-to-decide", field="items")
    if not all(checked.finding().decidable for checked in chosen):
        raise Refusal("not-to-be-decided", field="items")
    _settle(check, chosen, ItemResolution.Kind.ACCEPTED, reason=reason.strip(), by=by)


def _settle(
    check: ChecklistCheck,
    chosen: list[CheckedItem],
    kind: ItemResolution.Kind,
    *,
    by: str,
    reason: str = "",
) -> None:
    for checked in chosen:
        if hasattr(checked, "resolution"):
            continue  # the same button pressed twice
        ItemResolution.objects.create(
            checked_item=checked, kind=kind, reason=reason, resolved_by=by, resolved_at=timezone.now()
        )
    events = {
        ItemResolution.Kind.ASKED_AGAIN: Event.Kind.RELICENSING_CONFIRMED,
        ItemResolution.Kind.ACCEPTED: Event.Kind.RELICENSING_DECIDED,
    }
    if chosen:
        names = [checked.item for checked in chosen]
        _record(events[kind], check.request, by=by, check=check.number, items=names, reason=reason)


@transaction.atomic
def withdraw(*, request_id: int, by: str) -> None:
    """Close a request without a code; what was checked stays on record."""
    request = _lock_open(request_id)
    _close(request, Relicensing.Outcome.WITHDRAWN, None, by=by)
    _record(Event.Kind.RELICENSING_WITHDRAWN, request, by=by)


# --- Issuing -----------------------------------------------------------------------------------------


def issue(*, request_id: int, by: str, today: date) -> UnlockCode:
    """End the old installation, begin the new one and make its unlock code: all of it or nothing.

    Everything is checked again under the lock. A request that was issued gives its code again; a second request
    for the same serial, release code and site ID gives the code of the first. ``Refusal``: ``request-closed``
    (withdrawn), ``checklist-not-passed``, and ``checklist-out-of-date`` where the record has changed since the
    latest check: then the new check is already made and to be looked at.
    """
    try:
        return _issue(request_id=request_id, by=by, today=today)
    except Refusal as refusal:
        if refusal.code == "checklist-out-of-date":
            request = Relicensing.objects.get(pk=request_id)
            answers = queries.latest_check(request).answers()
            check_again(request_id=request_id, answers=answers, purpose=request.purpose, by=by, today=today)
        raise


@transaction.atomic
def _issue(*, request_id: int, by: str, today: date) -> UnlockCode:
    request = lock_request(request_id)
    if request.unlock_code is not None:
        return request.unlock_code
    if not request.is_open:
        raise Refusal("request-closed")
    check = queries.latest_check(request)
    answers = check.answers()
    if request.serial is None:
        raise Refusal("checklist-not-passed")
    serial = lock_serial(request.serial.code)
    request.serial = serial
    repeated = _issued_to_another_request(serial, answers)
    if repeated is not None and _passes_but_for_its_release_code(check):
        refuse_blocked(serial)
        _close(request, Relicensing.Outcome.ISSUED, repeated, by=by)
        _record(Event.Kind.RELICENSED, request, by=by, sequence=repeated.sequence, repeated=True)
        return repeated
    _require_passed(check, answers, today=today)
    code = _relicense(request, serial, answers, by=by, today=today)
    _close(request, Relicensing.Outcome.ISSUED, code, by=by)
    _record(
        Event.Kind.RELICENSED,
        request,
        by=by,
        sequence=code.sequence,
        site_id=code.installation.site_id,
        check=check.number,
        purpose=request.purpose,
    )
    return code


def _require_passed(check: ChecklistCheck, answers: Answers, *, today: date) -> None:
    if not all(row.passes for row in queries.checklist_rows(check)):
        raise Refusal("checklist-not-passed")
    record = queries.checklist_record(answers)
    findings = checklist.check(answers, record, on=today)
    if checklist.digest(answers, findings, record) != check.digest:
        raise Refusal("checklist-out-of-date")


def _passes_but_for_its_release_code(check: ChecklistCheck) -> bool:
    """For the code that another request used a moment ago: all else must be in order here as well."""
    return all(row.passes or row.finding.item is Item.RELEASE_CODE for row in queries.checklist_rows(check))


def _issued_to_another_request(serial: Serial, answers: Answers) -> UnlockCode | None:
    """The code of a request that was a moment faster with the same release code, for the same site ID."""
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
    return first.unlock_code if first else None


def _relicense(request: Relicensing, serial: Serial, answers: Answers, *, by: str, today: date) -> UnlockCode:
    refuse_blocked(serial)
    versions = Versions.parse(server=answers.server_version, client=answers.client_version)
    coverage = require_versions(serial, versions, on=today)
    _end_previous(request, serial, codes.canonical(answers.release_code))
    installation = begin_installation(
        serial, codes.canonical_site_id(answers.site_id), versions, origin=Installation.Origin.RELICENSED
    )
    made_for = UnlockCode.Occasion.RELICENSING
    return unlock_code_for(installation, assured_until=coverage.assured_until, occasion=made_for, by=by).code


def _end_previous(request: Relicensing, serial: Serial, release_code: str) -> None:
    """End the live installation, if any, and note that the release of the last one is used up."""
    previous = serial.installations.first()  # newest first
    if previous is None:
        return
    if previous.is_live:
        end_installation(previous, Installation.EndReason.RELICENSED)
    ReleaseCodeUse.objects.create(
        installation=previous, request=request, release_code=release_code, used_at=timezone.now()
    )


def _close(request: Relicensing, outcome: Relicensing.Outcome, code: UnlockCode | None, *, by: str) -> None:
    request.outcome = outcome
    request.unlock_code = code
    request.closed_by = by
    request.closed_at = timezone.now()
    request.save(update_fields=["outcome", "unlock_code", "closed_by", "closed_at"])


def _record(kind: Event.Kind, request: Relicensing, *, by: str, **details: object) -> None:
    serial = request.serial
    customer = serial.site.customer if serial else None
    record_event(
        kind,
        by=by,
        serial=serial.code if serial else "",
        customer=customer,
        details={"request": request.pk, **details},
        personal={"customer": customer.name} if customer else {},
    )
