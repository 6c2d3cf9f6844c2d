"""Near misses: codes that differ by one slip of ear, eye or finger ("Did you mean …?").

Slips, likeliest first: a character taken for one that looks or sounds like it, two neighbours swapped, one character
wrong, one missing, one too many.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from licences.domain.codes import ALPHABET, groups

# Characters that are taken for each other (0 never occurs, as it is read as O).
CONFUSABLE = ("1I", "5S", "8B", "2Z", "OQD")
_LOOKALIKES = {symbol: set(family) - {symbol} for family in CONFUSABLE for symbol in family}


class Slip(StrEnum):
    """The kinds of slip. Seen from what was typed: ``MISSING`` and ``EXTRA`` say what is wrong with it."""

    CONFUSED = "confused"
    SWAPPED = "swapped"
    CHANGED = "changed"
    MISSING = "missing"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A code that may have been meant, the slip that leads to it, and the group to ask for again (1 is the first)."""

    code: str
    slip: Slip
    group: int


def near_misses(typed: str, length: int) -> dict[str, NearMiss]:
    """Return every code of ``length`` characters that is one slip away from ``typed``, by code, likeliest first.

    ``typed`` is in canonical form and not among them. A code is listed once, under its likeliest slip. A serial number
    has about 300 near misses, few enough for one indexed query to find those that exist.
    """
    if abs(len(typed) - length) > 1:  # no slip changes the length by more, and a long pasted text would take long
        return {}
    misses: dict[str, NearMiss] = {}
    for code, slip, position in _slips(typed):
        if len(code) == length and code != typed and code not in misses:
            misses[code] = NearMiss(code, slip, _group_at(code, position))
    return misses


def near_miss(typed: str, meant: str) -> NearMiss | None:
    """Return the one slip between two canonical codes; None if they are equal or further apart."""
    return near_misses(typed, len(meant)).get(meant) if _is_one_slip(typed, meant) else None


def _is_one_slip(typed: str, meant: str) -> bool:
    """Whether two texts differ by one symbol that was changed, missed or added, or by two that were swapped."""
    same = [one == other for one, other in zip(typed, meant, strict=False)]
    begin = same.index(False) if False in same else len(same)
    typed, meant = typed[begin:], meant[begin:]
    if typed[:2] == meant[1::-1] and typed[2:] == meant[2:]:
        return True
    return any(typed[i:] == meant[j:] for i, j in ((1, 1), (1, 0), (0, 1)))


def _slips(typed: str) -> Iterator[tuple[str, Slip, int]]:
    """Yield each code one slip away, with the slip and its position (from 0), likeliest first, some repeatedly."""
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
    """The text with another character at a position, from 0."""
    return text[:position] + symbol + text[position + 1 :]


def _group_at(code: str, position: int) -> int:
    """The number of the group (from 1) that holds a position (from 0)."""
    size = len(groups(code)[0])
    return min(position, len(code) - 1) // size + 1
