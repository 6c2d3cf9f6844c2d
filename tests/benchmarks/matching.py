"""How many of the labelled pairs of names and address lines come out as they should (docs/matching.md)."""

from argparse import ArgumentParser
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from django.core.management.base import OutputWrapper

from tests.domain.labelled_pairs import LabelledPair, labelled_pairs, score

HELP = "names and addresses on the telephone: how many labelled pairs come out as they should"
KINDS = ("names", "addresses")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--missed", action="store_true", help="list the pairs that come out otherwise")


def run(options: dict[str, Any], out: OutputWrapper) -> None:
    """Print a line for each kind of pair and each language."""
    began, count = perf_counter(), 0
    for kind in KINDS:
        for same in (True, False):
            pairs = labelled_pairs(kind, same=same)
            count += len(pairs)
            out.write(f"{kind}, {'the same' if same else 'strangers'}: {_figures(pairs, same=same)}")
            for language in dict.fromkeys(pair.language for pair in pairs):
                spoken = [pair for pair in pairs if pair.language == language]
                out.write(f"  {language}: {_figures(spoken, same=same)}")
            if options["missed"]:
                _list_missed(pairs, out)
    out.write(f"{(perf_counter() - began) / (2 * count) * 1e6:.0f} µs per comparison")


def _figures(pairs: Sequence[LabelledPair], *, same: bool) -> str:
    found = score(list(pairs))
    share = 100 * found.accepted / found.pairs
    if not same:
        return f"{found.pairs} pairs, {found.accepted} accepted ({share:.1f} %)"
    return f"{found.pairs} pairs, {found.accepted} accepted ({share:.1f} %), {found.as_labelled} exactly as labelled"


def _list_missed(pairs: Sequence[LabelledPair], out: OutputWrapper) -> None:
    for pair in pairs:
        if (outcome := pair.outcome().value) != pair.verdict:
            out.write(f"  {pair.said!r} and {pair.recorded!r}: {outcome}, should be {pair.verdict}")
