"""Whether two customers may be one, by their names (docs/decisions.md#who-is-this-customer)."""

from functools import lru_cache

from rapidfuzz.distance import OSA

from licences.domain.company_names import without_legal_form
from licences.domain.telephone_matching import Likeness, compare_names_as_said

_FURTHEST = 3  # slips between the folded names of two customers that are compared word by word


def are_names_alike(one: str, other: str) -> bool:
    """Tell whether two names are those of one company: equal but for spelling, one slip, or one within the other."""
    return compare_names_as_said(one, other).likeness is not Likeness.MISMATCH


def may_be_alike(one: str, other: str) -> bool:
    """Tell whether two names are worth comparing: few letters differ, or all words of one are in the other.

    A quick look before ``are_names_alike``, for very many pairs.
    """
    left, right = _plain(one), _plain(other)
    if OSA.distance(left, right, score_cutoff=_FURTHEST) <= _FURTHEST:
        return True
    words, others = set(left.split()), set(right.split())
    return words <= others or others <= words


_plain = lru_cache(maxsize=4096)(without_legal_form)
