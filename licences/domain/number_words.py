"""Numbers that names have as words or as digits: Drei Brüder is 3 Brüder, by the table that calls are compared with."""

from collections.abc import Mapping
from functools import cache

from licences.domain.folding import fold_name
from licences.domain.telephone_matching.tables import numerals


def digits_of(word: str) -> tuple[str, ...]:
    """Return the digits that a folded word says (drei: 3), or none."""
    return _digits().get(word, ())


def words_for(digits: str) -> tuple[str, ...]:
    """Return the folded words, one of each language, that digits may be written as (3: drei, three), or none."""
    return _words().get(digits, ())


@cache
def _digits() -> Mapping[str, tuple[str, ...]]:
    """Folded word → its digits."""
    return {word: (digits,) for digits, words in _words().items() for word in words}


@cache
def _words() -> Mapping[str, tuple[str, ...]]:
    """Digits → its folded words. Numbers of several words (twenty-one) are left out, since words are compared alone."""
    found: dict[str, dict[str, None]] = {}
    for language in numerals.CARDINALS_IN_NAMES:
        for number, word in enumerate(numerals.CARDINALS[language].split(), 1):
            if "-" not in word:
                found.setdefault(str(number), {})[fold_name(word)] = None
    return {digits: tuple(words) for digits, words in found.items()}
