"""What a spreadsheet program would run is disarmed in what is written, and comes back as it was."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from licences.spreadsheets.escaping import safe_cell, unescaped

STARTS = ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"]
tricky = st.text(st.sampled_from([*STARTS, "'", " ", "\n", "\u00a0", "a", "1"]))


@pytest.mark.parametrize("start", STARTS, ids=ascii)
@pytest.mark.parametrize("before", ["", " ", "\n", "\u00a0 ", "'", "''", "' "], ids=ascii)
def test_a_text_that_starts_a_formula_is_disarmed(start, before):
    text = f"{before}{start}SUM(A1)"

    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    ["", "Huber", "1-2", "a=b", "it's", "'s-Hertogenbosch", "'", "''", "\n", "K-1001", "vera@huber.example", "₌1"],
)
def test_any_other_text_is_left_as_it_is(text):
    assert safe_cell(text) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "TRUE"),
        (False, "FALSE"),
        (-25, "-25"),
        (2.5, "2.5"),
        (Decimal("-1.50"), "-1.50"),
        (date(2026, 11, 24), "2026-11-24"),
    ],
)
def test_numbers_and_dates_are_no_formulas(value, text):
    assert safe_cell(value) == text


@given(st.text() | tricky)
@example("'=1")
@example("''+1")
@example("' \t=1")
@example("'\r")
def test_every_text_comes_back_as_it_was(text):
    assert unescaped(safe_cell(text)) == text


@given(st.text() | tricky)
def test_nothing_that_is_written_starts_a_formula(text):
    assert safe_cell(text).lstrip()[:1] not in {*STARTS} - {""}


@given(st.text() | tricky)
def test_only_an_apostrophe_is_ever_added_or_taken_away(text):
    assert safe_cell(text) in (text, f"'{text}")
    assert unescaped(text) in (text, text[1:])
