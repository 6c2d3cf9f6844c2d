"""Texts that a spreadsheet program would run are guarded in a CSV, and read back unchanged."""

import re
from datetime import date
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from licences.spreadsheets import escaping
from licences.spreadsheets.escaping import safe_cell, safe_row, unescaped, unguarded
from tests.tables import each_row

STARTS = ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"]
PLACES = set(",;\t\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
BEGINS = re.compile(r"""["'\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\-@\t\r＝＋－＠]""")
BLANK = re.compile(BEGINS.pattern.partition("*")[0] + "*")
tricky = st.text(st.sampled_from([*STARTS, "'", '"', " ", "\n", ",", ";", "\u00a0", "a", "1"]))


@each_row("before", ["", " ", "\u00a0 ", "'", "''", "' ", '"', ' "', "\ufeff", "\u200b "])
def test_a_text_that_starts_a_formula_is_disarmed(before):
    starts = [f"{before}{start}" for start in STARTS]

    assert [start for start in starts if not safe_cell(f"{start}SUM(A1)").startswith(f"'{start}")] == []


@each_row("separator", [",", ";", "\t", "\n", "\r\n"])
def test_so_is_one_that_would_after_a_delimiter(separator):
    for start in (f"{before}{start}" for before in ("", " ", '"', "' ") for start in STARTS):
        text = f"Ost{separator}{start}SUM(A1)"

        assert f"{separator}'{start}" in safe_cell(text)
        assert unescaped(safe_cell(text)) == text


@each_row(
    "text",
    [
        "",
        "Huber",
        "1-2",
        "a=b",
        "it's",
        "'s-Hertogenbosch",
        "'",
        "''",
        " ",
        "Hof 3,",
        "K-1001",
        "vera@huber.example",
        "₌1",
        "a; b",
        "Hof 3, links",
        "a;'s",
        "1,5;x",
    ],
)
def test_any_other_text_is_left_as_it_is(text):
    assert safe_cell(text) == text


@each_row(
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
@example('="00123"')
@example(' =T("00123")')
def test_no_text_of_ours_is_taken_for_one_that_another_program_guarded(text):
    assert unguarded(safe_cell(text)) == text


@each_row(
    ("guarded", "text"),
    [('="00123"', "00123"), ('=T("00123")', "00123"), (' = t ( "a" )', ' = t ( "a" )'), ('=t( "a" ) ', "a"),
     ('="a ""b"" c"', 'a "b" c'), ('=""', ""), ('="=1+1"', "=1+1"), ('="a"&"b"', '="a"&"b"'), ("=5*4", "=5*4"),
     ('="a', '="a'), ('=T(A1)', "=T(A1)"), ('="\'a"', "'a"), ("'=1", "=1"), ('\'="00123"', '="00123"')],
)  # fmt: skip
def test_the_guards_of_other_programs_are_formulas_that_are_only_a_text(guarded, text):
    assert unguarded(guarded) == text


@given(st.text() | tricky)
def test_nothing_that_is_written_starts_a_formula(text):
    assert safe_cell(text).lstrip()[:1] not in {*STARTS} - {""}


@given(st.text() | tricky)
def test_only_apostrophes_are_ever_added_or_taken_away(text):
    assert safe_cell(text).replace("'", "") == text.replace("'", "") == unescaped(text).replace("'", "")
    assert len(unescaped(text)) <= len(text) <= len(safe_cell(text))


@given(st.text() | tricky)
@example("\r\n=")
@example("a;\r\n")
def test_a_guard_stands_at_every_place_where_a_cell_may_begin_with_a_formula_and_nowhere_else(text):
    """Computed in another way, position by position."""
    guarded = [("'" if needs_guard(text, at) else "") + symbol for at, symbol in enumerate(f"{text} ")]

    assert safe_cell(text) == "".join(guarded)[:-1]


def needs_guard(text, at):
    if at and (text[at - 1] not in PLACES or text[at - 1 : at + 1] == "\r\n"):
        return False
    return bool(BEGINS.match(text, at)) or (at > 0 and text[at - 1] != "," and bool(BLANK.fullmatch(text, at)))


class CountedPattern:
    """A pattern that counts the characters it matches, to show that each is matched only once."""

    def __init__(self, pattern):
        self.pattern, self.symbols = pattern, 0

    def sub(self, replace, text):
        def counted(match):
            self.symbols += len(match[0])
            return replace(match)

        return self.pattern.sub(counted, text)


@each_row("text", ["\n" * 5_000 + "a-", "\t" * 5_000, ",-" * 2_500, "'" * 5_000 + "=", "\n" * 5_000 + "="])
def test_the_work_grows_with_the_text_and_no_faster(text, monkeypatch):
    stretch = CountedPattern(escaping._STRETCH)
    monkeypatch.setattr(escaping, "_STRETCH", stretch)

    assert unescaped(safe_cell(text)) == text
    assert stretch.symbols <= 4 * len(text)


@each_row(
    ("cells", "row"),
    [
        ([-2, "x"], ["'-2", "x"]),
        ([2, -2], ["2", "-2"]),
        ([-2], ["-2"]),
        ([], [""]),
        (["-2", -2.5], ["'-2", "-2.5"]),
    ],
)
def test_only_a_row_that_begins_with_a_negative_number_has_it_guarded(cells, row):
    assert safe_row(cells) == row
