"""The re-licensing checklist: what the caller says against what is on record (domain.md rule 8).

``check`` judges all seven items at once. It returns codes and values; the sentences are in ``licences.wording``.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum

from licences.domain import codes, matching
from licences.domain.chain import canonical_json
from licences.domain.entitlements import NEVER_ASSURED, Coverage, may_run
from licences.domain.errors import Refusal
from licences.domain.near_misses import near_miss
from licences.domain.versions import Version

Parameters = dict[str, str | int | list[str]]


class Item(StrEnum):
    """The seven things a caller says, in the order they are asked."""

    SERIAL = "serial"
    SITE_ID = "site_id"
    RELEASE_CODE = "release_code"
    SERVER_VERSION = "server_version"
    CLIENT_VERSION = "client_version"
    CUSTOMER_NAME = "customer_name"
    ADDRESS_LINE1 = "address_line1"


class Verdict(StrEnum):
    MATCH = "match"
    CLOSE = "close"
    MISMATCH = "mismatch"
    UNPROVABLE = "unprovable"
    MISSING = "missing"


# What someone who may decide can accept with a reason (decisions.md 5 and 12). A wrong serial number, site ID
# or release code is never decided away.
_DECIDABLE = {
    Item.RELEASE_CODE: {Verdict.UNPROVABLE},
    Item.CUSTOMER_NAME: {Verdict.MISMATCH, Verdict.UNPROVABLE},
    Item.ADDRESS_LINE1: {Verdict.MISMATCH, Verdict.UNPROVABLE},
}


# --- What is compared ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answers:
    """What the caller said, as it was typed. ``release_code_unavailable``: the caller cannot have one."""

    serial: str = ""
    site_id: str = ""
    release_code: str = ""
    server_version: str = ""
    client_version: str = ""
    customer_name: str = ""
    address_line1: str = ""
    release_code_unavailable: bool = False


@dataclass(frozen=True, slots=True)
class InstallationRecord:
    """One installation of the serial. ``release_codes``: of every unlock code made for it, by sequence."""

    site_id: str
    live: bool
    awaits_relicensing: bool = False  # reported its release over the web, and nobody has used that yet
    replaced: bool = False  # an emergency took its place, and nothing has proved its release yet
    consumed: bool = False  # its release code has proved a re-licensing
    taken_over: bool = False  # it ran, and may still run, with a code that was not made here (decisions.md 13)
    release_codes: tuple[tuple[int, str], ...] = ()
    server_version: str = ""
    client_version: str = ""


@dataclass(frozen=True, slots=True)
class EmergencyRecord:
    """An emergency that is not settled; its code is good to the end of ``until``."""

    running: InstallationRecord
    earlier: InstallationRecord  # whose release code, or a decision, settles it
    until: date


@dataclass(frozen=True, slots=True)
class SerialRecord:
    """All that the portal holds about one serial; ``installations`` newest first."""

    serial: str
    customer_name: str
    customer_address_line1: str
    registered_name: str = ""
    registered_address_line1: str = ""
    blocked_reason: str | None = None
    licensed: bool = True
    coverage: Coverage = NEVER_ASSURED
    installations: tuple[InstallationRecord, ...] = ()
    emergency: EmergencyRecord | None = None
    supervisors: int = 1  # so many have to agree to a decision

    def current(self) -> InstallationRecord | None:
        """The installation that runs: the live one, or else the last whose release was not used yet."""
        candidates = (each for each in self.installations if each.live or each.awaits_relicensing or each.replaced)
        return next(candidates, None)

    def to_be_proved(self) -> InstallationRecord | None:
        """The installation whose release code is asked for; in an emergency, the one it took the place of."""
        return self.emergency.earlier if self.emergency else self.current()


@dataclass(frozen=True, slots=True)
class Record:
    """What is on record about these answers. ``serial`` is None where the serial said is not known."""

    serial: SerialRecord | None
    similar_serials: tuple[str, ...] = ()
    site_id_in_use_by: str | None = None  # another serial that is live on the site ID said
    release_code_of: str | None = None  # another serial that the release code said belongs to


@dataclass(frozen=True, slots=True)
class Finding:
    item: Item
    said: str
    on_record: str
    verdict: Verdict
    reason: str
    parameters: Parameters = field(default_factory=dict)

    @property
    def decidable(self) -> bool:
        return self.verdict in _DECIDABLE.get(self.item, ())


# --- The checklist ---------------------------------------------------------------------------------


def check(answers: Answers, record: Record, *, on: date) -> list[Finding]:
    """Judge every item, in the order they are asked; nothing stops at the first failure."""
    findings = []
    for item, judge in _JUDGES.items():
        said = str(getattr(answers, item.value)).strip()
        if not said and not (item is Item.RELEASE_CODE and answers.release_code_unavailable):
            findings.append(Finding(item, "", "", Verdict.MISSING, "not-said"))
        else:
            findings.append(judge(said, record, on))
    return findings


def passes(finding: Finding, *, asked_again: Collection[str] = (), accepted: Collection[str] = ()) -> bool:
    """Whether an item no longer stands in the way; ``asked_again`` and ``accepted`` hold names of items."""
    if finding.verdict is Verdict.CLOSE:
        return finding.item.value in asked_again
    return finding.verdict is Verdict.MATCH or (finding.decidable and finding.item.value in accepted)


def digest(answers: Answers, findings: Sequence[Finding], record: Record) -> str:
    """Names the state that a decision was taken on: another answer or another record is another digest."""
    state = {
        "answers": asdict(answers),
        "findings": [[finding.item, finding.verdict, finding.reason] for finding in findings],
        "record": repr(record),  # all of it: what stands behind an unchanged verdict may change as well
    }
    return hashlib.sha256(canonical_json(state).encode()).hexdigest()


# --- One judge per item ----------------------------------------------------------------------------


def _malformed(item: Item, said: str, refusal: Refusal) -> Finding:
    parameters: Parameters = {}
    for name, value in refusal.parameters.items():
        parameters[name] = [str(each) for each in value] if isinstance(value, tuple) else _plain(value)
    return Finding(item, said, "", Verdict.MISMATCH, refusal.code, parameters)


def _plain(value: object) -> str | int:
    return value if isinstance(value, int) else str(value)


def _judge_serial(said: str, record: Record, on: date) -> Finding:
    def found(verdict: Verdict, reason: str, **parameters: str | list[str]) -> Finding:
        on_record = codes.grouped(record.serial.serial) if record.serial else ""
        return Finding(Item.SERIAL, said, on_record, verdict, reason, dict(parameters))

    try:
        codes.canonical_serial(said)
    except Refusal as refusal:
        if not record.similar_serials:
            return _malformed(Item.SERIAL, said, refusal)
    serial = record.serial
    if serial is None and record.similar_serials:
        similar = [codes.grouped(code) for code in record.similar_serials]
        return found(Verdict.MISMATCH, "serial-similar", similar=similar)
    if serial is None:
        return found(Verdict.MISMATCH, "serial-unknown")
    return _judge_known_serial(serial, on, found)


def _judge_known_serial(serial: SerialRecord, on: date, found: Callable[..., Finding]) -> Finding:
    if serial.blocked_reason is not None:
        return found(Verdict.MISMATCH, "serial-blocked", why=serial.blocked_reason)
    if not serial.installations:
        return found(Verdict.MISMATCH, "serial-never-registered")
    if not serial.licensed:
        return found(Verdict.MISMATCH, "nothing-licensed")
    if serial.emergency is not None:
        return _judge_emergency(serial.emergency, on, found)
    current = serial.current()
    if current is not None and current.replaced:
        return found(Verdict.MATCH, "serial-after-emergency")
    released = current is not None and current.awaits_relicensing
    return found(Verdict.MATCH, "serial-released" if released else "serial-live")


def _judge_emergency(emergency: EmergencyRecord, on: date, found: Callable[..., Finding]) -> Finding:
    """While its code is good the late release code settles an emergency here; afterwards, only its follow-up does."""
    until = emergency.until.isoformat()
    if emergency.until < on:
        return found(Verdict.MISMATCH, "emergency-expired", until=until)
    if not emergency.running.live:
        return found(Verdict.MISMATCH, "emergency-open", until=until)
    return found(Verdict.MATCH, "serial-emergency", until=until)


def _judge_site_id(said: str, record: Record, on: date) -> Finding:
    current = record.serial.current() if record.serial else None
    on_record = codes.grouped(current.site_id) if current else ""

    def found(verdict: Verdict, reason: str, **parameters: str | int) -> Finding:
        return Finding(Item.SITE_ID, said, on_record, verdict, reason, dict(parameters))

    try:
        site_id = codes.canonical_site_id(said)
    except Refusal as refusal:
        return _malformed(Item.SITE_ID, said, refusal)
    if record.site_id_in_use_by is not None:
        return found(Verdict.MISMATCH, "site-id-in-use", serial=codes.grouped(record.site_id_in_use_by))
    if record.serial and record.serial.emergency and (current is None or site_id != current.site_id):
        return found(Verdict.MISMATCH, "site-id-not-emergency")
    if current is None:
        return found(Verdict.MATCH, "site-id-new")
    if site_id == current.site_id:
        return found(Verdict.MATCH, "site-id-same")
    if record.serial and any(site_id == each.site_id for each in record.serial.installations):
        return found(Verdict.MATCH, "site-id-former")
    slip = near_miss(site_id, current.site_id)
    if slip is not None:
        return found(Verdict.CLOSE, "site-id-similar", group=slip.group)
    return found(Verdict.MATCH, "site-id-new")


def _judge_release_code(said: str, record: Record, on: date) -> Finding:
    finding = _release_code_judged(said, record)
    emergency = record.serial.emergency if record.serial else None
    if emergency is None or finding.verdict is not Verdict.UNPROVABLE:
        return finding
    # What was let through once without proof is not let through again: the follow-up is where that is decided.
    until: Parameters = {"until": emergency.until.isoformat()}
    return Finding(Item.RELEASE_CODE, said, finding.on_record, Verdict.MISMATCH, "emergency-open", until)


def _release_code_judged(said: str, record: Record) -> Finding:
    current = record.serial.to_be_proved() if record.serial else None
    on_record = codes.grouped(current.site_id) if current else ""

    def found(verdict: Verdict, reason: str, **parameters: str | int) -> Finding:
        return Finding(Item.RELEASE_CODE, said, on_record, verdict, reason, dict(parameters))

    if not said:  # nothing on record is shown for what was not answered
        return Finding(Item.RELEASE_CODE, "", "", Verdict.UNPROVABLE, "release-code-unavailable")
    try:
        code = codes.canonical(said)
    except Refusal as refusal:
        return _malformed(Item.RELEASE_CODE, said, refusal)
    for installation in record.serial.installations if record.serial else ():
        for sequence, release_code in installation.release_codes:
            if code == release_code:
                emergency = record.serial.emergency if record.serial else None
                return _recognised(installation, sequence, current, emergency, found)
    return _unrecognised(code, record, current, found)


def _recognised(
    installation: InstallationRecord,
    sequence: int,
    current: InstallationRecord | None,
    emergency: EmergencyRecord | None,
    found: Callable[..., Finding],
) -> Finding:
    about = {"site_id": codes.grouped(installation.site_id), "sequence": sequence}
    if emergency is not None and installation is current:
        return found(Verdict.MATCH, "release-code-settles", **about)
    if emergency is not None and installation is emergency.running:
        return found(Verdict.MISMATCH, "release-code-of-emergency", **about)
    if installation is current:
        reason = "release-code-reported" if installation.awaits_relicensing else "release-code-valid"
        return found(Verdict.MATCH, reason, **about)
    reason = "release-code-used" if installation.consumed else "release-code-earlier"
    return found(Verdict.MISMATCH, reason, **about)


def _unrecognised(
    code: str, record: Record, current: InstallationRecord | None, found: Callable[..., Finding]
) -> Finding:
    """Why a code is none that an installation of this serial ever showed, as far as that can be told."""
    if record.release_code_of is not None:
        return found(Verdict.MISMATCH, "release-code-other-serial", serial=codes.grouped(record.release_code_of))
    slip = _slip_of_release_code(code, current)
    if slip is not None:
        return found(Verdict.MISMATCH, "release-code-similar", group=slip)
    if len(code) != codes.RELEASE_CODE_LENGTH:
        return found(Verdict.MISMATCH, "code-length", length=len(code), expected=codes.RELEASE_CODE_LENGTH)
    if current is not None and (current.taken_over or not current.release_codes):
        return found(Verdict.UNPROVABLE, "release-code-taken-over")
    return found(Verdict.MISMATCH, "release-code-unknown")


def _slip_of_release_code(code: str, current: InstallationRecord | None) -> int | None:
    """The group to ask for again, where the code is one symbol away from one that would be valid."""
    for _, release_code in current.release_codes if current else ():
        slip = near_miss(code, release_code)
        if slip is not None:
            return slip.group
    return None


def _judge_version(item: Item, said: str, record: Record, on: date) -> Finding:
    current = record.serial.current() if record.serial else None
    on_record = str(getattr(current, item.value)) if current else ""
    try:
        version = Version.parse(said)
    except Refusal as refusal:
        return _malformed(item, said, refusal)
    if record.serial is None:
        return Finding(item, said, "", Verdict.UNPROVABLE, "needs-serial")
    ruling = may_run(version, record.serial.coverage, on=on)
    verdict = Verdict.MATCH if ruling.allowed else Verdict.MISMATCH
    return Finding(item, said, on_record, verdict, ruling.reason, dict(ruling.parameters))


def _judge_text(
    item: Item, said: str, registered: str, corrected: str, compare: Callable[[str, str], matching.Comparison]
) -> Finding:
    """Compare with the registration as entered; the customer record as corrected since is at most close."""
    by_registration = compare(said, registered)
    if registered and by_registration.likeness is matching.Likeness.SAME:
        return Finding(item, said, registered, Verdict.MATCH, "same")
    if registered and by_registration.likeness is matching.Likeness.CLOSE:
        differences = list(by_registration.differences)
        return Finding(item, said, registered, Verdict.CLOSE, "close", {"differences": differences})
    if corrected and compare(said, corrected).likeness is not matching.Likeness.DIFFERENT:
        return Finding(item, said, registered, Verdict.CLOSE, "only-corrected-record", {"corrected": corrected})
    if not registered:
        return Finding(item, said, "", Verdict.UNPROVABLE, "nothing-on-record")
    differences = list(by_registration.differences)
    return Finding(item, said, registered, Verdict.MISMATCH, "different", {"differences": differences})


def _judge_name(said: str, record: Record, on: date) -> Finding:
    serial = record.serial
    if serial is None:
        return Finding(Item.CUSTOMER_NAME, said, "", Verdict.UNPROVABLE, "needs-serial")
    return _judge_text(Item.CUSTOMER_NAME, said, serial.registered_name, serial.customer_name, matching.compare_names)


def _judge_address(said: str, record: Record, on: date) -> Finding:
    serial = record.serial
    if serial is None:
        return Finding(Item.ADDRESS_LINE1, said, "", Verdict.UNPROVABLE, "needs-serial")
    return _judge_text(
        Item.ADDRESS_LINE1,
        said,
        serial.registered_address_line1,
        serial.customer_address_line1,
        matching.compare_address_lines,
    )


_JUDGES: dict[Item, Callable[[str, Record, date], Finding]] = {
    Item.SERIAL: _judge_serial,
    Item.SITE_ID: _judge_site_id,
    Item.RELEASE_CODE: _judge_release_code,
    Item.SERVER_VERSION: lambda said, record, on: _judge_version(Item.SERVER_VERSION, said, record, on),
    Item.CLIENT_VERSION: lambda said, record, on: _judge_version(Item.CLIENT_VERSION, said, record, on),
    Item.CUSTOMER_NAME: _judge_name,
    Item.ADDRESS_LINE1: _judge_address,
}
