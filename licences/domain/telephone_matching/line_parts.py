"""An address line taken apart: house number, street, and what else is said of the place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from licences.domain.telephone_matching.house_numbers import with_whole_numbers
from licences.domain.telephone_matching.said_numbers import number_at_end, number_in_front
from licences.domain.telephone_matching.street_words import (
    FLOOR,
    UNIT,
    is_crossing,
    is_month,
    is_number_sign,
    is_postbox,
    is_road_with_number,
    is_street_type,
    label_of,
    ordinal_of,
    street_words,
)
from licences.domain.telephone_matching.tables import streets
from licences.domain.telephone_matching.words import MAX_WORDS, Kind, Word, clean, is_number, split_words

_ASIDE = re.compile(r"[,;()\[\]|•]|\s[-–—]\s")
_CARE_OF = re.compile("|".join(rf"(?<!\w){re.escape(each)}" for each in streets.CARE_OF), re.IGNORECASE)
_POSTCODE_LENGTHS = (4, 5)
_YEARS = range(1700, 2100)


class Unit(NamedTuple):
    """A flat, floor or building: what its number counts, the number, and how both are written."""

    label: str
    value: str
    shown: str


@dataclass(slots=True)
class Segment:
    """What stands between two commas: its words, house numbers with the words before them, and units."""

    words: list[Word] = field(default_factory=list)
    numbers: list[tuple[int, str]] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    is_aside: bool = False  # a crossing, a c/o line


@dataclass(frozen=True, slots=True)
class AddressLine:
    """``street`` are the words of the street's name, ``beside`` all other words: building, crossing, town.

    ``numbers`` are the house numbers as written, each in one word; ``units`` are what lies in the house, by label.
    """

    numbers: tuple[str, ...]
    units: tuple[Unit, ...]
    street: tuple[Word, ...]
    beside: tuple[Word, ...]
    number_first: bool


@lru_cache(maxsize=256)
def take_line_apart(text: str) -> AddressLine:
    """Take an address line apart, as it is written in any of the countries; never fails.

    ``number_first`` is whether the house number stands before the street. Where a line has units and no house number,
    the units are its numbers.
    """
    segments = [each for each in _segments(with_whole_numbers(clean(text))) if each.words or each.numbers or each.units]
    if not segments:
        return AddressLine((), (), (), (), False)
    segments = _numbers_to_their_words(_with_said_numbers(segments))
    main = _main(segments)
    street, beside = _street_of(main)
    for other in segments:
        if other is not main:
            beside += [*other.words, *(_as_word(number) for _, number in other.numbers)]
    units = tuple(unit for each in segments for unit in each.units)
    numbers = tuple(number for _, number in main.numbers)
    if not numbers and units:  # Tor 2 Werk 5: there is no other number that tells one house from another
        numbers, units = tuple(f"{unit.label} {unit.value}" for unit in sorted(units)), ()
    first = bool(main.numbers) and main.numbers[0][0] == 0
    return AddressLine(numbers, units, tuple(street), tuple(beside), first)


# --- Segments ----------------------------------------------------------------------------------------------


def _segments(text: str) -> list[Segment]:
    """The parts of a line between its commas, brackets and dashes; what follows a c/o or a crossing is an aside."""
    found: list[Segment] = []
    left = MAX_WORDS
    for part in _ASIDE.split(text):
        care_of = _CARE_OF.search(part)
        pieces = (
            [(part, False)] if care_of is None else [(part[: care_of.start()], False), (part[care_of.end() :], True)]
        )
        for piece, is_aside in pieces:
            tokens = split_words(piece)[:left]
            left -= len(tokens)
            found += _at_crossings(tokens, is_aside=is_aside, known=any(each.numbers for each in found))
    return found


def _at_crossings(tokens: Sequence[Word], *, is_aside: bool, known: bool) -> list[Segment]:
    """255 Courtland St. at Harris St.: what follows the “at” is beside the street."""
    at = next((place for place in range(2, len(tokens) - 1) if is_crossing(tokens[place])), None)
    if at is None:
        return [_read(tokens, is_aside=is_aside, known=known)]
    first = _read(tokens[:at], is_aside=is_aside, known=known)
    return [first, _read(tokens[at + 1 :], is_aside=True, known=True)]


def _read(tokens: Sequence[Word], *, is_aside: bool, known: bool) -> Segment:
    """Take one segment apart into words, house numbers and units; ``known``: a house number stands before it."""
    segment = Segment(is_aside=is_aside)
    raw: list[Word] = []
    position = 0
    while position < len(tokens):
        taken = _unit_at(tokens, position, segment, bool(segment.numbers) or known)
        if not taken:
            taken = _number_at(tokens, position, segment, raw, known)
        if not taken:
            raw.append(tokens[position])
            taken = 1
        position += taken
    segment.words, places = street_words(raw)
    segment.numbers = [(places[before], number) for before, number in segment.numbers]
    return segment


def _unit_at(tokens: Sequence[Word], position: int, segment: Segment, known: bool) -> int:
    """Add the unit that begins at a position, as in Flat 2, Top 3, 3. OG, 2nd floor; returns how many words it has.

    0: none begins there. ``known``: a house number stands before it.
    """
    label = label_of(tokens[position])
    if label is not None:
        place = position + 1
        if place < len(tokens) and is_number_sign(tokens[place]):
            place += 1
        if place < len(tokens) and (value := _unit_value(tokens, place)):
            taken = place + 1 - position + (value not in (tokens[place].text, _digits(tokens[place])))
            segment.units.append(_unit(label, value, tokens[position : position + taken]))
            return taken
        return 0
    following = label_of(tokens[position + 1]) if position + 1 < len(tokens) else None
    if following != FLOOR or not is_number(tokens[position]):
        return 0
    ends = position + 2 == len(tokens)
    if known or tokens[position].dotted or not tokens[position].text.isdigit() or (ends and position > 0):
        segment.units.append(_unit(FLOOR, _digits(tokens[position]), tokens[position : position + 2]))
        return 2
    return 0


def _unit(label: str, value: str, tokens: Sequence[Word]) -> Unit:
    """A unit with its words as written."""
    return Unit(label, value, " ".join(f"{each.shown}{'.' * each.dotted}" for each in tokens))


def _unit_value(tokens: Sequence[Word], place: int) -> str:
    """The number or letter of a unit that stands at ``place``, as in Flat 2, 3rd floor, Halle A 7; empty for none."""
    text = tokens[place].text
    if is_number(tokens[place]):
        return _digits(tokens[place]) if ordinal_of(tokens[place]) else text
    if len(text) != 1 or not text.isalpha():
        return ""
    ends = place + 2 == len(tokens) and tokens[place + 1].text.isdigit()
    return text + tokens[place + 1].text if ends and place == 1 else text  # Halle A 7 is Halle A7


def _digits(word: Word) -> str:
    """The digits of a word: 3 for 3rd."""
    return "".join(symbol for symbol in word.text if symbol.isdigit())


def _number_at(tokens: Sequence[Word], position: int, segment: Segment, raw: list[Word], known: bool) -> int:
    """Add the number at a position: that of a street's name to its words, a house number to the numbers.

    Returns how many words it has; 0: there is none.
    """
    word = tokens[position]
    after = tokens[position + 1] if position + 1 < len(tokens) else None
    if is_number_sign(word) and after is not None and is_number(after):
        if known or segment.numbers:
            segment.units.append(_unit(UNIT, after.text, [word, after]))
            return 2
        return 1
    if (ordinal := ordinal_of(word)) is not None:
        raw.append(replace(word, text=ordinal, kind=Kind.NUMBER))
        return 1
    if not is_number(word):
        taken, number = number_in_front(tokens) if position == 0 else (0, "")
        segment.numbers += [(0, number)] * bool(taken)
        return taken
    if raw and is_postbox(raw[-1]):
        rest = [each.text for each in tokens[position:]]
        pairs = next((place for place, text in enumerate(rest) if not text.isdigit()), len(rest)) or 1
        segment.numbers.append((len(raw), "".join(rest[:pairs])))
        return pairs
    if _is_of_a_name(tokens, position, segment, raw) or _is_postcode(tokens, position, segment, known):
        is_day = after is not None and is_month(after)  # 17 Juni is siebzehnter Juni
        raw.append(replace(word, text=f"{word.text}." if is_day else word.text, kind=Kind.NUMBER))
        return 1
    segment.numbers.append((len(raw), word.text))
    return 1


def _is_of_a_name(tokens: Sequence[Word], position: int, segment: Segment, raw: Sequence[Word]) -> bool:
    """The 17 of Straße des 17. Juni, the 1945 of rue du 8 mai 1945, the 61 of Highway 61."""
    word = tokens[position]
    if raw and is_road_with_number(raw[-1]) and position == len(tokens) - 1 and word.text.isdigit():
        return True
    if not word.text.isdigit():
        return False
    if raw and is_month(raw[-1]) and int(word.text[:9]) in _YEARS:
        return True
    ahead = position + 1
    if ahead < len(tokens) and tokens[ahead].text == "de":  # 18 de Julio
        ahead += 1
    if ahead >= len(tokens) or not is_month(tokens[ahead]) or int(word.text[:9]) > 31:
        return False
    others = any(is_number(each) for each in [*tokens[:position], *tokens[ahead + 1 :]])
    return position > 0 or others or word.dotted


def _is_postcode(tokens: Sequence[Word], position: int, segment: Segment, known: bool) -> bool:
    """Whether a word is a postcode: a number of four or five digits, after a house number in the line.

    In the segment of the house number itself, words must follow it. ``known``: a house number stands before the
    segment.
    """
    word = tokens[position]
    if not word.text.isdigit() or len(word.text) not in _POSTCODE_LENGTHS:
        return False
    last = position == len(tokens) - 1
    return (known or bool(segment.numbers)) and (not last or known)


def _with_said_numbers(segments: list[Segment]) -> list[Segment]:
    """The segments with a house number that is said in words at the end of one; where a line has digits, they are it.

    A number alone in its segment, as in Calle Mayor, doce, is a house number as well.
    """
    numbered = next((place for place, each in enumerate(segments) if each.numbers), len(segments))
    behind = segments[numbered:]
    if any(not _begins_with_postcode(each) for each in behind if each.numbers):
        return segments
    for place, segment in enumerate(segments[:numbered]):
        before = segments[place - 1].words if place and not segments[place - 1].is_aside else []
        taken, number = number_at_end([*before, *segment.words]) if not segment.is_aside else (0, "")
        if 0 < taken <= len(segment.words):
            del segment.words[len(segment.words) - taken :]
            segment.numbers = [(len(segment.words), number)]
            for each in behind:
                each.words[:0] = [_as_word(postcode) for _, postcode in each.numbers]
                each.numbers = []
            break
    return segments


def _begins_with_postcode(segment: Segment) -> bool:
    """Whether the only number of a segment stands before its words and may be a postcode: 01067 Dresden."""
    at, number = segment.numbers[0]
    alone = len(segment.numbers) == 1 and at == 0 and bool(segment.words)
    return alone and number.isdigit() and len(number) in _POSTCODE_LENGTHS


# --- Which of them is the street ----------------------------------------------------------------------------


def _numbers_to_their_words(segments: list[Segment]) -> list[Segment]:
    """Calle Mayor, 12 and 12, rue Victor Hugo: a number alone belongs to the words before or after it."""
    done: list[Segment] = []
    waiting: list[tuple[int, str]] = []
    for segment in segments:
        alone = segment.numbers and not segment.words and not segment.is_aside
        if alone and done and done[-1].words and not done[-1].numbers and not done[-1].is_aside:
            done[-1].numbers += [(len(done[-1].words), number) for _, number in segment.numbers]
            done[-1].units += segment.units
        elif alone and segment is not segments[-1] and not any(each.numbers for each in done):
            waiting += segment.numbers
        else:
            if waiting and segment.words and not segment.numbers:
                segment.numbers = [(0, number) for _, number in waiting]
                waiting = []
            done.append(segment)
    if waiting:
        done.append(Segment(numbers=waiting))
    return done


def _main(segments: Sequence[Segment]) -> Segment:
    """The segment of the street: with words and a number, else with a kind of street, else the first."""
    ranked = (
        [each for each in segments if each.words and each.numbers and not each.is_aside],
        [each for each in segments if any(map(is_street_type, each.words)) and not each.is_aside],
        [each for each in segments if each.words and not each.is_aside],
        list(segments),
    )
    return next(found[0] for found in ranked if found)


def _street_of(segment: Segment) -> tuple[list[Word], list[Word]]:
    """The words of the street and those beside it, by where the house number and the kind of street stand."""
    if not segment.numbers:
        return list(segment.words), []
    at = segment.numbers[0][0]
    before, after = segment.words[:at], segment.words[at:]
    if before and not (any(map(is_street_type, after)) and not any(map(is_street_type, before))):
        return before, after
    end = _end_of_street(after)
    return after[:end], [*before, *after[end:]]


def _end_of_street(words: Sequence[Word]) -> int:
    """Behind the kind of street, and a direction after it; all words where the kind stands first, as in rue Lepic."""
    kinds = [place for place, word in enumerate(words) if place > 0 and is_street_type(word)]
    named = [place for place in kinds if words[place].text != "st" or place == kinds[-1]]
    if not named or is_street_type(words[0]):
        return len(words)
    end = named[0] + 1
    while end < len(words) and words[end].kind is Kind.DIRECTION:
        end += 1
    return end


def _as_word(number: str) -> Word:
    """A house number as a word beside the street."""
    return Word(number, number, kind=Kind.NUMBER)
