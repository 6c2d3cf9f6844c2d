"""How typed words fit the words of a record: as a whole word, at the beginning of one, or only inside one."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from licences.domain.search_words import (
    GAP,
    SHORTEST_PART,
    SHORTEST_TELEPHONE_PART,
    email_word,
    joined_word,
    name_words_of,
    national_number,
    postcode_word,
    street_words,
    telephone_index_words,
    telephone_numbers,
    telephone_part,
    telephone_words,
    words_of,
)
from licences.lookup.match_kinds import MatchKind
from licences.lookup.serial_summaries import SerialSummary

Readings = Sequence[str]  # a typed word, and the words that will do instead


class Fit(IntEnum):
    """How well something fits what was typed. What is only ``INSIDE`` a word is never an answer by itself."""

    NONE = 0
    INSIDE = 1
    BEGINS = 2
    WHOLE = 3


@dataclass(frozen=True, slots=True)
class SearchedField:
    """A field of a record as it is searched: what it is called as a reason, its text, and its words."""

    kind: MatchKind
    text: str
    words: Sequence[str]

    def fit_of(self, readings: Readings) -> Fit:
        """How well the field fits a typed word in the best of its readings."""
        if self.kind is MatchKind.TELEPHONE:
            return max((fit_of_number(each, self.text) for each in readings), default=Fit.NONE)
        return fit_of_word(readings, self.words)

    def fit_of_all(self, typed: Sequence[Readings]) -> Fit:
        """How well the field fits all typed words, which is as well as the one that fits worst."""
        worst = Fit.WHOLE
        for readings in typed:
            worst = min(worst, self.fit_of(readings))
            if worst is Fit.NONE:
                break
        return worst


def fit_of_word(readings: Readings, words: Sequence[str]) -> Fit:
    """How well the best of the words fits the best reading of a typed word.

    Only the word as typed may be inside another: Genève is called Genf, but Klagenfurt is not meant. And drei is 3,
    but no longer number.
    """
    fits = ((_fit(reading, word), reading) for word in words for reading in readings if reading in word)
    return max((fit for fit, reading in fits if fit >= _least_fit(reading, readings)), default=Fit.NONE)


def _least_fit(reading: str, readings: Readings) -> Fit:
    """How well a word on record has to fit one of the readings to fit at all."""
    if reading is readings[0]:
        return Fit.INSIDE
    return Fit.WHOLE if len(reading) < SHORTEST_PART else Fit.BEGINS


def _fit(reading: str, word: str) -> Fit:
    """How one reading of a typed word fits a word on record: as the whole, its beginning, a part inside it, or not.

    In an e-mail address, words begin behind its signs too.
    """
    if word == reading:
        return Fit.WHOLE
    if re.search(rf"(?<![^\W_]){re.escape(reading)}", word):
        return Fit.BEGINS
    return Fit.INSIDE if len(reading) >= SHORTEST_PART else Fit.NONE


def fit_of_number(digits: str, text: str) -> Fit:
    """How well the telephone numbers in a text on record fit digits that were typed.

    ``WHOLE``: the number, with or without its country code. ``BEGINS``: they begin where a group of digits does, or are
    the end, or begin the number with the zero of its area code. ``INSIDE``: they are elsewhere in it. Fewer digits than
    a part of a number needs are ``INSIDE`` at most, unless they are the area code.
    """
    best = Fit.NONE
    if not digits.isdigit():
        return best
    for number in telephone_numbers(text):
        (whole,) = telephone_words(number)
        national = telephone_part(number)
        if digits in (whole, national):
            return Fit.WHOLE
        starts = {0, len(whole) - len(national), *_group_starts(number)}
        begins = any(whole.startswith(digits, start) for start in starts)
        is_long = len(digits) >= SHORTEST_TELEPHONE_PART
        if (is_long and (begins or whole.endswith(digits))) or _is_area_code(digits, number):
            best = max(best, Fit.BEGINS)
        elif digits in whole and len(digits) >= SHORTEST_PART:
            best = max(best, Fit.INSIDE)
    return best


def _is_area_code(digits: str, number: str) -> bool:
    """Whether a number begins with digits that may be its area code: with the zero, or the first group without it."""
    national = national_number(number)
    if len(digits) < SHORTEST_PART or digits.startswith("00"):
        return False
    if digits.startswith("0"):
        return national.startswith(digits)
    (whole,) = telephone_words(number)
    start = len(whole) - len(telephone_part(number))
    return national.startswith(digits, 1) and start + len(digits) in _group_starts(number)


def _group_starts(number: str) -> Iterator[int]:
    """The positions in a telephone number, counted in digits, where a group of digits begins; not the zero in (0)."""
    position = 0
    for group in re.findall(r"\d+", re.sub(r"\(\s*0\s*\)", "", number)):
        yield position
        position += len(group)


def searched_fields(serial: SerialSummary) -> Iterator[SearchedField]:
    """The fields of a serial number that are searched, without empty ones, in the order in which a reason names them.

    Made one by one: most hits fit by their name.
    """
    for kind, column, words_in in _FIELDS:
        if value := getattr(serial, column):
            yield SearchedField(kind, value, words_in(value))
    if registered := _registered_words(serial):
        yield SearchedField(MatchKind.REGISTRATION, "", registered)
    for name in serial.former_names.splitlines():
        yield SearchedField(MatchKind.FORMER, name, words_of(name))
    for reference in serial.ticket_references.splitlines():
        yield SearchedField(MatchKind.TICKET, reference, words_of(reference))


def _postcode_words(text: str) -> list[str]:
    """The words of a postcode: as one word, and as it is spaced."""
    return [postcode_word(text), *words_of(text)]


def _number_words(text: str) -> list[str]:
    """The words of a customer number: as one word, and as it is spaced."""
    return [joined_word(text), *words_of(text)]


def _email_words(text: str) -> list[str]:
    """An e-mail address as one word."""
    return [email_word(text)]


_FIELDS: tuple[tuple[MatchKind, str, Callable[[str], list[str]]], ...] = (
    (MatchKind.NAME, "customer_name", name_words_of),
    (MatchKind.CONTACT, "contact_name", name_words_of),
    (MatchKind.TELEPHONE, "contact_phone", telephone_words),
    (MatchKind.POSTCODE, "postcode", _postcode_words),
    (MatchKind.TOWN, "city", words_of),
    (MatchKind.EMAIL, "contact_email", _email_words),
    (MatchKind.SITE, "site_name", words_of),
    (MatchKind.NUMBER, "number", _number_words),
    (MatchKind.STREET, "address_line1", street_words),
    (MatchKind.STREET, "address_line2", street_words),
)


def _registered_words(serial: SerialSummary) -> list[str]:
    """The words of the latest registration that differ from the customer's."""
    words = []
    if serial.registered_name and serial.registered_name != serial.customer_name:
        words += name_words_of(serial.registered_name)
    if serial.registered_address != serial.address_line1:
        words += street_words(serial.registered_address)
    if serial.registered_email != serial.contact_email:
        words += words_of(serial.registered_email)
    if serial.registered_phone != serial.contact_phone:
        words += telephone_index_words(serial.registered_phone)
    return words


def indexed_words(serial: SerialSummary) -> SearchedField:
    """A field of all words of the serial number's search text but the codes; more than the fields that are read."""
    words = [word for word in serial.search_text.split(GAP) if word and not word.isupper()]
    return SearchedField(MatchKind.REGISTRATION, "", words)
