"""The re-licensing checklist: what the caller says, compared with what is on record (docs/domain.md#re-licensing).

``check_answers`` judges all seven items at once, and returns codes and values. ``licences.wording`` has the sentences.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum

from licences.domain import codes
from licences.domain.chain import canonical_json
from licences.domain.checklist_record import ChecklistRecord, EmergencyRecord, InstallationRecord, SerialRecord
from licences.domain.checklist_texts import AddressOnRecord, TextFinding, judge_address, judge_name
from licences.domain.entitlements import may_run
from licences.domain.errors import Refusal
from licences.domain.near_misses import near_miss
from licences.domain.versions import Version

Parameters = dict[str, str | int | list[str]]


class Item(StrEnum):
    """The seven things that a caller is asked, in this order."""

    SERIAL = "serial"
    SITE_ID = "site_id"
    RELEASE_CODE = "release_code"
    SERVER_VERSION = "server_version"
    CLIENT_VERSION = "client_version"
    CUSTOMER_NAME = "customer_name"
    ADDRESS_LINE1 = "address_line1"


class Verdict(StrEnum):
    """What came of an item. ``UNPROVABLE``: there is nothing on record that could prove it."""

    MATCH = "match"
    CLOSE = "close"
    MISMATCH = "mismatch"
    UNPROVABLE = "unprovable"
    MISSING = "missing"


# What a supervisor can accept with a reason (docs/decisions.md#registrations-are-a-history and
# docs/decisions.md#dead-pc-and-emergency-codes). A wrong serial number, site ID or release code is never accepted.
_DECIDABLE = {
    Item.RELEASE_CODE: {Verdict.UNPROVABLE},
    Item.CUSTOMER_NAME: {Verdict.MISMATCH, Verdict.UNPROVABLE},
    Item.ADDRESS_LINE1: {Verdict.MISMATCH, Verdict.UNPROVABLE},
}
LESS_THAN_ON_RECORD = "shorter-not-proved"  # docs/decisions.md#less-than-on-record


@dataclass(frozen=True, slots=True)
class Answers:
    """What the caller said, as it was typed. ``release_code_unavailable``: the caller can get no release code."""

    serial: str = ""
    site_id: str = ""
    release_code: str = ""
    server_version: str = ""
    client_version: str = ""
    customer_name: str = ""
    address_line1: str = ""
    release_code_unavailable: bool = False


@dataclass(frozen=True, slots=True)
class ItemFinding:
    """The verdict on one item, with the answer and the record that were compared.

    ``reason`` is a code, and ``parameters`` fill the sentence that ``licences.wording`` has for it.
    """

    item: Item
    said: str  # the answer as it was typed
    on_record: str
    verdict: Verdict
    reason: str
    parameters: Parameters = field(default_factory=dict)

    @property
    def decidable(self) -> bool:
        """Whether a supervisor can accept it all the same."""
        return self.verdict in _DECIDABLE.get(self.item, ()) or self.reason == LESS_THAN_ON_RECORD

    @property
    def settled_by_asking(self) -> bool:
        """Whether it passes once the clerk has asked the caller again."""
        return self.verdict is Verdict.CLOSE and self.reason != LESS_THAN_ON_RECORD


# --- The checklist ---------------------------------------------------------------------------------


def check_answers(answers: Answers, record: ChecklistRecord, *, on: date) -> list[ItemFinding]:
    """Judge every item against the record as of a day, and return the seven findings in the order of ``Item``.

    Nothing is refused, and nothing stops at the first failure: the caller is on the telephone
    (docs/domain.md#re-licensing). What is not answered is ``Verdict.MISSING``.
    """
    findings = []
    for item, judge in _JUDGES.items():
        answer = str(getattr(answers, item.value)).strip()
        if not answer and not (item is Item.RELEASE_CODE and answers.release_code_unavailable):
            findings.append(ItemFinding(item, "", "", Verdict.MISSING, "not-said"))
        else:
            findings.append(judge(answer, record, on))
    proved = any(each.item is Item.RELEASE_CODE and each.verdict is Verdict.MATCH for each in findings)
    return findings if proved else [_in_full(finding) for finding in findings]


def _in_full(finding: ItemFinding) -> ItemFinding:
    """The finding; a close one in which less was said than is on record, with a reason that says so.

    Without a verified release code, a name or address has to be said in full (docs/decisions.md#less-than-on-record).
    """
    differences = finding.parameters.get("differences")
    if finding.verdict is not Verdict.CLOSE or not isinstance(differences, list) or "shorter" not in differences:
        return finding
    item, said, recorded = finding.item, finding.said, finding.on_record
    return ItemFinding(item, said, recorded, Verdict.CLOSE, "shorter-not-proved", finding.parameters)


def passes(finding: ItemFinding, *, asked_again: Collection[str] = (), accepted: Collection[str] = ()) -> bool:
    """Tell whether an item is in order.

    A close one is, once the clerk has asked again; another one if it matches, or if it may be accepted and was.
    ``asked_again`` and ``accepted`` are names of items.
    """
    if finding.verdict is Verdict.MATCH or (finding.decidable and finding.item.value in accepted):
        return True
    return finding.settled_by_asking and finding.item.value in asked_again


def checklist_digest(answers: Answers, findings: Sequence[ItemFinding], record: ChecklistRecord) -> str:
    """Return the SHA-256, in hexadecimal, of the answers and the record that a decision was taken on.

    Any other answer or record has another digest, and decisions hold for one digest only
    (docs/decisions.md#approvals-are-bound-to-answers). Digests are stored: if the code computes another one from the
    same state, every open request has to be checked again.
    """
    state = {
        "answers": asdict(answers),
        "findings": [[finding.item, finding.verdict, finding.reason] for finding in findings],
        # All of it: facts may change while the verdict stays. The class goes by its earlier name, "Record", so that
        # checks and approvals from before it was renamed still hold.
        "record": repr(record).removeprefix("Checklist"),
    }
    return hashlib.sha256(canonical_json(state).encode()).hexdigest()


# --- One judge per item ----------------------------------------------------------------------------


def _malformed(item: Item, answer: str, refusal: Refusal) -> ItemFinding:
    """The finding about an answer that has not the form of its item, with the parameters as JSON values."""
    parameters: Parameters = {}
    for name, value in refusal.parameters.items():
        parameters[name] = [str(each) for each in value] if isinstance(value, tuple) else _as_parameter(value)
    return ItemFinding(item, answer, "", Verdict.MISMATCH, refusal.code, parameters)


def _as_parameter(value: object) -> str | int:
    """A parameter as a JSON value."""
    return value if isinstance(value, int) else str(value)


def _judge_serial(answer: str, record: ChecklistRecord, on: date) -> ItemFinding:
    """Is the serial known, or similar to a known one?"""

    def finding(verdict: Verdict, reason: str, **parameters: str | list[str]) -> ItemFinding:
        on_record = codes.grouped(record.serial.serial) if record.serial else ""
        return ItemFinding(Item.SERIAL, answer, on_record, verdict, reason, dict(parameters))

    try:
        codes.canonical_serial(answer)
    except Refusal as refusal:
        if not record.similar_serials:
            return _malformed(Item.SERIAL, answer, refusal)
    serial = record.serial
    if serial is None and record.similar_serials:
        similar = [codes.grouped(code) for code in record.similar_serials]
        return finding(Verdict.MISMATCH, "serial-similar", similar=similar)
    if serial is None:
        return finding(Verdict.MISMATCH, "serial-unknown")
    return _judge_known_serial(serial, on, finding)


def _judge_known_serial(serial: SerialRecord, on: date, finding: Callable[..., ItemFinding]) -> ItemFinding:
    """May a known serial be re-licensed? The first reason against it counts."""
    if serial.blocked_reason is not None:
        return finding(Verdict.MISMATCH, "serial-blocked", why=serial.blocked_reason)
    if not serial.installations:
        return finding(Verdict.MISMATCH, "serial-never-registered")
    if not serial.licensed:
        return finding(Verdict.MISMATCH, "nothing-licensed")
    if serial.emergency is not None:
        return _judge_emergency(serial.emergency, on, finding)
    current = serial.current()
    if current is not None and current.replaced:
        return finding(Verdict.MATCH, "serial-after-emergency")
    released = current is not None and current.awaits_relicensing
    return finding(Verdict.MATCH, "serial-released" if released else "serial-live")


def _judge_emergency(emergency: EmergencyRecord, on: date, finding: Callable[..., ItemFinding]) -> ItemFinding:
    """While its code is valid, the old PC's release code settles an emergency here; later, only on its own page."""
    until = emergency.until.isoformat()
    if emergency.until < on:
        return finding(Verdict.MISMATCH, "emergency-expired", until=until)
    if not emergency.running.live:
        return finding(Verdict.MISMATCH, "emergency-open", until=until)
    return finding(Verdict.MATCH, "serial-emergency", until=until)


def _judge_site_id(answer: str, record: ChecklistRecord, on: date) -> ItemFinding:
    """Is the new PC free to run the serial?"""
    current = record.serial.current() if record.serial else None
    on_record = codes.grouped(current.site_id) if current else ""

    def finding(verdict: Verdict, reason: str, **parameters: str | int) -> ItemFinding:
        return ItemFinding(Item.SITE_ID, answer, on_record, verdict, reason, dict(parameters))

    try:
        site_id = codes.canonical_site_id(answer)
    except Refusal as refusal:
        return _malformed(Item.SITE_ID, answer, refusal)
    if record.site_id_in_use_by is not None:
        return finding(Verdict.MISMATCH, "site-id-in-use", serial=codes.grouped(record.site_id_in_use_by))
    if record.serial and record.serial.emergency and (current is None or site_id != current.site_id):
        return finding(Verdict.MISMATCH, "site-id-not-emergency")
    if current is None:
        return finding(Verdict.MATCH, "site-id-new")
    if site_id == current.site_id:
        return finding(Verdict.MATCH, "site-id-same")
    if record.serial and any(site_id == each.site_id for each in record.serial.installations):
        return finding(Verdict.MATCH, "site-id-former")
    slip = near_miss(site_id, current.site_id)
    if slip is not None:
        return finding(Verdict.CLOSE, "site-id-similar", group=slip.group)
    return finding(Verdict.MATCH, "site-id-new")


def _judge_release_code(answer: str, record: ChecklistRecord, on: date) -> ItemFinding:
    """Does the code prove the release? In an emergency, nothing but a right code passes."""
    judged = _compare_release_code(answer, record)
    emergency = record.serial.emergency if record.serial else None
    if emergency is None or judged.verdict is not Verdict.UNPROVABLE:
        return judged
    # A serial gets one code without proof of release, not two: the open emergency has to be settled on its own page.
    until: Parameters = {"until": emergency.until.isoformat()}
    return ItemFinding(Item.RELEASE_CODE, answer, judged.on_record, Verdict.MISMATCH, "emergency-open", until)


def _compare_release_code(answer: str, record: ChecklistRecord) -> ItemFinding:
    """Compare a release code with those of the serial, whatever its state."""
    current = record.serial.installation_to_release() if record.serial else None
    on_record = codes.grouped(current.site_id) if current else ""

    def finding(verdict: Verdict, reason: str, **parameters: str | int) -> ItemFinding:
        return ItemFinding(Item.RELEASE_CODE, answer, on_record, verdict, reason, dict(parameters))

    if not answer:  # what was not answered shows nothing that is on record
        return ItemFinding(Item.RELEASE_CODE, "", "", Verdict.UNPROVABLE, "release-code-unavailable")
    try:
        code = codes.canonical(answer)
    except Refusal as refusal:
        return _malformed(Item.RELEASE_CODE, answer, refusal)
    for installation in record.serial.installations if record.serial else ():
        for sequence, release_code in installation.release_codes:
            if code == release_code:
                emergency = record.serial.emergency if record.serial else None
                return _judge_known_release_code(installation, sequence, current, emergency, finding)
    return _judge_unknown_release_code(code, record, current, finding)


def _judge_known_release_code(
    installation: InstallationRecord,
    sequence: int,
    current: InstallationRecord | None,
    emergency: EmergencyRecord | None,
    finding: Callable[..., ItemFinding],
) -> ItemFinding:
    """A release code of this serial: of the ``installation`` that should be released, or of another one?"""
    about = {"site_id": codes.grouped(installation.site_id), "sequence": sequence}
    if emergency is not None and installation is current:
        return finding(Verdict.MATCH, "release-code-settles", **about)
    if emergency is not None and installation is emergency.running:
        return finding(Verdict.MISMATCH, "release-code-of-emergency", **about)
    if installation is current:
        reason = "release-code-reported" if installation.awaits_relicensing else "release-code-valid"
        return finding(Verdict.MATCH, reason, **about)
    reason = "release-code-used" if installation.consumed else "release-code-earlier"
    return finding(Verdict.MISMATCH, reason, **about)


def _judge_unknown_release_code(
    code: str, record: ChecklistRecord, current: InstallationRecord | None, finding: Callable[..., ItemFinding]
) -> ItemFinding:
    """A code that no installation of this serial ever showed: say why, as far as the record tells."""
    if record.release_code_of is not None:
        return finding(Verdict.MISMATCH, "release-code-other-serial", serial=codes.grouped(record.release_code_of))
    slip = _slip_of_release_code(code, current)
    if slip is not None:
        return finding(Verdict.MISMATCH, "release-code-similar", group=slip)
    if len(code) != codes.RELEASE_CODE_LENGTH:
        return finding(Verdict.MISMATCH, "code-length", length=len(code), expected=codes.RELEASE_CODE_LENGTH)
    if current is not None and (current.taken_over or not current.release_codes):
        return finding(Verdict.UNPROVABLE, "release-code-taken-over")
    return finding(Verdict.MISMATCH, "release-code-unknown")


def _slip_of_release_code(code: str, current: InstallationRecord | None) -> int | None:
    """The group to ask for again (from 1), if the code is one slip away from one that would be valid."""
    for _, release_code in current.release_codes if current else ():
        slip = near_miss(code, release_code)
        if slip is not None:
            return slip.group
    return None


def _judge_version(item: Item, answer: str, record: ChecklistRecord, on: date) -> ItemFinding:
    """May the serial run this version?"""
    current = record.serial.current() if record.serial else None
    on_record = str(getattr(current, item.value)) if current else ""
    try:
        version = Version.parse(answer)
    except Refusal as refusal:
        return _malformed(item, answer, refusal)
    if record.serial is None:
        return ItemFinding(item, answer, "", Verdict.UNPROVABLE, "needs-serial")
    ruling = may_run(version, record.serial.coverage, on=on)
    verdict = Verdict.MATCH if ruling.allowed else Verdict.MISMATCH
    return ItemFinding(item, answer, on_record, verdict, ruling.reason, dict(ruling.parameters))


def _judge_name(answer: str, record: ChecklistRecord, on: date) -> ItemFinding:
    """Is it the customer's name?"""
    serial = record.serial
    if serial is None:
        return ItemFinding(Item.CUSTOMER_NAME, answer, "", Verdict.UNPROVABLE, "needs-serial")
    found = judge_name(answer, registered=serial.registered_name, corrected=serial.customer_name)
    return _of_text(Item.CUSTOMER_NAME, answer, serial.registered_name, found)


def _judge_address(answer: str, record: ChecklistRecord, on: date) -> ItemFinding:
    """Is it the customer's first address line?"""
    serial = record.serial
    if serial is None:
        return ItemFinding(Item.ADDRESS_LINE1, answer, "", Verdict.UNPROVABLE, "needs-serial")
    registered = AddressOnRecord(serial.registered_address_line1, serial.registered_address_line2)
    corrected = AddressOnRecord(serial.customer_address_line1, serial.customer_address_line2)
    found = judge_address(answer, registered=registered, corrected=corrected)
    return _of_text(Item.ADDRESS_LINE1, answer, registered.line1, found)


def _of_text(item: Item, answer: str, registered: str, found: TextFinding) -> ItemFinding:
    """The finding about a name or an address, as an item of the checklist."""
    return ItemFinding(item, answer, registered, Verdict(found.verdict), found.reason, dict(found.parameters))


_JUDGES: dict[Item, Callable[[str, ChecklistRecord, date], ItemFinding]] = {
    Item.SERIAL: _judge_serial,
    Item.SITE_ID: _judge_site_id,
    Item.RELEASE_CODE: _judge_release_code,
    Item.SERVER_VERSION: lambda answer, record, on: _judge_version(Item.SERVER_VERSION, answer, record, on),
    Item.CLIENT_VERSION: lambda answer, record, on: _judge_version(Item.CLIENT_VERSION, answer, record, on),
    Item.CUSTOMER_NAME: _judge_name,
    Item.ADDRESS_LINE1: _judge_address,
}
