"""House numbers that are said in words: Hauptstraße zwölf, twelve Main Street, dix-sept rue Lepic."""

from collections.abc import Sequence

from licences.domain.telephone_matching.street_words import is_number_sign, is_road_with_number
from licences.domain.telephone_matching.tables import numerals
from licences.domain.telephone_matching.words import Kind, Word, cardinals, is_number

_ALL = cardinals(numerals.CARDINALS)
_IN_FRONT = cardinals(numerals.CARDINALS_IN_FRONT)
_LONGEST = 4  # words: quatre-vingt-dix-neuf
_LONGEST_NUMBER = 4  # digits; a longer one is a postcode
_SUFFIXES = "abcdefgh"  # of a house number


def number_in_front(words: Sequence[Word]) -> tuple[int, str]:
    """How many words at the beginning are a house number, and the number; 0 for none.

    None is where digits follow that may be the house number: Drei Linden 5.
    """
    length, number = _cardinal(words[:_LONGEST], _IN_FRONT, at_end=False)
    rest = words[length:]
    if not length or not rest or is_number(rest[0]):
        return 0, ""
    before = [words[length - 1], *rest]
    for position, word in enumerate(rest):
        is_house_number = word.text.isdigit() and len(word.text) <= _LONGEST_NUMBER
        if is_house_number and not is_road_with_number(before[position]):
            return 0, ""
    return length, number


def number_at_end(words: Sequence[Word]) -> tuple[int, str]:
    """How many words at the end are a house number, with a letter and the sign in front of it, and the number.

    0 for none: something that names the street has to stand before it, as not in Via Otto.
    """
    suffix = 0
    if len(words) > 1 and len(words[-1].text) == 1 and words[-1].text in _SUFFIXES:
        suffix = 1
    rest = words[: len(words) - suffix]
    length, number = _cardinal(rest[-_LONGEST:], _ALL, at_end=True)
    left = rest[: len(rest) - length]
    sign = bool(left) and is_number_sign(left[-1])
    left = left[: len(left) - sign]
    if not length or not any(word.kind not in (Kind.STREET_TYPE, Kind.SMALL, Kind.PREPOSITION) for word in left):
        return 0, ""
    return length + sign + suffix, f"{number}{words[-1].text if suffix else ''}"


def _text(word: Word) -> str:
    """A word as the tables have it; of an article as written, since Via Roma due has no du at its end."""
    return word.shown.casefold() if word.kind is Kind.SMALL else word.text


def _cardinal(words: Sequence[Word], table: dict[str, str], *, at_end: bool) -> tuple[int, str]:
    """The longest number that the words begin or end with: how many words it has, and its digits; 0 for none."""
    for length in range(len(words), 0, -1):
        some = words[-length:] if at_end else words[:length]
        number = table.get("".join(_text(word) for word in some))
        if number:
            return length, number
    return 0, ""
