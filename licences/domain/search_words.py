"""The words that a look-up compares: how they are folded for the index, and what a slip may have made of one.

A search text holds the words of a serial's customer, contact, site and registration, two blanks before each: so a
beginning of a word, even of one letter, is a run of three symbols, which is what both databases index.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import lru_cache

from licences.domain.matching import fold_name

GAP = "  "
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST_PART = 3  # a shorter word is looked for at the beginning of words only
SHORTEST_TELEPHONE_PART = 4
_LONGEST_WORD = 60
_LONGEST_TEXT = 1500

# Country codes of one and two digits (ITU-T E.164); all others have three.
_SHORT_COUNTRY_CODES = frozenset(
    "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 "
    "81 82 84 86 90 91 92 93 94 95 98".split()
)
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_TELEPHONE = re.compile(r"\+?[\d()/.\s-]+")
_ONE_NUMBER = re.compile(r"[\d+][\d()/.\s-]*")


# --- Words -------------------------------------------------------------------------------------------


def words_of(text: str) -> list[str]:
    """The words of a text in the one spelling that is searched. An e-mail address is one word."""
    return [word for part in text.split() for word in _words_of_part(part[:_LONGEST_WORD])]


@lru_cache(maxsize=4096)
def _words_of_part(part: str) -> tuple[str, ...]:
    if "@" in part.strip("@"):
        return (email_word(part),)
    return tuple(word for word in fold_name(part).split() if any(symbol.isalnum() for symbol in word))


def email_word(address: str) -> str:
    """An e-mail address, folded as names are but for its dots and hyphens."""
    pieces = re.split(r"([@.+_-])", address)
    return "".join(piece if piece in "@.+_-" else "".join(fold_name(piece).split()) for piece in pieces if piece)


def joined_word(text: str) -> str:
    """A postcode or a customer number as one word, however it is spaced."""
    return "".join(symbol for symbol in unicodedata.normalize("NFKC", text).casefold() if symbol.isalnum())


# --- Telephone numbers ---------------------------------------------------------------------------------


def is_telephone(text: str) -> bool:
    """Whether a text could be (part of) a telephone number in any notation."""
    found = _TELEPHONE.fullmatch(text.strip())
    return found is not None and len(_digits(text)) >= SHORTEST_TELEPHONE_PART


def telephone_part(text: str) -> str:
    """The digits of a number as they stand in any notation of it: without country code and leading zeros."""
    digits = _digits(_TRUNK_ZERO.sub("", text))
    if text.strip().startswith("+") or digits.startswith("00"):
        digits = digits.removeprefix("00")
        known = next((size for size in (1, 2) if digits[:size] in _SHORT_COUNTRY_CODES), 3)
        digits = digits[known:] if len(digits) > known + 2 else digits
    short = digits.lstrip("0")
    return short if len(short) >= SHORTEST_TELEPHONE_PART else digits


def telephone_words(text: str) -> list[str]:
    """Each number in a text as one run of digits."""
    found = (_digits(_TRUNK_ZERO.sub("", number)) for number in _ONE_NUMBER.findall(text))
    return [digits for digits in found if len(digits) >= SHORTEST_TELEPHONE_PART]


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(symbol)) for symbol in text if symbol.isdigit() and symbol.isdecimal())


# --- The text that is indexed ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Searchable:
    """What one party of a serial can be found by: its customer, or who is named in its registration."""

    name: str = ""
    contact_name: str = ""
    city: str = ""
    postcode: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    number: str = ""

    def names(self) -> Iterator[str]:
        """Words that people misspell."""
        for text in (self.name, self.contact_name, self.city):
            yield from words_of(text)

    def words(self) -> Iterator[str]:
        yield from self.names()
        yield joined_word(self.postcode)
        yield from words_of(self.contact_email)
        yield from telephone_words(self.contact_phone)
        yield joined_word(self.number)


SEARCHABLE = tuple(each.name for each in fields(Searchable))


def search_text(parties: Iterable[Searchable], site_name: str = "") -> str:
    """All words of a serial, each once."""
    words = [word for party in parties for word in party.words()] + words_of(site_name)
    return as_text(words)


def as_text(words: Iterable[str]) -> str:
    text = GAP + GAP.join(dict.fromkeys(filter(None, words)))
    return text[:_LONGEST_TEXT]


def part_in_text(word: str) -> str:
    """What has to stand in a search text for a word that was typed to be in it."""
    if len(word) == 1:
        return GAP + word
    return f" {word}" if len(word) < SHORTEST_PART else word


# --- What may have been meant ------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def one_slip_away(word: str) -> frozenset[str]:
    """Every word of letters that one slip makes of another: a letter wrong, missing, too many, or two swapped."""
    splits = [(word[:index], word[index:]) for index in range(len(word) + 1)]
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in splits if len(tail) > 1}
    extra = {head + tail[1:] for head, tail in splits if tail}
    changed = {head + letter + tail[1:] for head, tail in splits if tail for letter in LETTERS}
    missing = {head + letter + tail for head, tail in splits for letter in LETTERS}
    return frozenset(swapped | extra | changed | missing) - {word, ""}


def divisions(word: str) -> list[tuple[str, str]]:
    """The two words that one may be when a blank was forgotten."""
    return [(word[:index], word[index:]) for index in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)]


# --- Sound ---------------------------------------------------------------------------------------------------

_SOUNDS = {
    **dict.fromkeys("aeijouy", "0"), "b": "1", "p": "1", **dict.fromkeys("dt", "2"), **dict.fromkeys("fvw", "3"),
    **dict.fromkeys("gkq", "4"), "l": "5", **dict.fromkeys("mn", "6"), "r": "7", **dict.fromkeys("sz", "8"),
}  # fmt: skip


@lru_cache(maxsize=4096)
def sound(word: str) -> str:
    """The Cologne phonetics of a folded word: Meier, Mayer and Maier sound alike. Empty where it has no letters."""
    codes = [_sound_at(word, index) for index in range(len(word))]
    runs = [
        code for index, code in enumerate(codes) if code and (index == 0 or code[0] != (codes[index - 1] or " ")[-1])
    ]
    spoken = "".join(runs)
    return (spoken[:1] + spoken[1:].replace("0", ""))[:12]


def _sound_at(word: str, index: int) -> str:
    letter = word[index]
    before = word[index - 1] if index else ""
    after = word[index + 1] if index + 1 < len(word) else ""
    if letter == "p" and after == "h":
        return "3"
    if letter in "dt" and after and after in "csz":
        return "8"
    if letter == "x":
        return "8" if before and before in "ckq" else "48"
    if letter == "c":
        return _sound_of_c(before, after)
    return _SOUNDS.get(letter, "")


def _sound_of_c(before: str, after: str) -> str:
    if not before:
        return "4" if after and after in "ahkloqrux" else "8"
    if before in "sz":
        return "8"
    return "4" if after and after in "ahkoqux" else "8"
