"""How alike a query and a record are, and whether a person would call them similar (docs/look-up.md#3-what-is-near)."""

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from licences.domain.matching import address_key
from licences.domain.query_parsing import ParsedQuery
from licences.domain.search_words import sound, telephone_numbers, telephone_part, without_extension
from licences.lookup.match_kinds import MatchKind, MatchReason
from licences.lookup.serial_summaries import SerialSummary
from licences.lookup.word_fit import searched_fields

_SEEN_AT_ONCE = (
    MatchKind.SERIAL_SLIP, MatchKind.SITE_ID_SLIP, MatchKind.PURCHASE_SLIP, MatchKind.NUMBER_SLIP,
    MatchKind.SPELLING,
)  # fmt: skip
_SIMILAR = 0.7  # of two words: one slip in a word of four letters
_ENOUGH = 2 / 3  # of the letters that were typed


def is_likeness(serial: SerialSummary, reason: MatchReason, query: ParsedQuery) -> bool:
    """Whether a person would see the likeness of a near match: most of what was typed is alike, and no number differs.

    Nobody is shown as similar to a customer whose data were erased.
    """
    if reason.kind is MatchKind.CODE_PART:
        return True  # codes are found after an erasure, too
    if serial.erased:
        return False
    if reason.kind in _SEEN_AT_ONCE:
        return True
    if reason.kind is MatchKind.EXTENSION:
        return is_another_extension(query.text, serial.contact_phone)
    words = query.name_words
    others = [word for field in searched_fields(serial) for word in field.words if word]
    if any(word.isdigit() and word not in others for word in words):
        return False
    alike = [word for word in words if any(_is_alike(word, other) for other in others)]
    return sum(map(len, alike)) >= _ENOUGH * sum(map(len, words))


def _is_alike(word: str, other: str) -> bool:
    """Whether two words are alike, or the first and the beginning of the second, as in a compound.

    A word and its abbreviation in addresses are alike: Road and Rd.
    """
    if word.isdigit() or len(word) < 3:
        return word == other
    if address_key(word) == other:
        return True
    if max(similarity(word, other), similarity(word, other[: len(word)])) >= _SIMILAR:
        return True
    return (word[0] == other[0] and sound(word) == sound(other)) or _is_joined(word, other)


def _is_joined(word: str, other: str) -> bool:
    """Whether a word begins with the other, of at least four letters: a blank was forgotten."""
    return len(other) >= 4 and word.startswith(other)


def is_another_extension(typed: str, recorded: str) -> bool:
    """Whether a typed telephone number is one on record but for its extension, which a hyphen marks in one of the two.

    ``typed`` and ``recorded`` are texts; ``recorded`` may hold several numbers.
    """
    digits, trunk = telephone_part(typed), without_extension(typed)
    for number in telephone_numbers(recorded):
        own, own_trunk = telephone_part(number), without_extension(number)
        if own_trunk and digits.startswith(own_trunk) and len(digits) - len(own_trunk) <= 4:
            return True
        if trunk and own.startswith(trunk) and len(own) - len(trunk) <= 4:
            return True
    return False


def total_similarity(words: Sequence[str], others: Sequence[str]) -> float:
    """The sum, over the words, of the similarity to the nearest of the others: from 0 to the number of words."""
    return sum(max((similarity(word, other) for other in others), default=0) for word in words)


def similarity(one: str, other: str) -> float:
    """How similar two texts are: from 0 to 1, where they are the same."""
    return OSA.normalized_similarity(one, other)


def with_words_sorted(name: str) -> str:
    """A name with its words in alphabetical order."""
    return " ".join(sorted(name.split()))
