"""A decision is bound to a digest of answers and record (docs/decisions.md#approvals-are-bound-to-answers)."""

from dataclasses import replace
from datetime import date

from licences.domain.checklist import Answers, check_answers, checklist_digest
from licences.domain.checklist_record import ChecklistRecord, EmergencyRecord
from licences.domain.entitlements import Coverage
from licences.domain.versions import Version
from tests.domain.relicensing_call import (
    ANSWERS,
    CONSUMED,
    HUBER,
    LIVE,
    NOTHING_FOUND,
    OTHER_SERIAL,
    RECORD,
    RELEASED,
    TODAY,
    UNKNOWN_CODE,
    record_with,
)
from tests.tables import each_row


def digest_of(answers: Answers = ANSWERS, record: ChecklistRecord = RECORD, *, on: date = TODAY) -> str:
    return checklist_digest(answers, check_answers(answers, record, on=on), record)


ANOTHER_ANSWER = {
    "serial": "AB1C-O9XZ",
    "site_id": "LLN5VYAA71GF",
    "release_code": "UUUUU-UUUUU",
    "server_version": "2.4.2",
    "client_version": "2.4.0",
    "customer_name": "Huber Elektrotechnik",
    "address_line1": "Hauptstr. 12a",
    "release_code_unavailable": True,
}
SERIAL_CHANGES = {
    "serial": OTHER_SERIAL,
    "customer_name": "Huber & Söhne GmbH",
    "customer_address_line1": "Am Hafen 3",
    "customer_address_line2": "Tor 2",
    "registered_name": "Huber Elektro GmbH",
    "registered_address_line1": "Hauptstraße 12b",
    "registered_address_line2": "Hinterhaus",
    "blocked_reason": "Not paid",
    "licensed": False,
    "coverage": Coverage(date(2027, 6, 30), Version.parse("2.4.1")),
    "installations": (LIVE,),
    "emergency": EmergencyRecord(LIVE, CONSUMED, date(2026, 12, 8)),
    "supervisors": 2,
}
INSTALLATION_CHANGES = {
    "site_id": "LLN5VYAA71GE",
    "live": False,
    "awaits_relicensing": True,
    "replaced": True,
    "consumed": True,
    "taken_over": True,
    "release_codes": (*LIVE.release_codes, (4, UNKNOWN_CODE)),
    "server_version": "2.4.2",
    "client_version": "2.4.2",
}
RECORD_CHANGES = {
    "serial": None,
    "similar_serials": ("AB1CO9XY",),
    "site_id_in_use_by": OTHER_SERIAL,
    "release_code_of": OTHER_SERIAL,
}


@each_row("name", Answers.__dataclass_fields__)
def test_any_other_answer_is_another_digest(name):
    assert digest_of(replace(ANSWERS, **{name: ANOTHER_ANSWER[name]})) != digest_of()


@each_row("name", HUBER.__dataclass_fields__)
def test_anything_else_on_record_about_the_serial_is_another_digest(name):
    assert digest_of(record=record_with(**{name: SERIAL_CHANGES[name]})) != digest_of()


@each_row("name", LIVE.__dataclass_fields__)
def test_anything_else_on_record_about_the_installation_is_another_digest(name):
    changed = replace(LIVE, **{name: INSTALLATION_CHANGES[name]})
    assert digest_of(record=record_with(changed, CONSUMED)) != digest_of()


@each_row("name", RECORD.__dataclass_fields__)
def test_anything_else_on_record_about_the_answers_is_another_digest(name):
    assert digest_of(record=replace(RECORD, **{name: RECORD_CHANGES[name]})) != digest_of()


def test_a_longer_cover_is_another_digest_though_no_verdict_changes():
    until_june = record_with(coverage=Coverage(date(2027, 6, 30), None))
    until_july = record_with(coverage=Coverage(date(2027, 7, 31), None))
    assert digest_of(record=until_june) != digest_of(record=until_july)


def test_a_day_on_which_a_verdict_changes_is_another_digest():
    answers = replace(ANSWERS, server_version="2.6")
    record = record_with(coverage=Coverage(TODAY, None))
    assert digest_of(answers, record, on=date(2026, 11, 25)) != digest_of(answers, record)


@each_row("record", [RECORD, NOTHING_FOUND, record_with(RELEASED, CONSUMED)])
def test_the_same_answers_and_record_are_the_same_digest(record):
    again = replace(record, serial=replace(record.serial) if record.serial else None)
    assert digest_of(record=record) == digest_of(replace(ANSWERS), again, on=date(2026, 12, 24))


def test_a_digest_is_a_sha_256_in_hex_and_shows_nothing():
    assert len(digest_of()) == 64
    assert set(digest_of()) <= set("0123456789abcdef")


def test_the_digest_stays_the_same_from_release_to_release():
    """Otherwise an update would make every open request be checked again, and its approvals be given again."""
    assert digest_of() == "e07be3c0ac58dac3738f958db2e8f30fe7786c3dc9251bd84de68a15b9173325"
