"""The words of a name or an address line: folded, with what they may stand for and how much they tell."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from licences.domain.folding import MAX_LENGTH, has_digit, lowered, normalized, without_accents
from licences.domain.telephone_matching.tables import numerals

MAX_WORDS = 80  # that are compared one by one

_ELISION = re.compile(r"(?<![^\W_])(l|d|dell|all|nell|sull|dall|sant|qu)['’‘ʼ`´](?=[^\W\d_])", re.IGNORECASE)
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`´")


class Kind(Enum):
    """How much a word tells. Only a word that is nothing else is distinctive."""

    WORD = "word"
    SMALL = "small"  # an article, a connective
    PREPOSITION = "preposition"
    COMMON = "common"  # Restaurant, Haupt-
    FIRST_NAME = "first name"
    TITLE = "title"
    PLACE = "place"
    STREET_TYPE = "street type"
    DIRECTION = "direction"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Word:
    """One word. ``text`` is folded, ``shown`` as written; ``meanings`` are the words that it may be short for.

    ``cuts`` are the texts that stand for it where a dot is behind them: Kurfürstend. for Kurfürstendamm. An initial
    needs no dot.
    """

    text: str
    shown: str
    dotted: bool = False
    meanings: frozenset[str] = frozenset()
    kind: Kind = Kind.WORD
    cuts: frozenset[str] = frozenset()

    def sounds_the_same(self, other: "Word") -> bool:
        """Whether two words have the same text, or may be short for the same word, or one is the other cut short."""
        if self.text == other.text or not self.meanings.isdisjoint(other.meanings):
            return True
        return self._is_cut_of(other) or other._is_cut_of(self)

    def _is_cut_of(self, other: "Word") -> bool:
        """Whether the word is a way in which a table or rule cuts the other one short."""
        return (self.dotted or len(self.text) == 1) and self.text in other.cuts


@lru_cache(maxsize=4096)
def fold_word(shown: str) -> str:
    """One word without case and accents: ü, ue and u are one, and so are ß and ss."""
    return without_accents(lowered(shown).translate(_APOSTROPHES)) or lowered(shown)


def clean(text: str) -> str:
    """The text in one normal form, without what cannot be seen, in one line and not longer than any field."""
    text = text[:MAX_LENGTH]
    if not text.isascii():
        text = "".join(f" {each}" if unicodedata.category(each) == "No" else each for each in text)  # 12² is not 122
        text = normalized("NFKC", text).replace("⁄", "/")
        text = "".join(each for each in text if unicodedata.category(each) not in ("Cf", "Cs"))
    return " ".join(text.split())[:MAX_LENGTH]


def split_words(text: str) -> list[Word]:
    """The words of a clean text, in order. “&” and “+” are words, all other punctuation is not."""
    text = _ELISION.sub(r"\1 ", text).translate(_APOSTROPHES)
    found: list[Word] = []
    start = None
    for position, symbol in enumerate(f"{text} "):
        if _belongs_to_word(symbol):
            start = position if start is None else start
            continue
        if start is not None:
            shown = text[start:position]
            found.append(Word(fold_word(shown), shown, dotted=symbol == "."))
            start = None
        if symbol in "&+":
            found.append(Word("und", symbol))
    return found


def _belongs_to_word(symbol: str) -> bool:
    """Whether a character is a letter, a digit or a mark on a letter."""
    return symbol.isalnum() or unicodedata.category(symbol)[0] == "M"


def join_initials(words: Sequence[Word]) -> list[Word]:
    """``S. A.`` and ``e. K.`` are ``sa`` and ``ek``: neighbouring single letters are one word."""
    joined: list[Word] = []
    in_run = False
    for word in words:
        single = len(word.text) == 1 and word.text.isalpha()
        if single and in_run:
            last = joined[-1]
            joined[-1] = Word(last.text + word.text, f"{last.shown}.{word.shown}", dotted=word.dotted)
        else:
            joined.append(word)
        in_run = single
    return joined


# --- Tables --------------------------------------------------------------------------------------------


class Phrases:
    """Phrases of one or more words, and what each may stand for; built once from a table, then only read.

    ``initials_joined``: neighbouring initials are one word, as in the words that are looked up.
    """

    def __init__(self, *, initials_joined: bool = False) -> None:
        self._meanings: dict[tuple[str, ...], set[str]] = {}
        self._lengths: dict[str, set[int]] = {}
        self._initials_joined = initials_joined

    def add(self, phrase: str, meaning: str) -> None:
        """Add a phrase, as written, and what it may stand for."""
        words = split_words(clean(phrase))
        if self._initials_joined:
            words = join_initials(words)
        key = tuple(word.text for word in words)
        if key:
            self._meanings.setdefault(key, set()).add(meaning)
            self._lengths.setdefault(key[0], set()).add(len(key))

    def add_table(self, table: Mapping[str, str]) -> "Phrases":
        """Add each word of a table and its spellings, divided by blanks; returns the phrases."""
        for word, spellings in table.items():
            for each in (word, *spellings.split()):
                self.add(each, word)
        return self

    def at(self, words: Sequence[Word], position: int) -> tuple[int, frozenset[str]]:
        """How many words from there on are a phrase, the longest first, and what it may stand for; 0: none is."""
        for length in sorted(self._lengths.get(words[position].text, ()), reverse=True):
            key = tuple(word.text for word in words[position : position + length])
            if len(key) == length and key in self._meanings:
                return length, frozenset(self._meanings[key])
        return 0, frozenset()

    def applied(self, words: Sequence[Word], kind: Kind | None = None) -> list[Word]:
        """The words with phrases as one word each, and with what they may stand for."""
        done: list[Word] = []
        position = 0
        while position < len(words):
            length, meanings = self.at(words, position)
            first = words[position]
            if length > 1:
                phrase = words[position : position + length]
                text, shown = "".join(each.text for each in phrase), " ".join(each.shown for each in phrase)
                done.append(Word(text, shown, phrase[-1].dotted, meanings, kind or first.kind))
            elif length == 1:
                done.append(replace(first, meanings=first.meanings | meanings, kind=kind or first.kind))
            else:
                done.append(first)
            position += max(length, 1)
        return done


def folded_set(words: str | Iterable[str]) -> frozenset[str]:
    """The words of a table, folded; a hyphen joins the words of one entry."""
    entries = words.split() if isinstance(words, str) else words
    return frozenset("".join(word.text for word in split_words(clean(each))) for each in entries)


def number_words(language: str) -> Iterator[tuple[int, str]]:
    """The numbers from 1 to 99 with their words in a language of ``numerals``; a hyphen joins words of one number."""
    below_thirty = numerals.CARDINALS[language].split()
    yield from enumerate(below_thirty, 1)
    for number, ten in zip(range(30, 100, 10), numerals.TENS[language].split(), strict=True):
        yield number, ten
        for unit, word in enumerate(below_thirty[:9], 1):
            compound = numerals.COMPOUNDS[language].format(unit=word, ten=ten)
            for letters, spelled in numerals.COMPOUNDS_SPELLED.get(language, {}).items():
                compound = compound.replace(letters, spelled)
            yield number + unit, compound
    if language == "fr":
        yield from enumerate(numerals.FRENCH_TWENTIES.split(), 70)


def cardinals(languages: Iterable[str]) -> dict[str, str]:
    """The number words of some languages, in small letters and folded → their digits; a hyphen joins their parts."""
    found = {word: str(number) for number, words in numerals.OTHER_CARDINALS.items() for word in folded_set(words)}
    for language in languages:
        for number, word in number_words(language):
            found |= {each: str(number) for each in (word.replace("-", "").casefold(), *folded_set([word]))}
    return found


def joined_text(words: Sequence[Word]) -> str | None:
    """The words written as one; None where two numbers would become another number."""
    text = ""
    for word in words:
        if text and text[-1].isdigit() and word.text[:1].isdigit():
            return None
        text += word.text
    return text


def is_number(word: Word) -> bool:
    """Whether a word has a digit, as 12a and 3rd have."""
    return has_digit(word.text)
