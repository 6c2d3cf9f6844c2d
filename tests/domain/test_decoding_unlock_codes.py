"""Decoding unlock codes: what is refused (docs/codes.md#unlock-code)."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from licences.domain import codes
from licences.domain.codes import ALPHABET, UnlockStatement
from licences.domain.errors import Refusal
from tests.domain.unlock_statements import (
    INSTALLATION,
    KEYS,
    SERIAL,
    SITE_ID,
    base_35,
    code_texts,
    signed,
    statements,
    symbols,
)
from tests.questions import why_refused
from tests.tables import each_row


def refused(code: str, *, serial: str = SERIAL, site_id: str = SITE_ID, keys: dict[int, bytes] = KEYS) -> str:
    return why_refused(codes.decode_unlock_code, code, serial=serial, site_id=site_id, keys=keys)


def encode(statement: UnlockStatement) -> str:
    return codes.encode_unlock_code(statement, key=KEYS[statement.key_id], **INSTALLATION)


def test_it_decodes_a_code_computed_after_the_page():
    statement = codes.decode_unlock_code(signed([(3, 10), (9, 1)], sequence=5, month=323), keys=KEYS, **INSTALLATION)
    assert statement == UnlockStatement(key_id=1, sequence=5, assured_month=323, lines=((3, 10), (9, 1)))


def test_it_refuses_each_single_changed_symbol_of_a_code():
    code = signed([(3, 10)])
    changed = [
        code[:position] + other + code[position + 1 :]
        for position, symbol in enumerate(code)
        for other in ALPHABET
        if other != symbol
    ]
    assert len(changed) == 25 * 34
    assert {refused(each) for each in changed} <= {
        "unlock-code-forged",
        "unlock-code-key",
        "unlock-code-range",
    }


@given(statements(), st.data())
def test_it_refuses_any_code_with_a_changed_symbol(statement, data):
    code = encode(statement)
    position = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(symbols)
    assume(other != code[position])
    assert refused(code[:position] + other + code[position + 1 :]).startswith("unlock-code-")


@given(statements(), code_texts(8), code_texts(12))
def test_it_refuses_a_code_of_another_serial_or_site_id(statement, serial, site_id):
    assume(serial != SERIAL and site_id != SITE_ID)
    assert refused(encode(statement), serial=serial) == "unlock-code-forged"
    assert refused(encode(statement), site_id=site_id) == "unlock-code-forged"


def test_it_refuses_an_unknown_key_id():
    assert refused(signed([(3, 10)], key_id=7), keys={1: KEYS[1]}) == "unlock-code-key"


def test_it_refuses_a_code_signed_with_another_key_of_that_id():
    assert refused(signed([(3, 10)]), keys={1: b"x" * 32}) == "unlock-code-forged"


@each_row("length", [0, 1, 8, 24, 26, 28, 54, 57, 1000])
def test_it_refuses_a_code_of_another_length(length):
    assert refused("A" * length) == "unlock-code-length"


@each_row("length", codes.UNLOCK_CODE_LENGTHS)
def test_it_refuses_a_value_that_needs_too_many_bits(length):
    assert refused("Z" * length) == "unlock-code-range"


def test_the_first_value_out_of_range_is_refused_for_its_range():
    assert refused(base_35(2**128, 25)) == "unlock-code-range"
    assert refused(base_35(2**128 - 1, 25)) == "unlock-code-forged"


@each_row(
    "lines",
    [
        [(2, 1), (1, 1)],
        [(2, 1), (2, 1)],
        [(1, 1), (3, 1), (2, 1)],
        [(3, 10), (0, 3000)],
        [(0, 3000), (0, 3000), (1, 1)],
    ],
)
def test_it_refuses_slots_that_do_not_ascend_though_properly_signed(lines):
    assert refused(signed(lines)) == "unlock-code-lines"


@each_row("lines", [[(3, 0)], [(3, 10), (4, 0)], [(0, 0), (3, 10)]])
def test_it_refuses_a_zero_quantity_though_properly_signed(lines):
    assert refused(signed(lines)) == "unlock-code-lines"


def test_it_refuses_a_code_with_no_product_though_properly_signed():
    assert refused(signed([(0, 3000)])) == "unlock-code-lines"


@given(st.text() | st.sampled_from(codes.UNLOCK_CODE_LENGTHS).flatmap(code_texts))
def test_any_text_at_all_is_refused_and_nothing_else(text):
    with pytest.raises(Refusal):
        codes.decode_unlock_code(codes.canonical(text), keys=KEYS, **INSTALLATION)


def test_the_mac_is_compared_in_constant_time(monkeypatch):
    compared = []
    monkeypatch.setattr("hmac.compare_digest", lambda one, other: bool(compared.append((one, other))))
    assert refused(signed([(3, 10)])) == "unlock-code-forged"
    assert [len(mac) for mac in compared[0]] == [10, 10]
