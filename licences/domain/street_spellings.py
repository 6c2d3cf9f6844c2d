"""Words of streets that are written short on record or by who looks up: Bgm. is Bürgermeister, Müllerstr. Müllerstraße.

What is typed short by cutting it off is found without this, since the look-up finds the beginnings of words.
"""

from functools import cache

from licences.domain.folding import fold_name
from licences.domain.matching import address_key
from licences.domain.telephone_matching.tables import streets

MOST_OTHER_SPELLINGS = 6
_SHORTEST = 3  # letters
_LETTERS_LEFT_OUT = 2  # at least, by an abbreviation; one letter less is another spelling of an umlaut
_ALSO = ("Kurfürstendamm",)


def other_spellings(word: str) -> tuple[str, ...]:
    """Return the other spellings of a word of a street, folded; empty for a word that has none.

    ``word``: a folded word. At most ``MOST_OTHER_SPELLINGS`` and one, without those that begin with the word. Two
    letters (Rd, Pl.) are none, because no index finds them.
    """
    short = address_key(word)
    is_shorter = len(short) >= _SHORTEST and len(word) - len(short) >= _LETTERS_LEFT_OUT
    return (*_spellings().get(word, ()), *((short,) if is_shorter else ()))


@cache
def _spellings() -> dict[str, tuple[str, ...]]:
    """Each spelling of the words that are ranks, and of ``_ALSO`` → the others."""
    found: dict[str, dict[str, None]] = {}
    for name in (*streets.RANKS.split(), *_ALSO):
        folded = [fold_name(each.strip(".")) for each in (name, *streets.STREET_WORDS.get(name, "").split())]
        row = [each for each in dict.fromkeys(folded) if each.isalpha() and len(each) >= _SHORTEST]
        for word in row:
            found.setdefault(word, {}).update(dict.fromkeys(each for each in row if not each.startswith(word)))
    return {word: tuple(others)[:MOST_OTHER_SPELLINGS] for word, others in found.items() if others}
