"""Every verdict and reason of every item (docs/domain.md#re-licensing and docs/domain.md#states-of-a-serial;
docs/decisions.md#registrations-are-a-history, docs/decisions.md#lawful-versions,
docs/decisions.md#dead-pc-and-emergency-codes and docs/decisions.md#taken-over-installations)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from licences.domain.checklist import Item, Verdict
from licences.domain.checklist_record import ChecklistRecord
from licences.domain.entitlements import Coverage
from licences.domain.versions import Version
from licences.wording.sentences import sentence
from tests.domain.relicensing_call import (
    CONSUMED,
    FIRST_CODE,
    FORMER,
    FORMER_CODE,
    LIVE,
    NEW,
    NOTHING_FOUND,
    OLD,
    OTHER_SERIAL,
    RECORD,
    RELEASED,
    SECOND_CODE,
    TAKEN_OVER,
    UNKNOWN_CODE,
    findings,
    record_with,
)
from tests.tables import each_row

MATCH, CLOSE, MISMATCH = Verdict.MATCH, Verdict.CLOSE, Verdict.MISMATCH
UNPROVABLE, MISSING = Verdict.UNPROVABLE, Verdict.MISSING
SERIAL_SHOWN, OLD_SHOWN, FORMER_SHOWN = "AB1C-O9XZ", "4K7M-PO2W-QZ8R", "9D3F-TT1H-XU6C"


def judged(item: Item, answer: str, record: ChecklistRecord, **others: object):
    """Return the finding about one item, if there is a sentence for it."""
    finding = findings(record, **{item.value: answer}, **others)[item]
    assert "%(" not in sentence(finding.reason, finding.parameters)
    return finding


def table(*rows: tuple) -> Callable:
    """Call a test with rows of: name of the case, answer, record, verdict, reason, parameters."""
    names = ("answer", "record", "verdict", "reason", "parameters")
    return each_row(names, [pytest.param(*row[1:], id=row[0]) for row in rows])


# --- Serial number -----------------------------------------------------------------------------------

BLOCKED = record_with(blocked_reason="Not paid")
SIMILAR = ChecklistRecord(serial=None, similar_serials=("AB1CO9XY", "AB1CO9KZ"))


@table(
    ("live", "AB1C-O9XZ", RECORD, MATCH, "serial-live", {}),
    ("typed with a zero and in lower case", "ab1c 09xz", RECORD, MATCH, "serial-live", {}),
    ("taken over", SERIAL_SHOWN, record_with(TAKEN_OVER), MATCH, "serial-live", {}),
    ("release reported", SERIAL_SHOWN, record_with(RELEASED, CONSUMED), MATCH, "serial-released", {}),
    ("ended otherwise", SERIAL_SHOWN, record_with(CONSUMED), MATCH, "serial-live", {}),
    ("unknown", "ZZZZ-ZZZZ", NOTHING_FOUND, MISMATCH, "serial-unknown", {}),
    ("similar", "AB1C-O9XX", SIMILAR, MISMATCH, "serial-similar", {"similar": ["AB1C-O9XY", "AB1C-O9KZ"]}),
    ("similar but short", "AB1C-O9X", SIMILAR, MISMATCH, "serial-similar", {"similar": ["AB1C-O9XY", "AB1C-O9KZ"]}),
    ("too short", "AB1C", NOTHING_FOUND, MISMATCH, "code-length", {"length": 4, "expected": ["8"]}),
    ("ten symbols", "7TYU3-MKLAA", NOTHING_FOUND, MISMATCH, "serial-of-ten-symbols", {}),
    ("only separators", "---", NOTHING_FOUND, MISMATCH, "code-length", {"length": 0, "expected": ["8"]}),
    ("malformed", "AB1C-Ö9XZ", NOTHING_FOUND, MISMATCH, "code-symbol",
     {"symbol": "Ö", "name": "LATIN CAPITAL LETTER O WITH DIAERESIS", "position": 6}),
    ("blocked", SERIAL_SHOWN, BLOCKED, MISMATCH, "serial-blocked", {"why": "Not paid"}),
    ("blocked without a reason on record", SERIAL_SHOWN, record_with(blocked_reason=""), MISMATCH, "serial-blocked",
     {"why": ""}),
    ("never registered", SERIAL_SHOWN, record_with(installations=()), MISMATCH, "serial-never-registered", {}),
    ("all returned", SERIAL_SHOWN, record_with(licensed=False), MISMATCH, "nothing-licensed", {}),
)  # fmt: skip
def test_serial(answer, record, verdict, reason, parameters):
    finding = judged(Item.SERIAL, answer, record)
    assert (finding.verdict, finding.reason, finding.parameters) == (verdict, reason, parameters)
    assert finding.on_record == (SERIAL_SHOWN if record.serial else "")


def test_blocked_goes_before_everything_else_about_a_serial():
    record = record_with(blocked_reason="Stolen", installations=(), licensed=False)
    assert judged(Item.SERIAL, SERIAL_SHOWN, record).reason == "serial-blocked"


# --- Site ID -----------------------------------------------------------------------------------------

IN_USE = replace(RECORD, site_id_in_use_by=OTHER_SERIAL)


@table(
    ("the same PC renewed", OLD, RECORD, MATCH, "site-id-same", {}),
    ("the same PC in groups", "4k7m-p02w-qz8r", RECORD, MATCH, "site-id-same", {}),
    ("the PC that reported its release", OLD, record_with(RELEASED), MATCH, "site-id-same", {}),
    ("a former PC", FORMER, RECORD, MATCH, "site-id-former", {}),
    ("a new PC", NEW, RECORD, MATCH, "site-id-new", {}),
    ("a new PC, serial not found", NEW, NOTHING_FOUND, MATCH, "site-id-new", {}),
    ("near the old one, first group", "4K7NPO2WQZ8R", RECORD, CLOSE, "site-id-similar", {"group": 1}),
    ("near the old one, last group", "4K7MPO2WQZR8", RECORD, CLOSE, "site-id-similar", {"group": 3}),
    ("near a former one is a new PC", FORMER[:-1] + "D", RECORD, MATCH, "site-id-new", {}),
    ("in use by another serial", NEW, IN_USE, MISMATCH, "site-id-in-use", {"serial": "KK7T-P3WM"}),
    ("a former PC, in use again", FORMER, IN_USE, MISMATCH, "site-id-in-use", {"serial": "KK7T-P3WM"}),
)
def test_site_id(answer, record, verdict, reason, parameters):
    finding = judged(Item.SITE_ID, answer, record)
    assert (finding.verdict, finding.reason, finding.parameters) == (verdict, reason, parameters)
    assert finding.on_record == (OLD_SHOWN if record.serial else "")


@table(
    ("one symbol short", OLD[1:], RECORD, MISMATCH, "code-length", {"length": 11, "expected": ["12"]}),
    ("malformed", "4K7M-PO2W-QZ8?", RECORD, MISMATCH, "code-symbol",
     {"symbol": "?", "name": "QUESTION MARK", "position": 14}),
)  # fmt: skip
def test_malformed_site_id(answer, record, verdict, reason, parameters):
    finding = judged(Item.SITE_ID, answer, record)
    assert (finding.verdict, finding.reason, finding.parameters) == (verdict, reason, parameters)
    assert finding.on_record == ""


# --- Release code ------------------------------------------------------------------------------------

OF_OTHER = replace(RECORD, release_code_of=OTHER_SERIAL)
EARLIER = replace(CONSUMED, consumed=False)
NOT_LIVE = replace(CONSUMED, consumed=False)
ABOUT_OLD = {"site_id": OLD_SHOWN, "sequence": 3}
ABOUT_FORMER = {"site_id": FORMER_SHOWN, "sequence": 1}


@table(
    ("of the newest unlock code", SECOND_CODE, RECORD, MATCH, "release-code-valid", ABOUT_OLD),
    ("of an older unlock code of that PC", FIRST_CODE, RECORD, MATCH, "release-code-valid",
     {"site_id": OLD_SHOWN, "sequence": 2}),
    ("in groups, zero for O", "ECQQE-GZ056", RECORD, MATCH, "release-code-valid",
     {"site_id": OLD_SHOWN, "sequence": 2}),
    ("reported over the web", SECOND_CODE, record_with(RELEASED, CONSUMED), MATCH, "release-code-reported", ABOUT_OLD),
    ("already used", FORMER_CODE, RECORD, MISMATCH, "release-code-used", ABOUT_FORMER),
    ("of an earlier PC", FORMER_CODE, record_with(LIVE, EARLIER), MISMATCH, "release-code-earlier", ABOUT_FORMER),
    ("of an earlier PC, nothing current", FORMER_CODE, record_with(NOT_LIVE), MISMATCH, "release-code-earlier",
     ABOUT_FORMER),
    ("of another serial", UNKNOWN_CODE, OF_OTHER, MISMATCH, "release-code-other-serial", {"serial": "KK7T-P3WM"}),
    ("of another serial, this one not found", UNKNOWN_CODE, ChecklistRecord(None, release_code_of=OTHER_SERIAL),
     MISMATCH, "release-code-other-serial", {"serial": "KK7T-P3WM"}),
    ("one symbol off in group 1", "8TYU3MKLAA", RECORD, MISMATCH, "release-code-similar", {"group": 1}),
    ("one symbol off in group 2", "7TYU3MKLAB", RECORD, MISMATCH, "release-code-similar", {"group": 2}),
    ("one symbol off the older code", "ECQQFGZO56", RECORD, MISMATCH, "release-code-similar", {"group": 1}),
    ("one symbol missing", "7TYU3MKLA", RECORD, MISMATCH, "release-code-similar", {"group": 2}),
    ("one symbol too many", "7TTYU3MKLAA", RECORD, MISMATCH, "release-code-similar", {"group": 1}),
    ("one symbol off a used code", FORMER_CODE[:-1] + "9", RECORD, MISMATCH, "release-code-unknown", {}),
    ("unknown", UNKNOWN_CODE, RECORD, MISMATCH, "release-code-unknown", {}),
    ("unknown, serial not found", UNKNOWN_CODE, NOTHING_FOUND, MISMATCH, "release-code-unknown", {}),
    ("unknown, nothing current", UNKNOWN_CODE, record_with(CONSUMED), MISMATCH, "release-code-unknown", {}),
    ("too short", "7TYU3", RECORD, MISMATCH, "code-length", {"length": 5, "expected": 10}),
    ("only separators", "--", RECORD, MISMATCH, "code-length", {"length": 0, "expected": 10}),
    ("taken over", UNKNOWN_CODE, record_with(TAKEN_OVER), UNPROVABLE, "release-code-taken-over", {}),
    ("taken over, one of our codes matches", SECOND_CODE,
     record_with(replace(TAKEN_OVER, release_codes=LIVE.release_codes)), MATCH, "release-code-valid", ABOUT_OLD),
    ("taken over, none of our codes matches", UNKNOWN_CODE,
     record_with(replace(TAKEN_OVER, release_codes=LIVE.release_codes)), UNPROVABLE, "release-code-taken-over", {}),
    ("taken over, a code of ours from an earlier PC", FORMER_CODE, record_with(TAKEN_OVER, CONSUMED), MISMATCH,
     "release-code-used", ABOUT_FORMER),
)  # fmt: skip
def test_release_code(answer, record, verdict, reason, parameters):
    finding = judged(Item.RELEASE_CODE, answer, record)
    assert (finding.verdict, finding.reason, finding.parameters) == (verdict, reason, parameters)


def test_malformed_release_code():
    finding = judged(Item.RELEASE_CODE, "7TYU3-MKLÄA", RECORD)
    assert (finding.verdict, finding.reason) == (MISMATCH, "code-symbol")
    assert finding.parameters["position"] == 10


def test_the_newest_live_installation_is_the_one_that_a_release_code_must_be_of():
    again = replace(LIVE, site_id=NEW, release_codes=((4, UNKNOWN_CODE),))
    ended = replace(LIVE, live=False)
    assert judged(Item.RELEASE_CODE, UNKNOWN_CODE, record_with(again, ended)).reason == "release-code-valid"
    assert judged(Item.RELEASE_CODE, SECOND_CODE, record_with(again, ended)).reason == "release-code-earlier"


def test_the_site_id_that_the_code_should_be_of_stands_beside_it():
    assert judged(Item.RELEASE_CODE, UNKNOWN_CODE, RECORD).on_record == OLD_SHOWN


@each_row("record", [RECORD, NOTHING_FOUND, record_with(TAKEN_OVER), record_with(RELEASED)])
def test_a_release_code_that_cannot_be_had_is_unprovable(record):
    finding = judged(Item.RELEASE_CODE, "", record, release_code_unavailable=True)
    assert (finding.verdict, finding.reason) == (UNPROVABLE, "release-code-unavailable")


def test_an_empty_release_code_without_a_word_is_missing():
    finding = judged(Item.RELEASE_CODE, " ", RECORD)
    assert (finding.verdict, finding.reason) == (MISSING, "not-said")


def test_a_release_code_that_was_said_counts_though_ticked_as_unavailable():
    assert judged(Item.RELEASE_CODE, SECOND_CODE, RECORD, release_code_unavailable=True).verdict is MATCH
    assert judged(Item.RELEASE_CODE, UNKNOWN_CODE, RECORD, release_code_unavailable=True).verdict is MISMATCH


# --- Versions ----------------------------------------------------------------------------------------

COVERED = record_with(coverage=Coverage(date(2027, 6, 30), Version.parse("2.4.1")))
LAPSED = record_with(coverage=Coverage(date(2025, 6, 30), Version.parse("2.6")))


@pytest.mark.parametrize(("item", "on_record"), [(Item.SERVER_VERSION, "2.4.1"), (Item.CLIENT_VERSION, "2.4")], ids=str)
@table(
    ("free", "2.4.7", RECORD, MATCH, "version-free", {"version": "2.4.7"}),
    ("covered", "2.6", COVERED, MATCH, "version-assured", {"version": "2.6", "until": "2027-06-30"}),
    ("kept", "2.6", LAPSED, MATCH, "version-kept", {"version": "2.6", "highest": "2.6"}),
    ("a maintenance release", "2.6.1 (Build 16321-4323)", LAPSED, MATCH, "version-kept",
     {"version": "2.6.1 (Build 16321-4323)", "highest": "2.6"}),
    ("a step up without cover", "2.5", RECORD, MISMATCH, "software-assurance-required",
     {"version": "2.5", "ceiling": "2.4", "since": ""}),
    ("a step up after cover ended", "2.7", LAPSED, MISMATCH, "software-assurance-required",
     {"version": "2.7", "ceiling": "2.6", "since": "2025-06-30"}),
)  # fmt: skip
def test_versions(item, on_record, answer, record, verdict, reason, parameters):
    finding = judged(item, answer, record)
    assert (finding.verdict, finding.reason, finding.parameters) == (verdict, reason, parameters)
    assert finding.on_record == on_record


@each_row("item", [Item.SERVER_VERSION, Item.CLIENT_VERSION])
def test_a_version_that_is_none_is_a_mismatch_even_without_a_serial(item):
    for record in (RECORD, NOTHING_FOUND):
        finding = judged(item, "the new one", record)
        assert (finding.verdict, finding.reason) == (MISMATCH, "not-a-version")


@each_row("item", [Item.SERVER_VERSION, Item.CLIENT_VERSION])
def test_a_version_of_a_serial_with_no_installation_has_nothing_beside_it(item):
    assert judged(item, "2.4", record_with(installations=())).on_record == ""


def test_cover_is_judged_on_the_day_of_the_check():
    last_day, after = date(2027, 6, 30), date(2027, 7, 1)
    assert findings(COVERED, on=last_day, server_version="2.6")[Item.SERVER_VERSION].verdict is MATCH
    assert findings(COVERED, on=after, server_version="2.6")[Item.SERVER_VERSION].verdict is MISMATCH


def also(*differences: str) -> dict[str, list[str]]:
    """What differs, where no word is missing or added."""
    return {"differences": list(differences), "missing": [], "added": [], "also": list(differences)}


# --- Name and address --------------------------------------------------------------------------------

MOVED = record_with(customer_name="Nordlicht Energie AG", customer_address_line1="Am Hafen 3")
NOTHING_REGISTERED = record_with(registered_name="", registered_address_line1="")
CARE_OF = record_with(
    registered_address_line1="c/o Hausverwaltung Meier", registered_address_line2="Hauptstraße 12a",
    customer_address_line1="c/o Hausverwaltung Meier", customer_address_line2="Hauptstraße 12a",
)  # fmt: skip
ERASED = record_with(registered_name="", registered_address_line1="", customer_name="", customer_address_line1="")


@table(
    ("word for word", "Huber Elektrotechnik GmbH", RECORD, MATCH, "same", {}),
    ("with more white space", " Huber  Elektrotechnik GmbH", RECORD, MATCH, "same", {}),
    ("in capital letters", "HUBER ELEKTROTECHNIK GMBH", RECORD, MATCH, "same-as-said",
     {"recorded": "Huber Elektrotechnik GmbH"}),
    ("with the legal form in full", "Huber Elektrotechnik Gesellschaft mit beschränkter Haftung", RECORD, MATCH,
     "same-as-said", {"recorded": "Huber Elektrotechnik GmbH"}),
    ("without the legal form", "Huber Elektrotechnik", RECORD, CLOSE, "close", also("legal-form")),
    ("with less", "Huber", RECORD, CLOSE, "shorter",
     {"differences": ["shorter", "legal-form"], "missing": ["Elektrotechnik"], "added": [], "also": ["legal-form"]}),
    ("with more", "Huber Elektrotechnik Nord GmbH", RECORD, CLOSE, "longer",
     {"differences": ["longer"], "missing": [], "added": ["Nord"], "also": []}),
    ("another name", "Gruber Dachbau KG", RECORD, MISMATCH, "different", {"differences": ["words"]}),
    ("as registered, renamed since", "Huber Elektrotechnik GmbH", MOVED, MATCH, "same", {}),
    ("nearly as registered, renamed since", "Huber Elektrotechnik", MOVED, CLOSE, "close", also("legal-form")),
    ("only as corrected", "Nordlicht Energie AG", MOVED, CLOSE, "only-corrected-record",
     {"corrected": "Nordlicht Energie AG", **also()}),
    ("nearly as corrected", "Nordlicht Energie", MOVED, CLOSE, "only-corrected-record",
     {"corrected": "Nordlicht Energie AG", **also("legal-form")}),
    ("nothing registered, but corrected", "Huber Elektrotechnik GmbH", NOTHING_REGISTERED, CLOSE,
     "only-corrected-record", {"corrected": "Huber Elektrotechnik GmbH", **also()}),
    ("nothing registered, another name", "Gruber Dachbau KG", NOTHING_REGISTERED, UNPROVABLE, "nothing-on-record", {}),
    ("erased", "Huber Elektrotechnik GmbH", ERASED, UNPROVABLE, "nothing-on-record", {}),
    ("serial not found", "Huber Elektrotechnik GmbH", NOTHING_FOUND, UNPROVABLE, "needs-serial", {}),
)  # fmt: skip
def test_customer_name(answer, record, verdict, reason, parameters):
    finding = judged(Item.CUSTOMER_NAME, answer, record)
    assert (finding.verdict, finding.reason, finding.parameters) == (verdict, reason, parameters)
    assert finding.on_record == (record.serial.registered_name if record.serial else "")


@table(
    ("word for word", "Hauptstraße 12a", RECORD, MATCH, "same", {}),
    ("abbreviated", "Hauptstr. 12a", RECORD, MATCH, "same-as-said", {"recorded": "Hauptstraße 12a"}),
    (
        "with a floor",
        "Hauptstraße 12a, 3. OG",
        RECORD,
        CLOSE,
        "longer",
        {"differences": ["longer"], "missing": [], "added": ["3. OG"], "also": []},
    ),
    (
        "without the house number",
        "Hauptstraße",
        RECORD,
        MISMATCH,
        "house-number-not-said",
        {"differences": ["house-number-not-said"]},
    ),
    ("as line 2 has it", "Hauptstraße 12a", CARE_OF, CLOSE, "line-2", {**also(), "differences": ["line-2"]}),
    (
        "another number than line 2 has",
        "Hauptstraße 13",
        CARE_OF,
        MISMATCH,
        "different",
        {"differences": ["house-number-not-on-record", "street"]},
    ),
    ("another house number", "Hauptstraße 12b", RECORD, MISMATCH, "different", {"differences": ["house-number"]}),
    ("another street", "Bahnhofstraße 12a", RECORD, MISMATCH, "different", {"differences": ["street"]}),
    ("as registered, moved since", "Hauptstraße 12a", MOVED, MATCH, "same", {}),
    ("only as corrected", "Am Hafen 3", MOVED, CLOSE, "only-corrected-record", {"corrected": "Am Hafen 3", **also()}),
    ("nothing registered, another street", "Am Hafen 3", NOTHING_REGISTERED, UNPROVABLE, "nothing-on-record", {}),
    ("erased", "Hauptstraße 12a", ERASED, UNPROVABLE, "nothing-on-record", {}),
    ("serial not found", "Hauptstraße 12a", NOTHING_FOUND, UNPROVABLE, "needs-serial", {}),
)
def test_address_line(answer, record, verdict, reason, parameters):
    finding = judged(Item.ADDRESS_LINE1, answer, record)
    assert (finding.verdict, finding.reason, finding.parameters) == (verdict, reason, parameters)
    assert finding.on_record == (record.serial.registered_address_line1 if record.serial else "")
