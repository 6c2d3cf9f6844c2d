"""Characters of a typed code that are easily taken for others."""

from hypothesis import given
from hypothesis import strategies as st

from licences.domain.lookalikes import FAMILIES, MAX_SHOWN, easily_confused
from tests.tables import each_row


@each_row(
    ("typed", "asked"),
    [
        ("AlC5", [("l", "1", "I"), ("5", "S")]),
        ("1I", [("1", "I", "l")]),
        ("I", [("I", "1", "l")]),
        ("0", [("0", "O", "Q")]),
        ("s", [("s", "5")]),
        ("iL", []),
        ("ACDE", []),
        ("", []),
    ],
)
def test_each_family_is_asked_about_once_with_the_character_as_typed_first(typed, asked):
    assert easily_confused(typed) == asked


@given(st.text())
def test_any_text_has_at_most_a_few_families_and_each_has_what_was_typed(typed):
    asked = easily_confused(typed)

    assert len(asked) <= MAX_SHOWN
    assert all(characters[0] in typed and len(characters) > 1 for characters in asked)


def test_no_character_is_in_two_families():
    together = "".join(FAMILIES)

    assert len(set(together)) == len(together)
