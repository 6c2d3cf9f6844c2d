"""Little words that are written as one letter: Hotel z. Post, Café a. d. Brücke."""

import re
from collections.abc import Set
from itertools import pairwise

from licences.domain.telephone_matching.tables import company_words
from licences.domain.telephone_matching.words import Word, clean, folded_set, split_words

_TABLE = {letter: folded_set(words) for letter, words in company_words.LITTLE_WORDS.items()}
_LETTERS = "".join(_TABLE)
_LETTER = re.compile(rf"(?<![\w.&+])([{_LETTERS}])(?:\.\s?|\s)(?=[^\W\d_])", re.IGNORECASE)
_AFTER_DOT = re.compile(rf"(?<=\W[{_LETTERS}]\.)([{_LETTERS}])(?:\.\s?|\s)(?=[^\W\d_])", re.IGNORECASE)  # a.d. Brücke
_LONGEST_WORD = 80  # letters


def with_little_words(text: str, *, like: str) -> str:
    """The text, in which letters that may stand for a little word are that word where ``like`` has it in their place.

    The same place is before the same word, so initials stay what they are: F. Müller is not für Müller, unless the
    other text has just that.
    """
    text, wanted = clean(text), clean(like)
    found = [*_LETTER.finditer(text), *_AFTER_DOT.finditer(text)]
    if not found:
        return text
    neighbours = set(pairwise(word.text for word in split_words(wanted)))
    for each in sorted(found, key=re.Match.start, reverse=True):
        after = split_words(text[each.end() : each.end() + _LONGEST_WORD])[:1]
        meant = [
            word for word in sorted(_TABLE[each[1].casefold()]) if after and _is_before(word, after[0], neighbours)
        ]
        if meant:
            text = f"{text[: each.start()]} {meant[0]} {text[each.end() :]}"
    return text


def _is_before(little: str, word: Word, neighbours: Set[tuple[str, str]]) -> bool:
    """Whether a little word stands before this word among the pairs of neighbours; a dot may cut the word short."""
    if word.dotted and len(word.text) > 1:
        return any(one == little and other.startswith(word.text) for one, other in neighbours)
    return (little, word.text) in neighbours
