"""What a comparison on the telephone comes to."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

MAX_PASTED = 10_000  # symbols; what is longer was pasted by mistake, and is the same or is different


class Likeness(Enum):
    """How alike two texts sound: the same, close enough to ask again, or another text."""

    MATCH = "match"
    CLOSE = "close"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class HeardComparison:
    """How alike two texts sound, and stable codes of what differs.

    ``differences`` is empty for a match. ``shorter``: less was said than is on record; ``longer``: more. ``missing``
    are the words on record that were not said, ``added`` those that were said and are not on record, as written.
    """

    likeness: Likeness
    differences: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def turned_round(self) -> "HeardComparison":
        """The same comparison with the two texts exchanged."""
        names = tuple(sorted((_OPPOSITES.get(each, each) for each in self.differences), key=ORDER.index))
        return replace(self, differences=names, missing=self.added, added=self.missing)


# Every difference, in the order in which they are named.
ORDER = (
    "line-2", "house-number", "house-number-not-said", "house-number-not-on-record", "unit-number", "street", "words",
    "shorter", "longer", "legal-form", "abbreviation", "word-order", "spelling", "small-words",
)  # fmt: skip
_OPPOSITES = {
    "shorter": "longer",
    "longer": "shorter",
    "house-number-not-said": "house-number-not-on-record",
    "house-number-not-on-record": "house-number-not-said",
}


def match() -> HeardComparison:
    """Nothing differs."""
    return HeardComparison(Likeness.MATCH)


def close(differences: set[str], *, missing: tuple[str, ...] = (), added: tuple[str, ...] = ()) -> HeardComparison:
    """Close with these differences, which are codes in ``ORDER``; a match if there are none."""
    if not differences:
        return match()
    return HeardComparison(Likeness.CLOSE, tuple(sorted(differences, key=ORDER.index)), missing, added)


def mismatch(*differences: str) -> HeardComparison:
    """Another text, with the codes in ``ORDER`` of what differs."""
    return HeardComparison(Likeness.MISMATCH, tuple(sorted(differences, key=ORDER.index)))


def in_one_direction(compare: Callable[[str, str], HeardComparison], said: str, recorded: str) -> HeardComparison:
    """Compare in an order that does not depend on who said which, so that the result does not either."""
    if (said, len(said)) <= (recorded, len(recorded)):
        return compare(said, recorded)
    return compare(recorded, said).turned_round()
