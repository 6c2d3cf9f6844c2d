"""The canonical form of codes that people typed (docs/codes.md#alphabet)."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from licences.domain import codes
from licences.domain.errors import Refusal
from tests import questions
from tests.domain.unlock_statements import code_texts
from tests.tables import each_row

WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2003\u2007\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
HYPHENS_AND_DASHES = "-\u00ad\u058a\u05be\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2053\u207b\u208b\u2212" + (
    "\u2e17\u2e3a\u2e3b\u301c\u3030\u30a0\ufe31\ufe58\ufe63\uff0d"
)
DOTS = ".\u2024\u2025\u2026\ufe52\uff0e"
UNDERSCORES = "_\ufe33\ufe4d\uff3f"
SLASHES = "/\u2044\u2215\uff0f"


def in_words(symbol: str) -> str:
    return unicodedata.name(symbol, f"U+{ord(symbol):04X}")


def refusal_of(text: str) -> Refusal:
    return questions.refusal_of(codes.canonical, text)


def test_the_alphabet_has_35_symbols_and_no_zero():
    assert codes.ALPHABET == "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert [codes.canonical(symbol) for symbol in codes.ALPHABET] == list(codes.ALPHABET)


@each_row("separator", WHITE_SPACE)
def test_it_removes_all_white_space(separator):
    assert codes.canonical(f"{separator}AB1C{separator}O9XZ{separator}") == "AB1CO9XZ"


@each_row("separator", HYPHENS_AND_DASHES)
def test_it_removes_hyphens_and_dashes_of_any_kind(separator):
    assert codes.canonical(f"AB1C{separator}O9XZ") == "AB1CO9XZ"


@each_row("separator", DOTS + UNDERSCORES + SLASHES)
def test_it_removes_dots_underscores_and_slashes(separator):
    assert codes.canonical(f"AB1C{separator}O9XZ") == "AB1CO9XZ"


def test_it_reads_lower_case():
    assert codes.canonical("ab1c-o9xz") == "AB1CO9XZ"


def test_it_reads_the_digit_zero_as_the_letter_o():
    assert codes.canonical("0O0o") == "OOOO"


@each_row(
    ("typed", "meant"),
    [("ＡＢ１Ｃ－Ｏ９ＸＺ", "AB1CO9XZ"), ("Ⓐⓑ①", "AB1"), ("𝐀𝟏", "A1"), ("\u212a", "K"), ("ﬁ", "FI"), ("Ⅷ", "VIII"),
     ("０⓪", "OO")],
)  # fmt: skip
def test_it_reads_compatibility_forms_by_nfkc(typed, meant):
    assert codes.canonical(typed) == meant


def test_nothing_stays_nothing():
    assert codes.canonical("") == ""
    assert codes.canonical(" -–./_ ") == ""


@each_row(
    ("typed", "symbol", "name", "position"),
    [
        ("AB1C-Ö9XZ", "Ö", "LATIN CAPITAL LETTER O WITH DIAERESIS", 6),
        ("!", "!", "EXCLAMATION MARK", 1),
        ("  ab*", "*", "ASTERISK", 5),
        ("AB\u0301", "\u0301", "COMBINING ACUTE ACCENT", 3),
        ("А1", "А", "CYRILLIC CAPITAL LETTER A", 1),
        ("1٠", "٠", "ARABIC-INDIC DIGIT ZERO", 2),
        ("A\u200bB", "U+200B", "ZERO WIDTH SPACE", 2),
        ("AB\x00", "U+0000", "U+0000", 3),
        ("\ud800", "U+D800", "U+D800", 1),
        ("A😀", "😀", "GRINNING FACE", 2),
        ("½+", "+", "PLUS SIGN", 2),
    ],
)
def test_any_other_symbol_is_refused_by_name_and_position(typed, symbol, name, position):
    refusal = refusal_of(typed)
    assert refusal.code == "code-symbol"
    assert refusal.parameters == {"symbol": symbol, "name": name, "position": position}


def test_the_first_wrong_symbol_is_the_one_named():
    assert refusal_of("A?B!").parameters["symbol"] == "?"


def test_an_unprintable_symbol_is_named_by_its_number():
    assert refusal_of("A\x07").parameters["symbol"] == "U+0007"


def test_a_symbol_that_becomes_several_is_shown_as_it_was_typed():
    refusal = refusal_of("A℃")  # NFKC makes °C of it
    assert (refusal.parameters["symbol"], refusal.parameters["position"]) == ("℃", 2)


@each_row(
    ("read", "length"),
    [(codes.canonical_serial, 8), (codes.canonical_site_id, 12), (codes.canonical_release_code, 10)],
)
def test_serial_site_id_and_release_code_have_their_lengths(read, length):
    assert read("a-" * length) == "A" * length
    for wrong in (length - 1, length + 1, 0):
        with pytest.raises(Refusal) as raised:
            read("A" * wrong)
        assert raised.value.code == "code-length"
        assert raised.value.parameters == {"length": wrong, "expected": (length,)}


def test_symbols_are_checked_before_the_length():
    with pytest.raises(Refusal) as raised:
        codes.canonical_serial("AB?")
    assert raised.value.code == "code-symbol"


def test_separators_do_not_count_as_length():
    assert codes.canonical_serial(" AB1C — O9XZ ") == "AB1CO9XZ"


@each_row("text", ["7TYU3-MKLAA", "7tyu3mklaa", "12345 67890"])
def test_ten_symbols_where_a_serial_is_asked_for_have_a_sentence_of_their_own(text):
    with pytest.raises(Refusal) as raised:
        codes.canonical_serial(text)
    assert (raised.value.code, raised.value.parameters) == ("serial-of-ten-symbols", {})


def test_one_of_several_lengths_is_enough():
    assert codes.canonical_of_length("A" * 29, 25, 29) == "A" * 29


@given(st.text(st.characters()) | st.text(st.sampled_from("0oO-–./_ aZ9ß½…ﬁ")))
@example("\ud800")
@example("ß")
def test_any_text_becomes_canonical_or_is_refused(text):
    try:
        code = codes.canonical(text)
    except Refusal as refusal:
        refused = refusal
    else:
        refused = None
    if refused:
        assert refused.code == "code-symbol"
        assert 1 <= refused.parameters["position"] <= len(text)
    else:
        assert set(code) <= set(codes.ALPHABET)
        assert codes.canonical(code) == code


@given(code_texts(12))
def test_what_is_shown_in_groups_reads_back(code):
    assert codes.canonical(codes.grouped(code)) == code
    assert codes.canonical(codes.grouped(code).lower().replace("O", "0")) == code
