"""Which words may be meant by one that nothing is found with: known words one slip away, or that sound alike."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from django.db.models import Q
from django.db.models.expressions import RawSQL
from rapidfuzz.distance import OSA

from licences.domain.matching import name_key
from licences.domain.recognising import CONNECTIVE, Understanding
from licences.domain.search_words import GAP, SHORTEST_PART, divisions, one_slip_away, sound
from licences.lookup.listing import connection_for_reading

MOST_MEANT = 6
MOST_OF_A_WORD = 4
_LONGEST = 24
_SHORTEST_SOUND = 2


def wanted(said: Understanding) -> list[Q]:
    """Which known words to ask for: by spelling, and by sound. Each is a query of its own, for its index."""
    words = [word for word in said.words if _may_be_misspelled(word)]
    if not words or said.is_code:
        return []
    spellings = {spelling for word in words for spelling in (word, *one_slip_away(word))}
    spellings |= {piece for word in words for division in divisions(word) for piece in division}
    sounds = {sound(word) for word in words}
    audible = sorted(each for each in sounds if len(each) >= _SHORTEST_SOUND)
    return [Q(word__in=_one_parameter(sorted(spellings))), Q(sound__in=audible)]


def _one_parameter(words: list[str]) -> RawSQL:
    """A thousand words as one parameter: handling them one by one takes longer than finding them."""
    if connection_for_reading().vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::text[])", [words])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(words)])


def _may_be_misspelled(word: str) -> bool:
    return SHORTEST_PART <= len(word) <= _LONGEST and word.isalpha()


@dataclass(frozen=True, slots=True)
class Meant:
    """What may be meant by all that was typed: the name it makes, and the words that a text has to have."""

    name: str
    words: tuple[str, ...]


def meant_by(said: Understanding, known: Iterable[str]) -> list[Meant]:
    """What may be meant, the likeliest first. Without the legal form, which callers leave out, add, or mistake."""
    vocabulary = set(known)
    typed = said.name.split()
    others = tuple(word for word in said.words if word not in typed and not word.isalpha())
    if not set(typed) & set(said.words):
        typed, others = [], said.words
    each = [_meant_by(word, vocabulary) for word in typed]
    ranked = sorted(product(*(enumerate(words) for words in each)), key=_unlikeliness)
    found = [[word for _place, word in words] for words in ranked[:MOST_MEANT]]
    return [Meant(name_key(" ".join(words)), (*_telling(words), *others)) for words in found if words or others]


def _telling(words: list[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if word != CONNECTIVE] or words


def _unlikeliness(words: tuple[tuple[int, str], ...]) -> tuple[int, int]:
    """One word that is far off is likelier than several that are a little off."""
    places = [place for place, _word in words]
    return sum(1 for place in places if place), sum(places)


def _meant_by(word: str, vocabulary: set[str]) -> list[str]:
    """The word itself first where it is one; otherwise it may still be a part of one, and comes last."""
    if not _may_be_misspelled(word) or word == CONNECTIVE:
        return [word]
    near = sorted((slips, other) for other in vocabulary if (slips := _slips_between(word, other)) is not None)
    others = [other for _slips, other in near[:MOST_OF_A_WORD]]
    divided = [GAP.join(pieces) for pieces in divisions(word) if vocabulary.issuperset(pieces)]
    return [word, *others, *divided[:1]] if word in vocabulary else [*others, *divided[:1], word]


def _slips_between(word: str, other: str) -> int | None:
    """How many slips two words are apart, None where they are too far; those that sound alike may be one further."""
    allowed = 1 if len(word) < 8 else 2
    if sound(word) == sound(other):
        allowed += 1
    slips = OSA.distance(word, other, score_cutoff=allowed)
    return slips if 0 < slips <= allowed else None
