"""Folding of texts: those that differ only in case, accents, umlauts, punctuation or “and” become the same text.

Names and addresses are searched and compared by it, and stored keys are made of it. The work is bounded: texts are cut
to ``MAX_LENGTH`` symbols, and those that would be slow to normalise are left as they are.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Literal

MAX_LENGTH = 500  # longer than any field

# Marks are sorted one by one, in quadratic time. No script puts more on one letter (UAX #15, stream-safe text).
_MAX_MARKS = 30
_PERHAPS_STACKED = re.compile(rf"[^\0-\u02ff]{{{_MAX_MARKS + 1}}}")  # there are no marks among the first symbols

_CONNECTIVES = {"&": " und ", "+": " und "}
_SAME_WORDS = {"and": "und", "et": "und", "saint": "st", "sankt": "st", "sainte": "st"}
_SPECIAL_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "a", "œ": "o", "ı": "i", "ħ": "h"}
)
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`´")
_UMLAUT_SPELLING = re.compile("(?<=[aou])e+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_LATIN = re.compile("[\0-\u017f]*")
_FOLDED = re.compile(r"[a-z0-9]{2,}(?: [a-z0-9]{2,})*")  # no initials to be joined


def fold_name(text: str) -> str:
    """The text in one spelling of case, accents, umlauts, punctuation and “and”, at most ``MAX_LENGTH`` symbols.

    This is the form that is searched. Legal forms stay. A text without any letter or digit folds to its symbols.
    Idempotent.
    """
    return settled(fold_once, text)


def settled(fold: Callable[[str], str], text: str) -> str:
    """Apply ``fold`` until nothing changes: joined initials, for instance, may look like another umlaut."""
    folded = fold(text[:MAX_LENGTH])[:MAX_LENGTH].rstrip()
    while (again := fold(folded)[:MAX_LENGTH].rstrip()) != folded:
        folded = again
    return folded


def fold_once(text: str) -> str:
    """One pass of ``fold_name``, which may leave something for another pass. Any text, of any length."""
    if _FOLDED.fullmatch(text) and not _UMLAUT_SPELLING.search(text) and _SAME_WORDS.keys().isdisjoint(text.split()):
        return text
    if _LATIN.fullmatch(text):
        latin = _UMLAUT_SPELLING.sub("", text.translate(_LATIN_SYMBOLS)).split()
        if latin:
            return " ".join(_joined_initials([_SAME_WORDS.get(word, word) for word in latin]))
    text = lowered(text)
    words = _words(without_accents(text.translate(_APOSTROPHES)))
    return " ".join(_joined_initials(words or text.split()))  # nothing but accents and apostrophes stays


def normalized(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    """The text in a normal form of Unicode; unchanged where a letter has more marks than any script uses."""
    return text if _has_stacked_marks(text) else unicodedata.normalize(form, text)


def _has_stacked_marks(text: str) -> bool:
    """Whether a letter has more marks than any script uses, which would take very long to normalise."""
    if not _PERHAPS_STACKED.search(text):
        return False
    runs = groupby(text, key=lambda symbol: unicodedata.combining(symbol) > 0)
    return any(are_marks and sum(1 for _ in run) > _MAX_MARKS for are_marks, run in runs)


def lowered(text: str) -> str:
    """The text in lower case, with wide and narrow letters as ordinary ones; ß becomes ss."""
    if text.isascii():
        return text.lower()
    return normalized("NFKC", normalized("NFKC", text).casefold())


def without_accents(text: str) -> str:
    """A lower-case text without accents: ü, ue and u are one. ``lowered`` has made ss of ß before."""
    if not text.isascii():
        decomposed = normalized("NFKD", text.translate(_SPECIAL_LETTERS))
        bare = "".join(symbol for symbol in decomposed if unicodedata.category(symbol) != "Mn")
        text = normalized("NFC", bare)
    return _UMLAUT_SPELLING.sub("", text)


def has_digit(word: str) -> bool:
    """Whether a word has a digit of any script."""
    return any(map(str.isdigit, word))


def _words(text: str) -> list[str]:
    """The words of a text in lower case, each in one spelling; its symbols, if it has neither letters nor digits."""
    for symbol, word in _CONNECTIVES.items():
        text = text.replace(symbol, word)
    words = [_SAME_WORDS.get(word, word) for word in _letters_and_digits(text)]
    return words or text.split()


def _letters_and_digits(text: str) -> list[str]:
    """The runs of letters and digits in a text, of any script."""
    if text.isascii():
        return _ASCII_WORD.findall(text)
    kept = (symbol if symbol.isalnum() or unicodedata.category(symbol) == "Mc" else " " for symbol in text)
    return "".join(kept).split()


def _joined_initials(words: Sequence[str]) -> Sequence[str]:
    """``S. A.`` and ``e. K.`` are ``sa`` and ``ek``: neighbouring single letters are one word."""
    if 1 not in map(len, words):
        return words
    joined: list[str] = []
    open_run = False
    for word in words:
        single = len(word) == 1 and word.isalpha()
        if single and open_run:
            joined[-1] += word
        else:
            joined.append(word)
        open_run = single
    return joined


def _folded_symbol(symbol: str) -> str:
    """One character as ``fold_name`` folds it by itself: letters and digits without accents, a blank for all else."""
    bare = without_accents(lowered(symbol).translate(_APOSTROPHES))
    return "".join(each if each.isalnum() else " " for each in bare)


# Each Latin symbol folded. For texts of these only, folding does not depend on the symbols around.
_LATIN_SYMBOLS = {code: _folded_symbol(chr(code)) for code in range(0x180)}
_LATIN_SYMBOLS |= {ord(connective): word for connective, word in _CONNECTIVES.items()}
