"""Near misses of codes: the slips of ear, eye and finger, and the group to ask for again."""

from hypothesis import assume, given
from hypothesis import strategies as st

from licences.domain.codes import ALPHABET, groups
from licences.domain.near_misses import Slip, near_miss, near_misses
from tests.domain.unlock_statements import code_texts, symbols
from tests.tables import each_row

MEANT = "AB1CX9KZ"


def slip_of(typed: str, meant: str = MEANT) -> Slip | None:
    found = near_miss(typed, meant)
    return found.slip if found else None


@each_row(
    ("meant", "typed"),
    [("A1", "AI"), ("A5", "AS"), ("A8", "AB"), ("A2", "AZ"), ("AO", "AQ"), ("AO", "AD"), ("AQ", "AD")],
)
def test_a_symbol_taken_for_a_lookalike_is_confused(meant, typed):
    assert slip_of(typed, meant) is Slip.CONFUSED
    assert slip_of(meant, typed) is Slip.CONFUSED


def test_two_neighbours_swapped():
    assert slip_of("BA1CX9KZ") is Slip.SWAPPED
    assert slip_of("AB1CX9ZK") is Slip.SWAPPED


def test_one_symbol_wrong():
    assert slip_of("AB1CX9KY") is Slip.CHANGED


def test_one_symbol_missing():
    assert slip_of("AB1CX9K") is Slip.MISSING
    assert slip_of("B1CX9KZ") is Slip.MISSING


def test_one_symbol_too_many():
    assert slip_of("AB1CX9KZZ") is Slip.EXTRA
    assert slip_of("QAB1CX9KZ") is Slip.EXTRA


@each_row("typed", ["AB1CX9YY", "AB1CX9", "", "AB1CX9KZZZ", "1AB1CX9Z", "B1CX9KZA", "CB1AX9KZ"])
def test_two_slips_are_no_near_miss(typed):
    assert near_miss(typed, MEANT) is None


def test_a_code_is_no_near_miss_of_itself():
    assert near_miss(MEANT, MEANT) is None
    assert MEANT not in near_misses(MEANT, 8)
    assert "AAAAAAAA" not in near_misses("AAAAAAAA", 8)


def test_lookalikes_come_first_then_neighbours_then_other_symbols():
    order = list(Slip)
    ranks = [order.index(found.slip) for found in near_misses("AB1C0XYZ".replace("0", "O"), 8).values()]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2}


def test_a_code_reached_in_two_ways_is_listed_under_the_likelier():
    assert slip_of("AI", "A1") is Slip.CONFUSED  # also: one symbol changed
    assert slip_of("1I", "I1") is Slip.SWAPPED  # two lookalikes at once would be two slips


def test_a_serial_has_some_three_hundred_near_misses():
    assert len(near_misses(MEANT, 8)) == 8 * 34 + 7
    assert len(near_misses("AB1CX9K", 8)) == 35 * 8 - 7
    assert set(near_misses("AB1CX9KZZ", 8)) == {
        "B1CX9KZZ", "A1CX9KZZ", "ABCX9KZZ", "AB1X9KZZ", "AB1C9KZZ", "AB1CXKZZ", "AB1CX9ZZ", "AB1CX9KZ",
    }  # fmt: skip


@each_row(
    ("typed", "meant", "group"),
    [
        ("XB1CX9KZ", MEANT, 1),
        ("AB1XX9KZ", MEANT, 1),
        ("AB1CY9KZ", MEANT, 2),
        ("AB1CX9KY", MEANT, 2),
        ("AB1X", "AB1XK", 1),
        ("AB1CX9K", MEANT, 2),
        ("AB1CX9KZZ", MEANT, 2),
        ("4K7MPO2WQZ8S", "4K7MPO2WQZ8R", 3),
        ("ECQQEGZO57", "ECQQEGZO56", 2),
        ("ECQQFGZO56", "ECQQEGZO56", 1),
    ],
)
def test_it_names_the_group_to_ask_for_again(typed, meant, group):
    assert near_miss(typed, meant).group == group


@given(code_texts(8) | code_texts(10) | code_texts(12), st.data())
def test_any_code_with_one_slip_in_it_is_found(meant, data):
    position = data.draw(st.integers(0, len(meant) - 1))
    other = data.draw(symbols)
    after = position + 1
    swapped = meant[:position] + meant[position : after + 1][::-1] + meant[after + 1 :]
    changed = meant[:position] + other + meant[after:]
    missing = meant[:position] + meant[after:]
    extra = meant[:position] + other + meant[position:]
    typed = data.draw(st.sampled_from([swapped, changed, missing, extra]))
    assume(typed != meant)
    found = near_miss(typed, meant)
    assert found is not None
    assert found.code == meant
    assert 1 <= found.group <= len(groups(meant))


@given(code_texts(8), st.data())
def test_a_changed_symbol_is_in_the_group_that_is_named(meant, data):
    position = data.draw(st.integers(0, 7))
    other = data.draw(symbols.filter(lambda symbol: symbol != meant[position]))
    typed = meant[:position] + other + meant[position + 1 :]
    wrong = [index for index, (one, two) in enumerate(zip(groups(typed), groups(meant), strict=True), 1) if one != two]
    assert [near_miss(typed, meant).group] == wrong


@given(code_texts(8))
def test_every_near_miss_is_a_code_of_that_length(typed):
    for code, found in near_misses(typed, 8).items():
        assert len(code) == 8
        assert set(code) <= set(ALPHABET)
        assert found.code == code


@given(code_texts(8), st.data())
def test_slips_go_both_ways(typed, data):
    meant = data.draw(st.sampled_from(list(near_misses(typed, 8))))
    assert near_miss(meant, typed) is not None


@each_row("typed", ["", "ABC", "A" * 10, "A" * 100_000])
def test_a_text_of_quite_another_length_has_no_near_miss(typed):
    assert near_misses(typed, 8) == {}
