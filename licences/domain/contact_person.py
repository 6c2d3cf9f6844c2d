"""A contact person, as the values under which records name them
(docs/personal-data.md#a-contact-person-wants-to-be-forgotten).

Two values are the same if only capitals, blanks, or the notation of a telephone number differ.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from licences.domain.search_words import telephone_part

_FEWEST_SYMBOLS = 2  # letters or digits of a value that is looked for in texts; a dash for “none” is in too many
_SHORTEST_NUMBER = 6  # digits; a shorter number is looked for in texts as it is written
_BETWEEN_DIGITS = r"[\s()/.–-]*"


class ContactPart(StrEnum):
    """What kind of value names a person."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class ContactPerson:
    """The names, telephone numbers and e-mail addresses of one person, as records have them."""

    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()

    @property
    def values(self) -> tuple[str, ...]:
        """All of them, names first."""
        return (*self.names, *self.phones, *self.emails)

    def is_named_by(self, part: ContactPart, value: str) -> bool:
        """Whether a column of this kind that holds ``value`` and nothing else is about this person."""
        return bool(value.strip()) and contact_key(part, value) in _keys(part, self._values_of(part))

    def is_named_in(self, text: str) -> bool:
        """Whether a text contains one of the values, in whole words."""
        pattern = _pattern(self)
        return pattern is not None and pattern.search(_plain(text)) is not None

    def without_values_in(self, texts: Iterable[str]) -> "ContactPerson":
        """This person without the values that one of the texts contains in whole words."""
        others = "\n".join(texts)
        return ContactPerson(
            names=tuple(name for name in self.names if not ContactPerson(names=(name,)).is_named_in(others)),
            phones=tuple(phone for phone in self.phones if not ContactPerson(phones=(phone,)).is_named_in(others)),
            emails=tuple(email for email in self.emails if not ContactPerson(emails=(email,)).is_named_in(others)),
        )

    def _values_of(self, part: ContactPart) -> tuple[str, ...]:
        return {ContactPart.NAME: self.names, ContactPart.PHONE: self.phones, ContactPart.EMAIL: self.emails}[part]


def contact_key(part: ContactPart, value: str) -> str:
    """Return the form in which values of one kind are compared; empty for an empty value.

    Telephone numbers are compared by their digits, without country code and leading zeros.
    """
    digits = telephone_part(value) if part is ContactPart.PHONE else ""
    return digits or _plain(value)


@lru_cache(maxsize=64)
def _keys(part: ContactPart, values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(contact_key(part, value) for value in values)


@lru_cache(maxsize=64)
def _pattern(person: ContactPerson) -> re.Pattern[str] | None:
    """What finds the person's values in a text made by ``_plain``; None without values."""
    names, emails = (
        [re.escape(_plain(value)) for value in values if _is_telling(value)] for values in (person.names, person.emails)
    )
    numbers = [contact_key(ContactPart.PHONE, phone) for phone in person.phones]
    long = [number for number in numbers if number.isdigit() and len(number) >= _SHORTEST_NUMBER]
    short = [re.escape(_plain(phone)) for phone in person.phones if _is_telling(phone)]
    choices = [rf"(?<!\w){text}(?!\w)" for text in (*names, *short)]
    choices += [rf"(?<![\w.+-]){text}(?![\w-]|\.\w)" for text in emails]
    choices += [_BETWEEN_DIGITS.join(number) + r"(?!\d)" for number in long]
    return re.compile("|".join(sorted(choices, key=len, reverse=True))) if choices else None


def _is_telling(value: str) -> bool:
    return sum(map(str.isalnum, value)) >= _FEWEST_SYMBOLS


def _plain(text: str) -> str:
    """A text in small letters, with composed accents and one blank between words."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
