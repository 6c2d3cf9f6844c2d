"""Pasted text is taken apart into fields, by labels and by form."""

import time

from hypothesis import given
from hypothesis import strategies as st

from licences.domain import codes
from licences.domain.code_extraction import LONGEST_TEXT, code_in_field, extract_fields
from licences.domain.code_kinds import CodeKind
from tests.domain.pasted_texts import CASES, RELEASE_CODE, SERIAL, SITE_ID
from tests.tables import each_row


@each_row(("text", "fields"), [case[1:] for case in CASES])
def test_a_pasted_text_is_taken_apart(text, fields):
    assert extract_fields(text).values == fields


def test_two_codes_of_one_kind_are_both_named_and_none_is_chosen():
    found = extract_fields(f"Serial: {SERIAL}\nSerial: AB1C-O9XZ")

    assert (found.values, found.several) == ({}, {"serial": (SERIAL, "AB1C-O9XZ")})


@each_row(
    ("typed", "kind", "meant"),
    [
        ("k7qn3wxb", CodeKind.SERIAL, SERIAL),
        ("k7qn 3wxb,", CodeKind.SERIAL, SERIAL),
        ('"K7QN-3WXB"', CodeKind.SERIAL, SERIAL),
        ("S/N: K7QN-3WXB", CodeKind.SERIAL, SERIAL),
        ("Seriennummer K7QN-3WXB", CodeKind.SERIAL, SERIAL),
        ("K7QN\u200b-3WXB", CodeKind.SERIAL, SERIAL),
        ("4k7m.p02w.qz8r", CodeKind.SITE_ID, SITE_ID),
        ("Freigabecode: 5TGHJ 8UIO3.", CodeKind.RELEASE_CODE, RELEASE_CODE),
        ("K7QN-3WX", CodeKind.SERIAL, "K7QN-3WX"),
        ("„4K7M-PO2W-QZ8R“", CodeKind.SERIAL, SITE_ID),
        ("K7QN-3WÜB", CodeKind.SERIAL, "K7QN-3WÜB"),
        ("", CodeKind.SERIAL, ""),
    ],
)
def test_a_code_field_is_read_without_what_stands_around_the_code(typed, kind, meant):
    assert code_in_field(typed, kind) == meant


@given(st.text(max_size=300))
def test_no_text_breaks_it_and_each_code_found_has_its_length(text):
    found = extract_fields(text)

    assert set(found.values).isdisjoint(found.several)
    assert code_in_field(codes.grouped(codes.new_serial()), CodeKind.SERIAL)


def test_a_text_that_is_too_long_for_a_code_stays_as_it_is():
    endless = "A" * 3_000_000

    begun = time.perf_counter()
    assert code_in_field(endless, CodeKind.SERIAL) == endless
    assert time.perf_counter() - begun < 1


@each_row("unit", ["a ", "serial ", "1-", "A1B2 ", "Name: ", "(((", "\n> ", "AB1C-", "a@", "12345 x\n"])
def test_a_long_text_takes_no_long_time(unit):
    begun = time.perf_counter()
    extract_fields(unit * (2 * LONGEST_TEXT // len(unit)))

    assert time.perf_counter() - begun < 2
