"""What a query that finds nothing may have meant: known words that are one slip away or sound alike.

See docs/look-up.md#3-what-is-near; the limits are in docs/look-up.md#what-is-bounded.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import islice

from django.db.models import Q
from django.db.models.expressions import RawSQL
from rapidfuzz.distance import OSA

from licences.domain.matching import fold_name, name_key
from licences.domain.query_parsing import AROUND, CONNECTIVE, MOST_NAME_WORDS, MOST_WORDS, ParsedQuery
from licences.domain.search_words import GAP, SHORTEST_PART, one_slip_away, sound, two_word_splits
from licences.lookup.serial_summaries import connection_for_reads

MOST_INTERPRETATIONS = 6  # of a whole query
MOST_SUBSTITUTES = 4  # known words tried instead of one word
_LONGEST_WORD = 24
_SHORTEST_SOUND = 2


def known_word_conditions(query: ParsedQuery) -> list[Q]:
    """Conditions on ``SearchWord`` for the known words that may be meant: one by spelling, one by sound.

    Two conditions and not one, so that each can use its index. Empty where no word can be misspelled: for codes, and
    for words that are too short, too long or not made of letters.
    """
    words = [word for word in query.words if _may_be_misspelled(word)]
    if not words or query.is_code:
        return []
    unfolded = _unfolded_words(query)
    tried = [*words, *(unfolded[word] for word in words if word in unfolded)]
    spellings = {spelling for word in tried for spelling in (word, *one_slip_away(word))}
    spellings |= {piece for word in words for division in two_word_splits(word) for piece in division}
    sounds = {sound(word) for word in words}
    distinctive = sorted(each for each in sounds if len(each) >= _SHORTEST_SOUND)
    return [Q(word__in=_as_one_parameter(sorted(spellings))), Q(sound__in=distinctive)]


def _as_one_parameter(words: list[str]) -> RawSQL:
    """A thousand words as one parameter: passing them one by one takes longer than finding them."""
    if connection_for_reads().vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::text[])", [words])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(words)])


def _unfolded_words(query: ParsedQuery) -> dict[str, str]:
    """The words of a query of which an “e” was taken for that of an umlaut, and how they were typed.

    Altelmoer may be Altelmoser without its s, and no Altelmör.
    """
    typed = [part.strip(AROUND) for part in query.text.casefold().split()]
    unfolded = {fold_name(word): word for word in typed if word.isascii() and _may_be_misspelled(word)}
    return {word: as_typed for word, as_typed in unfolded.items() if len(word) < len(as_typed)}


def _may_be_misspelled(word: str) -> bool:
    """Whether other words are tried for a word: letters only, neither too short nor too long."""
    return SHORTEST_PART <= len(word) <= _LONGEST_WORD and word.isalpha()


@dataclass(frozen=True, slots=True)
class Interpretation:
    """One reading of a whole query: ``name`` as name keys are written, and the ``words`` that a text must contain."""

    name: str
    words: tuple[str, ...]


def interpretations_of(query: ParsedQuery, known: Iterable[str]) -> list[Interpretation]:
    """Readings of a query, likeliest first, at most ``MOST_INTERPRETATIONS``.

    ``known``: the known words that may be meant. The legal form is left out of the readings, because callers leave it
    out, add it or get it wrong.
    """
    vocabulary = set(known)
    # "&" is kept, as names have it: Müller und Söhne.
    told = query.name_words
    typed = tuple([word for word in query.name.split() if word == CONNECTIVE or word in told][:MOST_NAME_WORDS])
    others = tuple(word for word in query.words if word not in typed and not word.isalpha())
    if not set(typed) & set(query.words):
        typed, others = (), query.words
    unfolded = _unfolded_words(query)
    choices = {word: _choices_for(word, unfolded.get(word), vocabulary) for word in dict.fromkeys(typed)}
    likeliest = islice(likeliest_combinations([choices[word] for word in typed]), MOST_INTERPRETATIONS)
    return [
        Interpretation(name_key(" ".join(words)), _indexed_words((*words, *others)))
        for words in likeliest
        if words or others
    ]


def _indexed_words(words: Sequence[str]) -> tuple[str, ...]:
    """The distinct words that an index can find: letters and digits only, at least three, at most ``MOST_WORDS``.

    Nothing shorter narrows a search down. For a beginning of two letters PostgreSQL reads every text with an e-mail
    address in which they follow a dot, and would do so once for each reading of the other words.
    """
    distinct = [word for word in dict.fromkeys(words) if word != CONNECTIVE]
    return tuple([word for word in distinct if _is_found_by_index(word)][:MOST_WORDS])


def _is_found_by_index(word: str) -> bool:
    """Whether an index can find a word: at least three letters or digits, perhaps with a gap between them."""
    return len(word) >= SHORTEST_PART and word.replace(GAP, "").isalnum()


def likeliest_combinations(choices_per_word: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """Combinations of one choice per word, likeliest first, made lazily.

    ``choices_per_word``: for each word its choices, likeliest first. One word that is far off is likelier than several
    that are a little off.

    Lazily, because there are 5 to the power of the number of words. Each combination is derived from exactly one other:
    the one in which its last changed word is one choice likelier, and which is never less likely. So each comes once.
    """
    queue: list[tuple[int, int, tuple[int, ...]]] = [(0, 0, (0,) * len(choices_per_word))]
    while queue:
        changed, distance, positions = heappop(queue)
        yield [choices[position] for choices, position in zip(choices_per_word, positions, strict=True)]
        last = max((index for index, position in enumerate(positions) if position), default=0)
        for index in range(last, len(choices_per_word)):
            position = positions[index] + 1
            if position < len(choices_per_word[index]):
                following = (*positions[:index], position, *positions[index + 1 :])
                heappush(queue, (changed + (position == 1), distance + 1, following))


def _choices_for(word: str, unfolded: str | None, vocabulary: set[str]) -> list[str]:
    """Words that may be meant by one word, likeliest first. ``vocabulary``: the known words that may be meant.

    ``unfolded``: the word as it was typed, where it may have no umlaut.

    A word that is known comes first itself; one that is not may still be a part of a known word, and comes last.
    """
    if not _may_be_misspelled(word) or word == CONNECTIVE:
        return [word]
    slips: dict[str, int] = {}
    for spelling in filter(None, (word, unfolded)):
        for other in vocabulary:
            if (found := _slips_between(spelling, other)) is not None:
                slips[other] = min(found, slips.get(other, found))
    others = sorted(slips, key=lambda other: (slips[other], other))[:MOST_SUBSTITUTES]
    divided = [GAP.join(pieces) for pieces in two_word_splits(word) if vocabulary.issuperset(pieces)]
    return [word, *others, *divided[:1]] if word in vocabulary else [*others, *divided[:1], word]


def _slips_between(word: str, other: str) -> int | None:
    """The number of slips between two words, None where they are the same or too far apart.

    One slip is allowed, two from eight letters on, and one more where the words sound alike.
    """
    allowed = 1 if len(word) < 8 else 2
    slips = OSA.distance(word, other, score_cutoff=allowed + 1)
    if slips == allowed + 1 and sound(word) == sound(other):  # last, because sounds are slower to compare
        return slips
    return slips if 0 < slips <= allowed else None
