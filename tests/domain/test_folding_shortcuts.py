"""Quick ways of folding give what the slow ones give: every step by itself, for the same text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.domain import address_lines, folding
from licences.domain.address_lines import fold_address
from licences.domain.folding import fold_name, fold_once

NEVER = re.compile(r"(?!)")
PIECES = "Hauptstr.|ä|ß|É|Ł|&| u |a e|and|Sankt|-|.|12|12a| |/|ŀ|½".split("|")
texts = st.text(st.characters(max_codepoint=0x180), max_size=12) | st.lists(st.sampled_from(PIECES), max_size=6).map(
    "".join
)


@pytest.fixture(scope="module")
def slowly():
    """``slowly(fold, text)`` folds without any of the quick ways."""

    def fold_slowly(fold, text):
        with pytest.MonkeyPatch.context() as patch:
            for module, name in [(folding, "_FOLDED"), (folding, "_LATIN"), (address_lines, "_ONE_AT_THE_END")]:
                patch.setattr(module, name, NEVER)
            return fold(text)

    return fold_slowly


@given(text=texts)
def test_a_latin_text_is_folded_by_its_symbols(slowly, text):
    assert fold_once(text) == slowly(fold_once, text)


@given(text=texts)
def test_a_folded_text_is_not_folded_again(slowly, text):
    folded = fold_name(text)

    assert fold_once(folded) == slowly(fold_once, folded)


@given(street=texts, number=st.integers(0, 9999), letter=st.sampled_from(["", "a", "B", " c"]))
def test_a_number_at_the_end_of_a_line_needs_no_care(slowly, street, number, letter):
    line = f"{street} {number}{letter}"

    assert fold_address(line) == slowly(fold_address, line)
