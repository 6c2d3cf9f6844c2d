"""Words that are one slip apart, and words that sound the same."""

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

from licences.domain.folding import has_digit

SHORTEST_WITH_A_SLIP = 5  # letters
SHORTEST_WITH_TWO_SLIPS = 12
SHORTEST_WITH_A_SOUND = 4

# Spellings of one sound, in the order in which they are replaced; German, with the names of its neighbours.
_SOUNDS = (
    (re.compile(r"(?:ei|ey|ay|ai)"), "ai"), (re.compile(r"(?:ij|ie|y|j)"), "i"), (re.compile(r"tz|z"), "z"),
    (re.compile(r"chs|cks|ks|gs|x"), "x"), (re.compile(r"sch|sz|sh"), "8"), (re.compile(r"ph|v"), "f"),
    (re.compile(r"th|dt|d$"), "t"), (re.compile(r"ck|qu|q|c(?!h)"), "k"), (re.compile(r"(?<=[aeiou])h"), ""),
    (re.compile(r"ou|oo"), "u"), (re.compile(r"(.)\1"), r"\1"), (re.compile(r"w"), "f"),
)  # fmt: skip


@lru_cache(maxsize=2048)
def spoken(word: str) -> str:
    """One spelling of a folded word for all that sound like it: Meier, Mayer; Schmidt, Schmitt; Hoffmann, Hofmann."""
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


def slips(one: str, other: str) -> int | None:
    """How many slips lie between two words, or None where it is no small slip.

    One in a word of five letters or more, two in a long one that begins alike; never one in a number.
    """
    if has_digit(one) or has_digit(other):
        return None
    shorter, longer = sorted((len(one), len(other)))
    if longer >= SHORTEST_WITH_A_SLIP and shorter >= SHORTEST_WITH_A_SLIP - 1:
        allowed = 2 if shorter >= SHORTEST_WITH_TWO_SLIPS and one[:2] == other[:2] else 1
        distance = OSA.distance(one, other, score_cutoff=allowed)
        if distance <= allowed:
            return distance
    return 1 if shorter >= SHORTEST_WITH_A_SOUND and spoken(one) == spoken(other) else None
