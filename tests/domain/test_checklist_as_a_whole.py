"""The checklist judges everything at once, shows nothing that was not asked for, and never the release code."""

from dataclasses import fields, replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from licences.domain.checklist import Answers, Item, ItemFinding, Verdict, check_answers, passes
from licences.domain.checklist_record import ChecklistRecord
from licences.domain.codes import grouped
from licences.wording.sentences import sentence
from tests.domain.relicensing_call import (
    ANSWERS,
    CONSUMED,
    FIRST_CODE,
    FORMER_CODE,
    LIVE,
    NOTHING_FOUND,
    OTHER_SERIAL,
    RECORD,
    RELEASED,
    SECOND_CODE,
    TAKEN_OVER,
    TODAY,
    UNKNOWN_CODE,
    findings,
    record_with,
)
from tests.tables import each_row

IN_ORDER = [
    "serial", "site_id", "release_code", "server_version", "client_version", "customer_name", "address_line1",
]  # fmt: skip
RECORDS = [
    RECORD,
    NOTHING_FOUND,
    ChecklistRecord(None, similar_serials=("AB1CO9XY",), site_id_in_use_by=OTHER_SERIAL, release_code_of=OTHER_SERIAL),
    record_with(RELEASED, CONSUMED),
    record_with(TAKEN_OVER),
    record_with(LIVE, replace(CONSUMED, consumed=False)),
    record_with(installations=()),
    record_with(blocked_reason="Not paid"),
    record_with(registered_name="", registered_address_line1=""),
]
NOTHING_SAID = Answers()
ALL_WRONG = Answers("?", "?", "?", "?", "?", "?", "?")


def names(found: list[ItemFinding]) -> list[str]:
    return [finding.item.value for finding in found]


@each_row("answers", [ANSWERS, NOTHING_SAID, ALL_WRONG])
def test_all_seven_findings_always_come_in_the_order_they_are_asked(answers):
    assert [names(check_answers(answers, record, on=TODAY)) for record in RECORDS] == [IN_ORDER] * len(RECORDS)


def test_when_everything_fits_everything_matches():
    assert {finding.verdict for finding in findings().values()} == {Verdict.MATCH}


def test_of_a_caller_who_says_nothing_everything_is_missing():
    found = [finding for record in RECORDS for finding in check_answers(NOTHING_SAID, record, on=TODAY)]

    assert {(each.verdict, each.reason, each.said) for each in found} == {(Verdict.MISSING, "not-said", "")}


@each_row("item", IN_ORDER)
def test_nothing_on_record_is_shown_for_an_item_that_was_not_answered(item):
    shown = []
    for record, unanswered, unavailable in product(RECORDS, ["", "  \t", "\xa0"], [False, True]):
        found = findings(record, **{item: unanswered}, release_code_unavailable=unavailable)[Item(item)]
        if (found.on_record, found.parameters) != ("", {}):
            shown.append((record, unanswered, unavailable, found))

    assert shown == []


def test_what_was_said_is_kept_as_it_was_typed():
    for record in RECORDS:
        for finding in check_answers(ANSWERS, record, on=TODAY):
            assert finding.said == getattr(ANSWERS, finding.item.value)


@each_row(
    "answer", [SECOND_CODE, FIRST_CODE, FORMER_CODE, UNKNOWN_CODE, "7TYU3MKLAB", "7TYU3MKLA", "7TYU3-M?LAA", "1", ""]
)
def test_no_release_code_of_the_record_is_ever_shown(answer):
    found = [
        finding
        for record in RECORDS
        for finding in findings(record, release_code=answer, release_code_unavailable=not answer).values()
    ]
    codes = [spelled for code in (FIRST_CODE, SECOND_CODE, FORMER_CODE) for spelled in (code, grouped(code))]

    shown = [f"{each.on_record} {each.parameters} {sentence(each.reason, each.parameters)}" for each in found]

    assert [text for text in shown if any(code in text for code in codes)] == []


anything = st.text() | st.sampled_from([getattr(ANSWERS, name) for name in IN_ORDER])


@given(st.builds(Answers, *[anything] * 7, st.booleans()), st.sampled_from(RECORDS))
def test_whatever_is_said_there_are_seven_findings_with_a_sentence_each(answers, record):
    found = check_answers(answers, record, on=TODAY)
    assert names(found) == IN_ORDER
    assert all(sentence(finding.reason, finding.parameters) for finding in found)


def test_the_answers_are_the_items_and_whether_there_can_be_a_release_code():
    assert [field.name for field in fields(Answers)] == [*IN_ORDER, "release_code_unavailable"]


# --- What may be decided, and what passes --------------------------------------------------------------

DECIDABLE = {
    ("release_code", "unprovable"),
    ("customer_name", "mismatch"),
    ("customer_name", "unprovable"),
    ("address_line1", "mismatch"),
    ("address_line1", "unprovable"),
}
CELLS = {(item.value, verdict.value) for item, verdict in product(Item, Verdict)}
MATCHES = {(item, verdict) for item, verdict in CELLS if verdict == "match"}
CLOSE_ONES = {(item, verdict) for item, verdict in CELLS if verdict == "close"}


def finding(item: str, verdict: str) -> ItemFinding:
    return ItemFinding(Item(item), "said", "on record", Verdict(verdict), "reason")


def test_only_what_cannot_be_proved_and_another_name_or_address_may_be_decided():
    assert {cell for cell in CELLS if finding(*cell).decidable} == DECIDABLE


def test_without_a_further_word_only_a_match_passes():
    assert {cell for cell in CELLS if passes(finding(*cell))} == MATCHES


def test_asking_again_settles_what_is_close_and_nothing_else():
    settled = {cell for cell in CELLS if passes(finding(*cell), asked_again=[cell[0]])}
    assert settled == MATCHES | CLOSE_ONES


def test_accepting_settles_what_may_be_decided_and_nothing_else():
    settled = {cell for cell in CELLS if passes(finding(*cell), accepted=[cell[0]])}
    assert settled == MATCHES | DECIDABLE


def test_settling_one_item_does_not_settle_another():
    close = finding("customer_name", "close")
    mismatch = finding("customer_name", "mismatch")
    assert not passes(close, asked_again=["address_line1"], accepted=["customer_name"])
    assert not passes(mismatch, asked_again=["customer_name"], accepted=["address_line1"])
