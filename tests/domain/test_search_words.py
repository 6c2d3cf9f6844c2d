"""Words for the look-up: how they are folded, and how misspelled words are found."""

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from licences.domain.search_words import (
    GAP,
    SearchableParty,
    indexed_part,
    join_words,
    one_slip_away,
    search_text,
    sound,
    telephone_part,
    telephone_words,
    two_word_splits,
    words_of,
)
from tests.tables import each_row

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def test_a_search_text_has_every_word_once_with_a_gap_before_it():
    party = SearchableParty(
        "Müller & Müller GmbH", "Ann Müller", "Leeds", "LS1 4AP", "a@b.example", "0113/4960123", number="K-1"
    )

    assert (
        search_text([party], "Depot") == "  muller  und  gmbh  ann  leeds  ls14ap  a@b.example  01134960123  k1  depot"
    )


@each_row(("word", "part"), [("m", "  m"), ("mü", " mü"), ("mul", "mul"), ("muller", "muller")])
def test_a_short_word_is_looked_for_at_the_beginning_of_words(word, part):
    assert indexed_part(word) == part


@given(st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=1, max_size=6))
def test_every_beginning_of_every_word_is_found_in_the_text(words):
    text = join_words(words)

    assert all(indexed_part(word[:size]) in text for word in words for size in range(1, len(word) + 1))
    assert all(len(indexed_part(word)) >= 3 for word in words)


@each_row("notation", ["0911 5550190", "(0911) 555-01 90", "+49 911 5550190", "0049-911-5550190", "+49 (0)911/5550190"])
def test_every_notation_of_a_number_is_a_part_of_every_other(notation):
    stored = [telephone_words(each)[0] for each in ("0911/555 01 90", "+49 911 5550190", "0049 (0)911 5550190")]

    assert all(telephone_part(notation) in digits for digits in stored)


def test_several_numbers_in_one_field_are_several_words():
    assert telephone_words("040 / 66969-471 oder +49 (0)172 555 0199") == ["04066969471", "491725550199"]


@given(st.text(LETTERS, min_size=3, max_size=12), st.data())
def test_what_is_one_slip_away_is_just_that(word, data):
    near = one_slip_away(word)

    assert word not in near
    assert OSA.distance(word, data.draw(st.sampled_from(sorted(near)))) == 1


@each_row("other", ["muler", "mulller", "mulelr", "miller", "umller", "mullers"])
def test_the_usual_slips_are_among_them(other):
    assert other in one_slip_away("muller")


@each_row(
    "names",
    [("meier", "mayer", "maier", "meyer"), ("schmidt", "schmitt"), ("smith", "smyth"), ("philip", "filip"),
     ("muller", "miller"), ("katrin", "catrin")],
)  # fmt: skip
def test_names_that_sound_alike_have_one_sound(names):
    assert len({sound(name) for name in names}) == 1


@each_row(("one", "other"), [("meier", "meister"), ("leeds", "london"), ("wolf", "fuchs")])
def test_names_that_do_not_have_two(one, other):
    assert sound(one) != sound(other)


@given(st.text(max_size=80))
def test_no_text_is_too_strange_to_fold(text):
    words = words_of(text)

    assert words == words_of(" ".join(words)) or "@" in text
    assert all(len(sound(word)) <= 12 for word in words)
    assert not join_words(words) or join_words(words).startswith(GAP)


def test_a_blank_may_have_been_forgotten():
    assert ("hafen", "kante") in two_word_splits("hafenkante")
    assert two_word_splits("abcde") == []
