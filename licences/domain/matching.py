"""Comparison of company names and address lines as people spell them: for the look-up, data quality and erasure.

Both texts are folded in the same steps. Each step ignores one kind of spelling difference; a step that makes the texts
more alike is named as a difference. Words that still differ may only have small typos. Another house number is always
different. Calls are compared by other rules, in ``telephone_matching``. The keys that are stored (``name_key``,
``address_key``, ``fold_name``) come from the modules of the same rules and never change without new keys
(docs/decisions.md#schema-changes).
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import permutations
from typing import TypeVar

from rapidfuzz.distance import OSA

from licences.domain.address_lines import address_key, fold_address
from licences.domain.company_names import name_key, without_legal_form
from licences.domain.folding import MAX_LENGTH, fold_name, has_digit, lowered, normalized, without_accents

__all__ = ["Comparison", "Likeness", "address_key", "compare_address_lines", "compare_names", "fold_name", "name_key"]


class Likeness(Enum):
    """How alike two texts are: equal but for blanks, spelled otherwise, or different."""

    SAME = "same"
    CLOSE = "close"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How alike two texts are, and stable codes of how they differ, in a fixed order."""

    likeness: Likeness
    differences: tuple[str, ...] = ()


_Fold = Callable[[str], str]
_Words = Sequence[str]
_Thing = TypeVar("_Thing")

_MAX_PASTED = 10_000  # what is longer was pasted by mistake: it is the same or it is different
_MAX_MISSPELT = 3  # words
_LETTERS_PER_SLIP = 6  # where several words are
_LONG_ENOUGH = 8  # letters, for a slip in words that are divided otherwise

_RUN = re.compile(r"\d+|\D+")

# Words that people often leave out.
_SMALL_WORDS = {
    "und", "the", "of", "der", "die", "das", "de", "du", "des", "la", "le", "les", "fur", "for", "ul",
}  # fmt: skip


def compare_names(said: str, recorded: str) -> Comparison:
    """Compare two company names of any length. Symmetric; never raises.

    CLOSE: they differ in case, accents, punctuation, legal form, abbreviations, word order, word division or small
    typos only. DIFFERENT: another, missing or additional word or number.
    """
    steps = {"punctuation": fold_name, "legal-form": without_legal_form, "abbreviation": name_key}
    return _compare(said, recorded, steps, numbers="words")


def compare_address_lines(said: str, recorded: str) -> Comparison:
    """Compare two address lines of any length. Symmetric; never raises.

    CLOSE as for names, with abbreviations of streets instead of legal forms. Numbers must be equal with their letters
    and ranges: 12 is neither 12a nor 12-14 (DIFFERENT, ``house-number``).
    """
    steps = {"punctuation": fold_address, "abbreviation": address_key}
    return _compare(said, recorded, steps, numbers="house-number")


def _compare(said: str, recorded: str, steps: Mapping[str, _Fold], *, numbers: str) -> Comparison:
    """Compare two texts in ``steps``, which come after case and accents; each includes the steps before it."""
    if _plain(said) == _plain(recorded):
        return Comparison(Likeness.SAME)
    if not _ends_alike(said, recorded):
        return Comparison(Likeness.DIFFERENT, ("words",))
    one, other = said[:MAX_LENGTH], recorded[:MAX_LENGTH]
    punctuate, *_, key = steps.values()
    one_words, other_words = _significant(key(one)), _significant(key(other))
    if not _same_numbers(one_words, other_words):
        return Comparison(Likeness.DIFFERENT, (numbers,))
    how = _word_difference(one_words, other_words)
    if how is None:  # a slip in a word that would have been abbreviated or cut
        how = _word_difference(_significant(punctuate(one)), _significant(punctuate(other)))
    if how is None:
        return Comparison(Likeness.DIFFERENT, ("words",))
    unnamed = "punctuation" if punctuate(one) == punctuate(other) else "word-order"  # SARL Dupont, Dupont SARL
    return Comparison(Likeness.CLOSE, tuple(dict.fromkeys((*_habits(one, other, steps), *how))) or (unnamed,))


def _plain(text: str) -> str:
    """A text in NFC with single blanks: what is equal in this form is the same."""
    return " ".join(normalized("NFC", text).split())


def _ends_alike(said: str, recorded: str) -> bool:
    """Whether the ends behind ``MAX_LENGTH``, which are not compared by words, differ in case and accents only."""
    if max(len(said), len(recorded)) > _MAX_PASTED:
        return False
    end, other_end = said[MAX_LENGTH:], recorded[MAX_LENGTH:]
    return end == other_end or _bare(end) == _bare(other_end)


def _bare(text: str) -> str:
    """A text without case and accents."""
    return without_accents(lowered(text))


def _habits(one: str, other: str, steps: Mapping[str, _Fold]) -> list[str]:
    """The names of the steps that make the two texts more alike, in order."""
    first: dict[str, _Fold] = {"case": str.lower, "accents": _bare}
    named, apart = [], _apart(_plain(one), _plain(other))
    for name, step in [*first.items(), *steps.items()]:
        nearer = _apart(step(one), step(other))
        if nearer < apart:
            named.append(name)
        apart = nearer
    return named


def _apart(one: str, other: str) -> int:
    """How many symbols only one of the texts has, wherever they stand: word order is told apart from this."""
    symbols, others = Counter(one), Counter(other)
    return ((symbols - others) + (others - symbols)).total()


def _significant(folded: str) -> list[str]:
    """The words of a folded text without those that people often leave out; all words if nothing else is left."""
    words = folded.split()
    return [word for word in words if word not in _SMALL_WORDS] or words


# --- Numbers ---------------------------------------------------------------------------------------


def _same_numbers(one: _Words, other: _Words) -> bool:
    """Whether two lists of words have the same numbers for the same things.

    Flat 2, 10 High Street is 10 High Street, Flat 2, but neither Flat 10, 2 High Street nor 2 High Street, Flat 10.
    Numbers behind the same word are compared first. One further number may stand elsewhere: 12 rue Lepic, rue Lepic 12.
    Several must stand in the same order, behind the same words. Halle A 7 is Halle A7.
    """
    if _runs(one) == _runs(other):
        return True
    left, other_left = _without_common(_counted(one), _counted(other))
    if [number for _, number in left] != [number for _, number in other_left]:
        return False
    labels = [(label, other_label) for (label, _), (other_label, _) in zip(left, other_left, strict=True)]
    return len(labels) < 2 or all(_slips(*pair) is not None for pair in labels)


def _runs(words: _Words) -> list[str]:
    """The runs of digits and of other characters in all words, in order: halle a7 gives halle, a, 7."""
    return [run for word in words for run in _RUN.findall(word)]


def _counted(words: _Words) -> list[tuple[str, str]]:
    """Each number with the word before it, which says what it counts. In 12a-c, the c counts as a number too."""
    numbers = []
    before, before_is_number = "", False
    for word in words:
        is_number = has_digit(word) or (before_is_number and len(word) == 1)
        if is_number:
            numbers.append(("" if before_is_number else before, word))
        before, before_is_number = word, is_number
    return numbers


# --- Words -----------------------------------------------------------------------------------------


def _word_difference(one: _Words, other: _Words) -> tuple[str, ...] | None:
    """How two lists of words differ that are close, or None where they are different."""
    if not one or not other:
        return None
    if one == other:
        return ()
    if "".join(one) == "".join(other):
        return ("spacing",)
    left, other_left = _without_common(one, other)
    if not left and not other_left:
        return ("word-order",)
    if "".join(left) == "".join(other_left):
        return ("word-order", "spacing")
    if len(left) == len(other_left):
        letters = sum(map(len, (*one, *other))) // 2
        return ("spelling",) if _are_misspelt(left, other_left, letters) else None
    return ("spelling", "spacing") if _one_slip_apart("".join(left), "".join(other_left)) else None


def _without_common(one: Sequence[_Thing], other: Sequence[_Thing]) -> tuple[list[_Thing], list[_Thing]]:
    """What only one has, and what only the other has; of what occurs several times, as often as it is more."""
    counted, others = Counter(one), Counter(other)
    return list((counted - others).elements()), list((others - counted).elements())


def _are_misspelt(one: _Words, other: _Words, letters: int) -> bool:
    """Whether each word has a partner with small typos only, and few typos for ``letters``, the length of the text."""
    if len(one) > _MAX_MISSPELT:
        return False
    totals = [total for order in permutations(other) if (total := _total_slips(one, order)) is not None]
    return bool(totals) and (len(one) == 1 or min(totals) <= letters // _LETTERS_PER_SLIP)


def _total_slips(one: _Words, other: _Words) -> int | None:
    """How many typos two lists of words of one length have, word by word; None if two words are too far apart."""
    slips = [slips for slips in map(_slips, one, other) if slips is not None]
    return sum(slips) if len(slips) == len(one) else None


def _slips(one: str, other: str) -> int | None:
    """How many typos two words are apart; None where they are too many. Numbers have no typos.

    One is small in a word of 4 to 8 letters, two in a longer one with the same first letter: Ostbahnhof is not
    Westbahnhof.
    """
    if one == other:
        return 0
    if has_digit(one) or has_digit(other):
        return None
    longer = max(len(one), len(other))
    allowed = 0 if longer < 4 else 1 if longer < 9 or one[:1] != other[:1] else 2
    slips = OSA.distance(one, other, score_cutoff=allowed)
    return slips if slips <= allowed else None


def _one_slip_apart(one: str, other: str) -> bool:
    """Whether two texts of eight letters or more differ by at most one typo."""
    return min(len(one), len(other)) >= _LONG_ENOUGH and OSA.distance(one, other, score_cutoff=1) <= 1
