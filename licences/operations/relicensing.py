"""The re-licensing checklist at work: check, ask again, issue (domain.md rule 8). ``deciding`` has the decisions."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from licences import decisions, queries
from licences.domain import checklist, codes
from licences.domain.checklist import Answers, Finding, Item, Record, Verdict
from licences.domain.errors import Refusal
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
from licences.operations.codes import unlock_code_for
from licences.operations.events import record_event
from licences.operations.follow_ups import make_permanent
from licences.operations.installations import (
    Versions,
    begin_installation,
    end_installation,
    note_versions,
    refuse_blocked,
    require_versions,
)
from licences.operations.locks import lock_request, lock_serial
from licences.operations.wrong_codes import note_wrong_code

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
    request = lock_open(request_id)
    request.purpose = purpose
    return _check(request, answers, by=by, today=today)


def lock_open(request_id: int) -> Relicensing:
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
    request.serial = recognised_serial(record)
    request.save(update_fields=["purpose", "serial"])
    wrong = _note_wrong_code(request, findings, by=by)
    note_waiting(request, check)
    verdicts = {finding.item.value: finding.verdict.value for finding in findings}
    about = {"verdicts": verdicts, **({"wrong_codes": wrong} if wrong else {})}
    record_step(Event.Kind.RELICENSING_CHECKED, request, by=by, check=check.number, **about)
    return check


_NOT_A_RELEASE_CODE = ("code-symbol", "code-length", "emergency-open")  # misheard, or nothing was said


def _note_wrong_code(request: Relicensing, findings: list[Finding], *, by: str) -> int:
    """Count a release code that does not fit, slips of the tongue too: whoever guesses would call them that.

    How many there are now; 0 where this was none.
    """
    finding = next(each for each in findings if each.item is Item.RELEASE_CODE)
    if request.serial is None or finding.verdict is not Verdict.MISMATCH or finding.reason in _NOT_A_RELEASE_CODE:
        return 0
    held = lock_serial(request.serial.code)
    return note_wrong_code(held, codes.canonical(finding.said), by=by, now=timezone.now())


def note_waiting(request: Relicensing, check: ChecklistCheck) -> None:
    """Note for the desk whether only a supervisor can bring this request further, and because of what."""
    rows = queries.checklist_rows(check)
    others = [row for row in rows if not (row.passes or row.to_ask_again or row.to_decide)]
    standing = decisions.standing(request, check, now=timezone.now())
    wanted = [row.finding.item.value for row in rows if row.to_decide] + [held.hold for held in standing.pending]
    request.waiting_for = [] if others else wanted
    request.waiting_since = (request.waiting_since or timezone.now()) if request.waiting_for else None
    request.save(update_fields=["waiting_for", "waiting_since"])


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


def recognised_serial(record: Record) -> Serial | None:
    if record.serial is None:
        return None
    return Serial.objects.select_related("site__customer").get(code=record.serial.serial)


# --- Settling what did not simply match --------------------------------------------------------------


@transaction.atomic
def confirm_asked_again(*, request_id: int, items: Collection[str], by: str) -> None:
    """Note that the clerk asked again about items that are close. ``Refusal("not-to-be-confirmed")``."""
    check = queries.latest_check(lock_open(request_id))
    settled = queries.resolutions(check)
    chosen = [checked for checked in check.items.all() if checked.item in items and checked.item not in settled]
    if any(checked.verdict != Verdict.CLOSE for checked in chosen):
        raise Refusal("not-to-be-confirmed")
    resolve(chosen, ItemResolution.Kind.ASKED_AGAIN, by=by)
    note_waiting(check.request, check)
    if chosen:
        names = [checked.item for checked in chosen]
        record_step(Event.Kind.RELICENSING_CONFIRMED, check.request, by=by, check=check.number, items=names, reason="")


def resolve(chosen: Collection[CheckedItem], kind: ItemResolution.Kind, *, by: str, reason: str = "") -> None:
    for checked in chosen:
        if hasattr(checked, "resolution"):
            continue  # the same button pressed twice
        ItemResolution.objects.create(
            checked_item=checked, kind=kind, reason=reason, resolved_by=by, resolved_at=timezone.now()
        )


@transaction.atomic
def withdraw(*, request_id: int, by: str) -> None:
    """Close a request without a code; what was checked stays on record."""
    request = lock_open(request_id)
    close(request, Relicensing.Outcome.WITHDRAWN, None, by=by)
    record_step(Event.Kind.RELICENSING_WITHDRAWN, request, by=by)


# --- Issuing -----------------------------------------------------------------------------------------


def issue(*, request_id: int, by: str, today: date) -> UnlockCode:
    """End the old installation, begin the new one and make its unlock code: all of it or nothing.

    Everything is checked again under the lock, limits too. A request that was issued gives its code again; a second
    request for the same serial, release code and site ID gives the code of the first. In an emergency, the release
    code of the earlier installation makes the code permanent. ``Refusal``: ``request-closed`` (withdrawn),
    ``checklist-not-passed``, ``waits-for-supervisor`` (a limit is exceeded), and ``checklist-out-of-date`` where the
    record has changed since the latest check: then the new check is already made and to be looked at.
    """
    with checked_again_if_out_of_date(request_id, by=by, today=today):
        return _issue(request_id=request_id, by=by, today=today)


@contextmanager
def checked_again_if_out_of_date(request_id: int, *, by: str, today: date) -> Iterator[None]:
    """Leave the person who is refused because the record has changed with a check of how it stands now."""
    try:
        yield
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
        close(request, Relicensing.Outcome.ISSUED, repeated, by=by)
        record_step(Event.Kind.RELICENSED, request, by=by, sequence=repeated.sequence, repeated=True)
        return repeated
    _require_passed(request, check, today=today)
    code = _relicense(request, serial, answers, by=by, today=today)
    close(request, Relicensing.Outcome.ISSUED, code, by=by)
    record_step(
        Event.Kind.RELICENSED,
        request,
        by=by,
        sequence=code.sequence,
        site_id=code.installation.site_id,
        check=check.number,
        purpose=request.purpose,
    )
    return code


def _require_passed(request: Relicensing, check: ChecklistCheck, *, today: date) -> None:
    if not all(row.passes for row in queries.checklist_rows(check)):
        raise Refusal("checklist-not-passed")
    require_unchanged(check, today=today)
    if decisions.standing(request, check, now=timezone.now()).pending:
        raise Refusal("waits-for-supervisor")


def require_unchanged(check: ChecklistCheck, *, today: date) -> None:
    """``Refusal("checklist-out-of-date")`` where answers and record read otherwise than at that check."""
    answers = check.answers()
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
    return first.unlock_code.installation.unlock_codes.latest("sequence") if first and first.unlock_code else None


def _relicense(request: Relicensing, serial: Serial, answers: Answers, *, by: str, today: date) -> UnlockCode:
    refuse_blocked(serial)
    versions = Versions.parse(server=answers.server_version, client=answers.client_version)
    coverage = require_versions(serial, versions, on=today)
    release_code = codes.canonical(answers.release_code)
    emergency = decisions.emergencies().filter(serial=serial, settled_at=None).first()
    if emergency is not None:
        return _settle_emergency(emergency, request, versions, release_code, by=by)
    _end_previous(request, serial, release_code)
    installation = begin_installation(
        serial, codes.canonical_site_id(answers.site_id), versions, origin=Installation.Origin.RELICENSED
    )
    made_for = UnlockCode.Occasion.RELICENSING
    return unlock_code_for(installation, assured_until=coverage.assured_until, occasion=made_for, by=by).code


def _settle_emergency(
    emergency: Emergency, request: Relicensing, versions: Versions, release_code: str, *, by: str
) -> UnlockCode:
    """The checklist has passed on the emergency's own PC: what it runs on becomes permanent."""
    note_versions(emergency.installation, versions)
    code = make_permanent(emergency, Emergency.Outcome.RELEASE_CODE, by=by, release_code=release_code, request=request)
    if code is None:
        raise Refusal("checklist-not-passed")
    return code


def _end_previous(request: Relicensing, serial: Serial, release_code: str) -> None:
    """End the live installation, if any, and note that the release of the last one is used up."""
    previous = end_unproved(serial, Installation.EndReason.RELICENSED)
    if previous is not None:
        ReleaseCodeUse.objects.create(
            installation=previous, request=request, release_code=release_code, used_at=timezone.now()
        )


def end_unproved(serial: Serial, reason: Installation.EndReason) -> Installation | None:
    """End the live installation; that one, or else the last whose release was not used yet, is what is to be proved."""
    given_back = Q(end_reason__in=(Installation.EndReason.RELEASED, Installation.EndReason.EMERGENCY))
    previous = serial.installations.filter(Q(ended_at=None) | given_back, release_use=None).first()  # newest first
    if previous is not None and previous.is_live:
        end_installation(previous, reason)
    return previous


def close(request: Relicensing, outcome: Relicensing.Outcome, code: UnlockCode | None, *, by: str) -> None:
    request.outcome = outcome
    request.unlock_code = code
    request.closed_by = by
    request.closed_at = timezone.now()
    request.waiting_for, request.waiting_since = [], None
    request.save(update_fields=["outcome", "unlock_code", "closed_by", "closed_at", "waiting_for", "waiting_since"])


def record_step(kind: Event.Kind, request: Relicensing, *, by: str, **details: object) -> None:
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
