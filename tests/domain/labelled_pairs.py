"""The labelled pairs of names and address lines in ``telephone_pairs/``, and how many come out as they should."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from licences.domain.telephone_matching import (
    HeardComparison,
    Likeness,
    compare_addresses_as_said,
    compare_names_as_said,
)

FOLDER = Path(__file__).parent / "telephone_pairs"
COMPARE: dict[str, Callable[[str, str], HeardComparison]] = {
    "names": compare_names_as_said,
    "addresses": compare_addresses_as_said,
}


@dataclass(frozen=True)
class LabelledPair:
    """What was said and what is on record; ``verdict`` is what the comparison should come to."""

    kind: str
    language: str
    verdict: str
    said: str
    recorded: str

    def outcome(self) -> Likeness:
        return COMPARE[self.kind](self.said, self.recorded).likeness


@dataclass(frozen=True)
class Score:
    """Of some pairs: how many there are, how many come out as labelled, how many are accepted (match or close)."""

    pairs: int
    as_labelled: int
    accepted: int


def labelled_pairs(kind: str, *, same: bool) -> list[LabelledPair]:
    """The pairs of “names” or “addresses” that are the same, or that are strangers."""
    return list(_read(kind, FOLDER / f"{kind}_{'same' if same else 'other'}.txt", same=same))


def _read(kind: str, path: Path, *, same: bool) -> Iterator[LabelledPair]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            language, *verdict, said, recorded = (each.strip() for each in line.split("|"))
            yield LabelledPair(kind, language, verdict[0] if same else Likeness.MISMATCH.value, said, recorded)


def score(pairs: list[LabelledPair]) -> Score:
    outcomes = [pair.outcome() for pair in pairs]
    labelled = sum(outcome.value == pair.verdict for outcome, pair in zip(outcomes, pairs, strict=True))
    return Score(len(pairs), labelled, sum(outcome is not Likeness.MISMATCH for outcome in outcomes))
