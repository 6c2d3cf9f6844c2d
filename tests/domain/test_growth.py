"""What compares and folds texts takes a bounded number of steps, whatever the texts are: steps are counted."""

import importlib
import pkgutil
import re
from re import _constants as parts  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]

import pytest
from hypothesis import given
from hypothesis import strategies as st

import customers
import licences
import licensing_portal
from licences.domain import (
    address_lines,
    code_extraction,
    company_names,
    folding,
    matching,
    search_words,
    street_spellings,
)
from licences.domain.codes import ALPHABET
from licences.domain.errors import Refusal
from licences.domain.near_misses import near_misses
from licences.domain.query_parsing import LONGEST_QUERY, MOST_NAME_WORDS, MOST_WORDS, parse_query
from licences.domain.telephone_matching import addresses, alignment, line_parts, name_words, names, words
from licences.domain.versions import Version
from tests.tables import each_row

MOST_FOLDS = 6
WORDS = ["fa", "firma", "sa", "sarl", "gmbh", "co", "kg", "und", "&", "u", "e.K.", "a", "e", "ae", "saint", "s.a.",
         "mbh", "ges", "Straße", "12", "a", "bis", "pf", "d.", "Müller"]  # fmt: skip
HOSTILE = ["fa " * 166 + "x", "firma sa " * 60, "a e " * 125, "ae" * 250, "s.a. " * 100, "e " * 250,
           "gmbh & co kg " * 40, "ges mbh " * 60, "ae e" * 120, "(" * 500,
           "1 a " * 120, "12-14" * 100, "pf 1 2 " * 70, " " * 499 + "1",
           "é́" * 250, "ﷺ" * 500, "saint sankt " * 40, "u " * 250]  # fmt: skip


class Counted:
    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, *args, **options):
        self.calls += 1
        return self.function(*args, **options)


hostile = st.lists(st.sampled_from(WORDS) | st.text(max_size=6)).map(" ".join) | st.sampled_from(HOSTILE)


# --- Folding ---------------------------------------------------------------------------------------------

FOLDS = [company_names._cut, company_names._abbreviated, folding.fold_once,
         lambda text: " ".join(address_lines._street_words(address_lines.fold_address(text).split()))]  # fmt: skip


@given(hostile, st.sampled_from(FOLDS))
def test_a_text_is_folded_a_few_times_until_nothing_changes(text, fold):
    counted = Counted(fold)

    folded = folding.settled(counted, text)

    assert counted.calls <= MOST_FOLDS
    assert len(folded) <= folding.MAX_LENGTH


@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join))
def test_legal_forms_in_front_are_cut_as_if_one_by_one(text):
    def cut_one(each: str) -> str:
        words = folding.fold_once(each)
        words = (company_names._MBH.sub(" gmbh", words) if "mbh" in words else words).split()
        while size := company_names._legal_form_at_end(words):
            words = words[:-size]
        leads = len(words) > 1 and words[0] in company_names._LEADING_LEGAL_FORMS
        return " ".join(words[1:] if leads else words)

    assert company_names.without_legal_form(text) == folding.settled(cut_one, text)


# --- Comparing -------------------------------------------------------------------------------------------


@each_row("size", [3, 20, 250])
def test_words_are_paired_in_no_more_orders_however_many_differ(monkeypatch, size):
    counted = Counted(matching._slips)
    monkeypatch.setattr(matching, "_slips", counted)

    matching.compare_names(" ".join("ab" for _ in range(size)), " ".join("ba" for _ in range(size)))
    matching.compare_address_lines("x1 " * size, "y2 " * size)

    assert counted.calls <= 3 * 6 + 2 * size  # three words in six orders; of numbers each with its label


@each_row("compare", [names.compare_names_as_said, addresses.compare_addresses_as_said])
@each_row("size", [3, 20, 250])
def test_on_the_telephone_no_more_slips_are_looked_for_however_many_words_differ(monkeypatch, compare, size):
    counted = Counted(alignment.slips)
    monkeypatch.setattr(alignment, "slips", counted)

    compare(
        " ".join(f"wort{'x' * each}" for each in range(size)), " ".join(f"mund{'y' * each}" for each in range(size))
    )

    assert counted.calls <= alignment.MAX_LEFT**2


@given(hostile, hostile)
def test_on_the_telephone_texts_have_a_bounded_number_of_words(one, other):
    parts = name_words.take_name_apart(one), line_parts.take_line_apart(other)

    assert len(parts[0].words) <= words.MAX_WORDS
    assert len(parts[1].street) + len(parts[1].beside) <= 2 * words.MAX_WORDS


@given(hostile, hostile)
def test_names_and_addresses_are_folded_a_fixed_number_of_times(one, other):
    counted = Counted(folding.fold_once)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(company_names, "fold_once", counted)
        patched.setattr(folding, "fold_once", counted)
        patched.setattr(address_lines, "fold_once", counted)

        matching.compare_names(one, other)
        matching.compare_address_lines(one, other)

    assert counted.calls <= 2 * 2 * 4 * 3 * MOST_FOLDS


@each_row("length", [8, 12])
@each_row("size", [0, 7, 8, 9, 12, 13, 200, 100_000])
def test_near_misses_are_as_many_as_one_slip_makes(length, size):
    assert len(near_misses("A" * size, length)) <= (length + 1) * len(ALPHABET)


# --- What was typed ----------------------------------------------------------------------------------------


@given(st.text(max_size=2_000) | hostile | st.sampled_from(HOSTILE).map(lambda text: text * 50))
def test_whatever_is_typed_is_recognised_within_its_limits(text):
    query = parse_query(text)

    assert len(query.text) <= LONGEST_QUERY
    assert len(query.words) <= MOST_WORDS
    assert len(query.name_words) <= MOST_NAME_WORDS
    assert len(query.words) + len(query.left_out) <= LONGEST_QUERY


def test_spellings_that_are_kept_of_words_that_were_typed_stay_few():
    assert search_words.one_slip_away.cache_info().maxsize <= 16
    assert len(search_words.one_slip_away("a" * 24)) <= 60 * 24


@each_row("text", ["9" * 100_000, "1." * 50_000, "1.2.3.4.5", "123456", "v" * 9_000, "٣" * 5_000])
def test_a_version_has_four_numbers_of_five_digits_at_most(text):
    with pytest.raises(Refusal) as refused:
        Version.parse(text)

    assert refused.value.code == "not-a-version"
    assert len(refused.value.parameters["text"]) <= 40


# --- Regular expressions -------------------------------------------------------------------------------------

# A repetition within a repetition may be tried in as many ways as there are to divide a text between them. In these
# there is one way: what is repeated begins with a blank or a dash, which is no part of what it repeats itself.
DIVIDED_IN_ONE_WAY = {
    folding._FOLDED.pattern,
    r"(?<!\w)(postfach|pf\.?)\s+(\d+(?:\s\d+)+)(?!\w)",
    code_extraction._JOINED.pattern,
    code_extraction._CODE_RUN.pattern,
    street_spellings._WRITTEN.pattern,
}


def _patterns() -> set[str]:
    found = set()
    for package in (licences, licensing_portal, customers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if any(
                part in module.name
                for part in (".migrations", ".management", ".urls", ".wsgi", "gunicorn", ".settings")
            ):
                continue
            for value in vars(importlib.import_module(module.name)).values():
                found |= {each.pattern for each in _flat(value) if isinstance(each, re.Pattern)}
    return found


def _flat(value):
    if isinstance(value, (tuple, list)):
        for each in value:
            yield from _flat(each)
    else:
        yield value


def _repeats_what_repeats(tree, within: bool = False) -> bool:
    for kind, argument in tree:
        repeats = kind in (parts.MAX_REPEAT, parts.MIN_REPEAT) and argument[1] is parts.MAXREPEAT
        if repeats and within:
            return True
        if any(_repeats_what_repeats(each, within or repeats) for each in _subtrees(argument)):
            return True
    return False


def _subtrees(argument):
    for each in argument if isinstance(argument, (tuple, list)) else (argument,):
        if isinstance(each, parser.SubPattern):
            yield each
        elif isinstance(each, list):
            yield from _subtrees(each)


def test_the_check_of_regular_expressions_finds_one_that_takes_exponential_time():
    for pattern in ("(a+)+$", "(a|a*)*b", "(?:x*y?)+z", "((ab)*c?)*d"):
        assert _repeats_what_repeats(parser.parse(pattern)), pattern
    for pattern in ("a+b+", "(ab)*", "[a-z]+(-[a-z]+){0,4}"):
        assert not _repeats_what_repeats(parser.parse(pattern)), pattern


def test_no_regular_expression_repeats_what_repeats():
    patterns = {each for each in _patterns() if isinstance(each, str)}

    assert len(patterns) > 25
    assert {each for each in patterns if _repeats_what_repeats(parser.parse(each))} == DIVIDED_IN_ONE_WAY
