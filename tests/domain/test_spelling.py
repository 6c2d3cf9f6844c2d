"""Spelling codes on the telephone: every character has an English and a German word."""

from licences.domain.codes import ALPHABET
from licences.domain.spelling import DIN_5009, ICAO, SpelledSymbol, spell
from tests.tables import each_row


@each_row("words", [ICAO, DIN_5009])
def test_every_symbol_of_the_alphabet_has_a_word_of_its_own(words):
    assert set(words) == set(ALPHABET)
    assert len(set(words.values())) == len(ALPHABET)


@each_row("words", [ICAO, DIN_5009])
def test_the_word_of_a_letter_begins_with_it(words):
    assert [word[0] for symbol, word in words.items() if symbol.isalpha()] == [each for each in words if each.isalpha()]


def test_a_code_is_spelled_group_by_group():
    spelled = spell("AB1CO9XZ")
    assert [[each.symbol for each in group] for group in spelled] == [["A", "B", "1", "C"], ["O", "9", "X", "Z"]]
    assert [each.icao for each in spelled[1]] == ["Oscar", "Niner", "X-ray", "Zulu"]
    assert [each.german for each in spelled[0]] == ["Aachen", "Berlin", "eins", "Chemnitz"]


def test_unlock_codes_are_spelled_in_fives():
    assert [len(group) for group in spell("A" * 29)] == [5, 5, 5, 5, 5, 4]


def test_digits_are_marked_so_that_nobody_takes_one_for_a_letter():
    marked = {each.symbol for group in spell(ALPHABET) for each in group if each.is_digit}
    assert marked == set("123456789")
    assert SpelledSymbol("O", ICAO["O"], DIN_5009["O"]).is_digit is False
