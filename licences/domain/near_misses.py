"""Did you mean …? Codes that a slip of ear, eye or finger turns into one another.

Slips, likeliest first: a symbol taken for one that looks or sounds like it, two neighbours swapped, one symbol
wrong, one missing, one too many.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from licences.domain.codes import ALPHABET, groups

# Sets of symbols taken for each other (0 never occurs: it is read as O).
CONFUSABLE = ("1I", "5S", "8B", "2Z", "OQD")
_LOOKALIKES = {symbol: set(family) - {symbol} for family in CONFUSABLE for symbol in family}


class Slip(StrEnum):
    CONFUSED = "confused"
    SWAPPED = "swapped"
    CHANGED = "changed"
    MISSING = "missing"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """``code`` is what may have been meant; ``group`` is the group (1 is the first) to ask for again."""

    code: str
    slip: Slip
    group: int


def near_misses(typed: str, length: int) -> dict[str, NearMiss]:
    """Every code of ``length`` symbols one slip away from the canonical ``typed``, likeliest first.

    Some 300 for a serial number, so that one indexed query can ask which of them exist. A code is listed
    once, under its likeliest slip; ``typed`` itself is not among them.
    """
    if abs(len(typed) - length) > 1:  # no slip changes the length by more; spares building them from pasted novels
        return {}
    found: dict[str, NearMiss] = {}
    for code, slip, position in _slips(typed):
        if len(code) == length and code != typed and code not in found:
            found[code] = NearMiss(code, slip, _group_at(code, position))
    return found


def near_miss(typed: str, meant: str) -> NearMiss | None:
    """The one slip between the canonical ``typed`` and ``meant``, or None where it takes more than one."""
    return near_misses(typed, len(meant)).get(meant)


def _slips(typed: str) -> Iterator[tuple[str, Slip, int]]:
    for position, symbol in enumerate(typed):
        for other in sorted(_LOOKALIKES.get(symbol, ())):
            yield _replaced(typed, position, other), Slip.CONFUSED, position
    for position in range(len(typed) - 1):
        swapped = typed[position + 1] + typed[position]
        yield typed[:position] + swapped + typed[position + 2 :], Slip.SWAPPED, position
    for position in range(len(typed)):
        for other in ALPHABET:
            yield _replaced(typed, position, other), Slip.CHANGED, position
    for position in range(len(typed) + 1):
        for other in ALPHABET:
            yield typed[:position] + other + typed[position:], Slip.MISSING, position
    for position in range(len(typed)):
        yield typed[:position] + typed[position + 1 :], Slip.EXTRA, position


def _replaced(text: str, position: int, symbol: str) -> str:
    return text[:position] + symbol + text[position + 1 :]


def _group_at(code: str, position: int) -> int:
    size = len(groups(code)[0])
    return min(position, len(code) - 1) // size + 1
