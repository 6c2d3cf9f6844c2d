"""Words for the look-up: how they are folded for the index, and how a misspelled word is compared.

A search text holds the words of a serial's customer, contact, address, site and registration, with two blanks before
each. So even a single first letter is part of a run of three characters (a trigram), which is what both databases
index. Codes are in it too, in capitals, so that no typed word finds them by chance.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import lru_cache

from licences.domain.matching import address_key, fold_name
from licences.domain.record_keys import with_plain_dashes
from licences.domain.street_spellings import spelled_out, without_elision

GAP = "  "
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST_PART = 3  # a shorter word is searched at the beginning of words only
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
# Only before digits alone: the letters of CF11 9LN and L1 8JQ are no country.
_POSTCODE_COUNTRY = re.compile(
    r"(?:DE|AT|CH|LI|FR|IT|PL|NL|BE|LU|CZ|DK|ES|US|D|A|F|I|B|L)[- ]?(?=\d[\d -]{2,9}$)|(?:GB|UK)[- ](?=[A-Z]{1,2}\d)",
    re.I,
)
_APARTED = dict.fromkeys(map(ord, "'\u2019\u2018\u02bc`\u00b4"), " ")
_SHORTEST_INTERNATIONAL = 10  # digits of a telephone number that may begin with a country code without a plus
_HOUSE_NUMBER = re.compile(r"[1-9]\d{0,3}(?:[/-]\d{1,3}){1,3}")
_ONE_NUMBER = re.compile(r"[\d+][\d()/.\s-]*")


# --- Words -------------------------------------------------------------------------------------------


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded as they are searched. An e-mail address is one word."""
    return [word for part in text.split() for word in _words_of_part(part[:_LONGEST_WORD])]


@lru_cache(maxsize=4096)
def _words_of_part(part: str) -> tuple[str, ...]:
    """The folded words of a text without blanks; an e-mail address is one word."""
    if "@" in part.strip("@"):
        return (email_word(part),)
    return tuple(word for word in fold_name(part).split() if any(symbol.isalnum() for symbol in word))


def name_words_of(name: str) -> list[str]:
    """Return the words of a name, and those that an apostrophe ties to the word before: d'Électricité, O'Neill."""
    parted = name.translate(_APARTED)
    return words_of(name) if parted == name else list(dict.fromkeys([*words_of(name), *words_of(parted)]))


def email_word(address: str) -> str:
    """Return an e-mail address as one word, folded as names are, but with its punctuation."""
    pieces = re.split(r"([@.+_-])", address)
    return "".join(piece if piece in "@.+_-" else "".join(fold_name(piece).split()) for piece in pieces if piece)


def joined_word(text: str) -> str:
    """Return a postcode or a customer number as one word of letters and digits, however it is spaced."""
    return "".join(symbol for symbol in unicodedata.normalize("NFKC", text).casefold() if symbol.isalnum())


def postcode_word(text: str) -> str:
    """Return a postcode as one word, without the prefix of a country: D-01067 is 01067."""
    bare = text.strip()
    prefix = _POSTCODE_COUNTRY.match(bare)
    return joined_word(bare[prefix.end() :] if prefix else bare)


def street_words(line: str) -> list[str]:
    """Return the words of an address line: as written, abbreviated as addresses are compared, and spelled out."""
    return list(_words_of_line(line)) if line else []


@lru_cache(maxsize=4096)
def _words_of_line(line: str) -> tuple[str, ...]:
    """The words of an address line, as written, as ``address_key`` abbreviates them, and in full, each once.

    A word that an article is elided before (l'Hôtel) is among them without it.
    """
    spelled = (word for words in spelled_out(line).values() for word in words)
    bare = (word for words in without_elision(line).values() for word in words)
    return tuple(dict.fromkeys([*fold_name(line).split(), *address_key(line).split(), *spelled, *bare]))


def house_number_words(text: str) -> list[str]:
    """Return a house number of several parts as the word that texts of streets have for it: 104/7 is 104over7.

    Empty for anything else, a longer telephone number among it. ``text`` has digits and signs only.
    """
    return address_key(text).split() if _HOUSE_NUMBER.fullmatch(with_plain_dashes(text)) else []


# --- Telephone numbers ---------------------------------------------------------------------------------


def is_telephone(text: str) -> bool:
    """Tell whether a text could be a telephone number, or a part of one with at least four digits, in any notation."""
    return (
        _TELEPHONE.fullmatch(with_plain_dashes(text).strip()) is not None
        and len(_digits(text)) >= SHORTEST_TELEPHONE_PART
    )


def telephone_part(text: str) -> str:
    """Return the digits that every notation of a telephone number has: without country code and leading zeros."""
    digits = _digits(_TRUNK_ZERO.sub("", text))
    if text.strip().startswith("+") or digits.startswith("00"):
        digits = digits.removeprefix("00")
        code_length = next((length for length in (1, 2) if digits[:length] in _SHORT_COUNTRY_CODES), 3)
        digits = digits[code_length:] if len(digits) > code_length + 2 else digits
    short = digits.lstrip("0")
    return short if len(short) >= SHORTEST_TELEPHONE_PART else digits


def telephone_readings(text: str) -> list[str]:
    """Return what the digits of a typed number may be: without country code and zeros, as typed, and, for a long one
    without a plus, without the country code that it may begin with.

    An area code alone has its zero before it: +49 911 is 0911."""
    part = telephone_part(text)
    is_area_code = len(part) < SHORTEST_TELEPHONE_PART and not part.startswith("0")
    readings = [f"0{part}" if is_area_code else part, _digits(_TRUNK_ZERO.sub("", text))]
    digits = readings[-1]
    if len(digits) >= _SHORTEST_INTERNATIONAL and not text.strip().startswith("+") and not digits.startswith("0"):
        readings.append(telephone_part(f"+{digits}"))
    return list(dict.fromkeys(readings))


def telephone_words(text: str) -> list[str]:
    """Return each telephone number in a text as one word of digits."""
    return [digits for number in telephone_numbers(text) if (digits := _digits(_TRUNK_ZERO.sub("", number)))]


def national_number(number: str) -> str:
    """Return the digits of a telephone number as it is dialled in its own country: with a zero, and no country code."""
    return f"0{telephone_part(number).lstrip('0')}"


def telephone_index_words(text: str) -> list[str]:
    """Return the words that each telephone number in a text is found by: as written, and as dialled in its country."""
    words = []
    for number in telephone_numbers(text):
        digits, national = _digits(_TRUNK_ZERO.sub("", number)), national_number(number)
        words += [digits] if digits.startswith(national) else [digits, national]
    return words


def telephone_numbers(text: str) -> list[str]:
    """Return each telephone number in a text as it is written, with hyphens for dashes."""
    numbers = (number.strip() for number in _ONE_NUMBER.findall(with_plain_dashes(text)))
    return [each for each in numbers if len(_digits(_TRUNK_ZERO.sub("", each))) >= SHORTEST_TELEPHONE_PART]


def without_extension(number: str) -> str:
    """Return the digits of a number before its extension, which a hyphen marks; empty where it marks none.

    Without country code and leading zeros. An extension has at most four digits, and seven stand before it.
    """
    head, hyphen, extension = with_plain_dashes(number).strip().rpartition("-")
    trunk = telephone_part(head) if hyphen and extension.strip().isdigit() and len(extension.strip()) <= 4 else ""
    return trunk if len(trunk) >= 7 else ""


def _digits(text: str) -> str:
    """The decimal digits of a text, of any script, as ASCII."""
    if text.isascii():
        return "".join(filter(str.isdigit, text))
    return "".join(str(unicodedata.digit(symbol)) for symbol in text if symbol.isdigit() and symbol.isdecimal())


# --- The text that is indexed ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SearchableParty:
    """What a serial can be found by, of one party: its customer, or the customer named in its registration."""

    name: str = ""
    contact_name: str = ""
    city: str = ""
    postcode: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    address_line1: str = ""
    address_line2: str = ""
    number: str = ""

    def names(self) -> Iterator[str]:
        """The words that people may misspell."""
        for text in (self.name, self.contact_name, self.city):
            yield from words_of(text)

    def words(self) -> Iterator[str]:
        """All words that it can be found by, with repetitions."""
        yield from self.names()
        yield from name_words_of(self.name)
        yield from name_words_of(self.contact_name)
        yield postcode_word(self.postcode)
        yield from words_of(self.contact_email)
        yield from telephone_index_words(self.contact_phone)
        yield joined_word(self.number)
        yield from street_words(self.address_line1)
        yield from street_words(self.address_line2)


SEARCHABLE_FIELDS = tuple(each.name for each in fields(SearchableParty))


def search_text(
    parties: Iterable[SearchableParty], site_name: str = "", *, codes: Iterable[str] = (), others: Iterable[str] = ()
) -> str:
    """Return the search text of a serial: all words of its parties and its site, each once.

    ``codes`` are its own code and its site IDs, canonical. ``others`` are further texts: former names and references.
    """
    words = [word for party in parties for word in party.words()] + words_of(site_name)
    return join_words([*words, *codes, *(word for text in others for word in words_of(text))])


def join_words(words: Iterable[str]) -> str:
    """Join words to a search text: each once, with a gap before it, at most 1,500 characters."""
    text = GAP + GAP.join(dict.fromkeys(filter(None, words)))
    return text[:_LONGEST_TEXT]


def indexed_part(word: str) -> str:
    """Return what a search text must contain if it contains a typed word: a short word only begins a word there."""
    if len(word) == 1:
        return GAP + word
    return f" {word}" if len(word) < SHORTEST_PART else word


def beginning_part(word: str) -> str:
    """Return what a search text must contain if one of its words begins with a typed word.

    Digits and addresses have no beginning that counts: telephone numbers are given from the middle, too.
    """
    return indexed_part(word) if len(word) < SHORTEST_PART or not word.isalpha() or word.isupper() else GAP + word


# --- Misspelled words --------------------------------------------------------------------------------------


@lru_cache(maxsize=16)  # 1,300 spellings of a word of 24 letters: 100 KB each
def one_slip_away(word: str) -> frozenset[str]:
    """Return every word that differs by one slip: a letter wrong, missing or too many, or two swapped."""
    splits = [(word[:index], word[index:]) for index in range(len(word) + 1)]
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in splits if len(tail) > 1}
    extra = {head + tail[1:] for head, tail in splits if tail}
    changed = {head + letter + tail[1:] for head, tail in splits if tail for letter in LETTERS}
    missing = {head + letter + tail for head, tail in splits for letter in LETTERS}
    return frozenset(swapped | extra | changed | missing) - {word, ""}


def two_word_splits(word: str) -> list[tuple[str, str]]:
    """Return the pairs of words that a word may be if a blank was forgotten, each of at least three letters."""
    return [(word[:index], word[index:]) for index in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)]


# --- Sound ---------------------------------------------------------------------------------------------------

_SOUNDS = {
    **dict.fromkeys("aeijouy", "0"), "b": "1", "p": "1", **dict.fromkeys("dt", "2"), **dict.fromkeys("fvw", "3"),
    **dict.fromkeys("gkq", "4"), "l": "5", **dict.fromkeys("mn", "6"), "r": "7", **dict.fromkeys("sz", "8"),
}  # fmt: skip


@lru_cache(maxsize=4096)
def sound(word: str) -> str:
    """Return the code of a folded word in Cologne phonetics, which is the same for Meier, Mayer and Maier.

    At most twelve digits; empty if the word has no letters.
    """
    codes = [_sound_at(word, index) for index in range(len(word))]
    runs = [
        code for index, code in enumerate(codes) if code and (index == 0 or code[0] != (codes[index - 1] or " ")[-1])
    ]
    spoken = "".join(runs)
    return (spoken[:1] + spoken[1:].replace("0", ""))[:12]


def _sound_at(word: str, index: int) -> str:
    """The phonetic code of one letter, which depends on its neighbours."""
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
    """The phonetic code of the letter C."""
    if not before:
        return "4" if after and after in "ahkloqrux" else "8"
    if before in "sz":
        return "8"
    return "4" if after and after in "ahkoqux" else "8"
