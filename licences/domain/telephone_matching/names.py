"""Is this the company name on record, as people say it? (docs/domain.md#names-and-addresses-on-the-telephone)"""

from licences.domain.telephone_matching.alignment import Alignment, align
from licences.domain.telephone_matching.comparison import (
    MAX_PASTED,
    HeardComparison,
    close,
    in_one_direction,
    match,
    mismatch,
)
from licences.domain.telephone_matching.little_words import with_little_words
from licences.domain.telephone_matching.name_words import Name, is_distinctive, take_name_apart
from licences.domain.telephone_matching.words import Kind, clean, fold_word, joined_text, split_words

_COMMON_WORDS_THAT_TELL = 3


def compare_names_as_said(said: str, recorded: str) -> HeardComparison:
    """Compare the name that was said with the one on record. Never raises.

    MATCH: nothing differs that can be heard. CLOSE, with ``differences``: a small slip, another word order, another
    legal form, an unknown abbreviation, or ``shorter`` or ``longer``: everything said stands on record too, or the
    other way round, and what both share is distinctive. MISMATCH, ``words``: all else. Likeness does not depend on the
    order of the texts; ``shorter`` and ``longer`` change places.
    """
    return in_one_direction(_compare, said, recorded)


def _compare(one: str, other: str) -> HeardComparison:
    """Compare two names. Not symmetric: ``shorter`` and ``longer`` are seen from ``one``."""
    if " ".join(one.split()) == " ".join(other.split()):
        return match()
    if max(len(one), len(other)) > MAX_PASTED or one[500:].split() != other[500:].split():
        return mismatch("words")
    if _letters(one) == _letters(other):
        return match()
    spelled, other_spelled = with_little_words(one, like=other), with_little_words(other, like=one)
    return _compare_words(take_name_apart(spelled), take_name_apart(other_spelled))


def _letters(text: str) -> str:
    """The letters and digits of a text, with a blank only between two numbers; a text without any, folded."""
    words = split_words(clean(text))
    return joined_text(words) or " ".join(word.text for word in words) or fold_word(clean(text))


def _compare_words(one: Name, other: Name) -> HeardComparison:
    """Compare two names that were taken apart into words and legal forms."""
    if not one.words or not other.words:
        return mismatch("words")
    found = align(one.words, other.words, common_initials=False)
    differences = set(found.differences)
    if not found.in_order or (one.leads != other.leads and one.forms == other.forms):
        differences.add("word-order")
    if one.forms != other.forms:
        differences.add("legal-form")
    if not found.left and not found.other_left:
        if "word-order" not in differences and one.small != other.small and len(one.small) == len(other.small):
            differences.add("small-words")
        return close(differences)
    if (found.left and found.other_left) or not _shares_what_tells(found, one, other):
        return mismatch("words")
    added = tuple(one.words[place].shown for place in found.left)
    missing = tuple(other.words[place].shown for place in found.other_left)
    return close({*differences, "longer" if added else "shorter"}, missing=missing, added=added)


def _shares_what_tells(found: Alignment, one: Name, other: Name) -> bool:
    """Whether a distinctive word stands in both, the same to the letter: a slip and a word less are too much.

    Where only the town is missing, three words that are common alone are as good: Park Avenue Cafe (New York).
    """
    left = [one.words[place] for place in found.left] + [other.words[place] for place in found.other_left]
    common = [place for place, _ in found.pairs if one.words[place].kind is not Kind.PLACE]
    if len(common) >= _COMMON_WORDS_THAT_TELL and all(word.kind is Kind.PLACE for word in left):
        return not found.inexact
    return any(
        is_distinctive(one.words[place]) and is_distinctive(other.words[other_place])
        for place, other_place in found.pairs
        if place not in found.inexact
    )
