"""Is this the address line on record, as people say it? (docs/domain.md#names-and-addresses-on-the-telephone)"""

from collections.abc import Sequence

from licences.domain.telephone_matching.alignment import Alignment, align
from licences.domain.telephone_matching.comparison import (
    MAX_PASTED,
    HeardComparison,
    Likeness,
    close,
    in_one_direction,
    match,
    mismatch,
)
from licences.domain.telephone_matching.line_parts import AddressLine, take_line_apart
from licences.domain.telephone_matching.words import Kind, Word, clean, fold_word, split_words

_ADDS_LITTLE = {Kind.STREET_TYPE, Kind.DIRECTION, Kind.TITLE, Kind.FIRST_NAME, Kind.PREPOSITION}


def compare_addresses_as_said(said: str, recorded: str) -> HeardComparison:
    """Compare the address line that was said with the one on record. Never raises.

    MATCH and CLOSE as for names; a crossing, building, floor, c/o line, district or town beside the street makes it
    ``longer`` or ``shorter``. MISMATCH: ``house-number``, ``house-number-not-said`` (one is on record),
    ``house-number-not-on-record``, ``unit-number`` (another flat or floor), ``street``. Another house number is never
    close. Likeness does not depend on the order of the texts.
    """
    return in_one_direction(_compare, said, recorded)


def compare_with_address_on_record(said: str, line1: str, line2: str) -> HeardComparison:
    """Compare what was said with the address on record. Never raises.

    As ``compare_addresses_as_said`` with line 1; where line 2 of the record holds what was said, or the part of it
    that line 1 lacks, the difference is ``line-2`` (CLOSE).
    """
    heard = compare_addresses_as_said(said, line1)
    if not line2.strip() or (heard.likeness is not Likeness.MISMATCH and "longer" not in heard.differences):
        return heard
    for text in (line2, f"{line1}, {line2}"):
        with_line2 = compare_addresses_as_said(said, text)
        if with_line2.likeness is not Likeness.MISMATCH and "longer" not in with_line2.differences:
            return HeardComparison(Likeness.CLOSE, ("line-2",))
    return heard


def _compare(one: str, other: str) -> HeardComparison:
    """Compare two address lines. Not symmetric: ``shorter`` and ``longer`` are seen from ``one``."""
    if " ".join(one.split()) == " ".join(other.split()):
        return match()
    if max(len(one), len(other)) > MAX_PASTED or one[500:].split() != other[500:].split():
        return mismatch("street")
    line, other_line = take_line_apart(one), take_line_apart(other)
    if not (line.street or line.numbers) or not (other_line.street or other_line.numbers):
        return match() if _symbols(one) == _symbols(other) else mismatch("street")
    return _compare_lines(line, other_line)


def _symbols(text: str) -> list[str]:
    """The words of a line in which there is neither a street nor a number; without words, its symbols."""
    return [word.text for word in split_words(clean(text))] or [fold_word(clean(text))]


def _compare_lines(one: AddressLine, other: AddressLine) -> HeardComparison:
    """Compare two address lines that were taken apart: numbers and street first, then what stands beside them."""
    words, other_words = _telling(one), _telling(other)
    found = align(words, other_words)
    wrong = _wrong_numbers(one, other)
    if not wrong and _is_plain_number(found.left, words) and _is_plain_number(found.other_left, other_words):
        wrong.append("house-number")  # of a second address in the line
    if not _is_street_the_same(found, one, other, words, other_words):
        wrong.append("street")
    if wrong:
        return mismatch(*wrong)
    differences = set(found.differences)
    added, missing = _left_over(found.left, words), _left_over(found.other_left, other_words)
    more, less = _other_units(one, other), _other_units(other, one)
    if added or more:
        differences.add("longer")
    if missing or less:
        differences.add("shorter")
    if one.number_first != other.number_first or not _in_order(found, one, other):
        differences.add("word-order")
    elif not {"longer", "shorter"} & differences and _small_words(one, found.left) != _small_words(
        other, found.other_left
    ):
        differences.add("small-words")
    return close(differences, missing=(*missing, *less), added=(*added, *more))


def _is_plain_number(places: Sequence[int], words: Sequence[Word]) -> bool:
    """Whether a word at one of these positions begins with a digit and is not an ordinal such as “17.”."""
    return any(words[place].text[:1].isdigit() and not words[place].text.endswith(".") for place in places)


def _left_over(places: Sequence[int], words: Sequence[Word]) -> tuple[str, ...]:
    """The words at these positions, as written, without prepositions."""
    return tuple(words[place].shown for place in places if words[place].kind is not Kind.PREPOSITION)


def _other_units(one: AddressLine, other: AddressLine) -> tuple[str, ...]:
    """The flats, floors and buildings of ``one`` that the other line does not have, as written."""
    known = {(unit.label, unit.value) for unit in other.units}
    return tuple(unit.shown for unit in one.units if (unit.label, unit.value) not in known)


def _small_words(line: AddressLine, left: Sequence[int]) -> int:
    """How many articles the street has, and prepositions that the other line has not."""
    return sum(word.kind is Kind.SMALL for word in line.street) + len(left)


def _telling(line: AddressLine) -> list[Word]:
    """The words of the street, then those beside it, without articles."""
    return [word for word in (*line.street, *line.beside) if word.kind is not Kind.SMALL]


def _wrong_numbers(one: AddressLine, other: AddressLine) -> list[str]:
    """The code of the difference between the house numbers, or else the units, of two lines; empty if there is none.

    A unit that only one line has is no such difference.
    """
    if one.numbers != other.numbers:
        if not one.numbers:
            return ["house-number-not-said"]
        return ["house-number" if other.numbers else "house-number-not-on-record"]
    units, other_units = _by_label(one), _by_label(other)
    common = units.keys() & other_units.keys()
    return ["unit-number"] if any(units[label] != other_units[label] for label in common) else []


def _by_label(line: AddressLine) -> dict[str, list[str]]:
    """What is counted (flat, floor, …) → the numbers of it in a line, in their order."""
    found: dict[str, list[str]] = {}
    for unit in line.units:
        found.setdefault(unit.label, []).append(unit.value)
    return found


def _is_street_the_same(
    found: Alignment, one: AddressLine, other: AddressLine, words: list[Word], other_words: list[Word]
) -> bool:
    """Whether what has no partner stands beside the street, or adds little to what tells it from other streets."""
    if not words or not other_words:
        return not words and not other_words
    left = [place for place in found.left if place < _street_length(one)]
    other_left = [place for place in found.other_left if place < _street_length(other)]
    if not left and not other_left:
        return bool(found.pairs)
    if left and other_left:
        return False
    paired = [(words[place], other_words[other_place]) for place, other_place in found.pairs]
    unpaired = [words[place] for place in left] or [other_words[place] for place in other_left]
    shares = any(_tells(word) and _tells(partner) for word, partner in paired)
    only_directions = all(word.kind in (Kind.DIRECTION, Kind.PREPOSITION) for word in unpaired)
    named = any(word.kind not in _ADDS_LITTLE for word, _ in paired)
    return shares or (only_directions and named)


def _street_length(line: AddressLine) -> int:
    """How many words of ``_telling`` belong to the street."""
    return sum(word.kind is not Kind.SMALL for word in line.street)


def _tells(word: Word) -> bool:
    """Whether a word tells one street from another: no kind of street, no name that every town has, no first name."""
    return word.kind in (Kind.WORD, Kind.NUMBER) and len(word.text) > 1


def _in_order(found: Alignment, one: AddressLine, other: AddressLine) -> bool:
    """Whether the partners in the streets follow one another in both lines."""
    length, other_length = _street_length(one), _street_length(other)
    pairs = sorted(pair for pair in found.pairs if pair[0] < length and pair[1] < other_length)
    places = [place for _, place in pairs]
    return places == sorted(places)
