"""The bar that comparing on the telephone has to pass (docs/matching.md)."""

from itertools import combinations

from licences.domain.telephone_matching import Likeness
from tests.domain.labelled_pairs import COMPARE, labelled_pairs, score
from tests.tables import each_row

LANGUAGES = {"de", "at", "ch", "gb", "us", "fr", "it", "es", "nl", "pl"}


@each_row("kind", COMPARE)
def test_every_language_is_among_the_pairs_and_there_are_enough(kind):
    same, other = labelled_pairs(kind, same=True), labelled_pairs(kind, same=False)

    assert {pair.language for pair in same} == {pair.language for pair in other} == LANGUAGES
    assert len(same) > 150
    assert len(other) > 130


@each_row(("kind", "bar"), [("names", 0.85), ("addresses", 0.95)])
def test_nearly_all_true_pairs_match_or_are_close(kind, bar):
    found = score(labelled_pairs(kind, same=True))

    assert found.accepted / found.pairs >= bar
    assert found.as_labelled / found.pairs >= bar


@each_row("kind", COMPARE)
def test_next_to_no_strangers_match_or_are_close(kind):
    found = score(labelled_pairs(kind, same=False))

    assert found.accepted / found.pairs <= 0.01


@each_row("kind", COMPARE)
def test_what_one_caller_says_is_next_to_never_another_record(kind):
    """Each with every tenth other one, where both have other words than the pairs that share a company."""
    pairs = labelled_pairs(kind, same=True)[::2]
    others = [(one.said, other.recorded) for one, other in combinations(pairs, 2)][::10]

    accepted = [each for each in others if COMPARE[kind](*each).likeness is not Likeness.MISMATCH]

    assert len(accepted) / len(others) <= 0.02  # Hauptstraße 12 is there in several spellings
