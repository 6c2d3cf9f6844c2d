"""Which word of one text is which word of the other."""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from licences.domain.telephone_matching.sounds import slips
from licences.domain.telephone_matching.words import Kind, Word, fold_word, joined_text

MAX_LEFT = 12  # words on a side without a partner, beyond which none is looked for
MAX_SLIPPED = 3  # words
LETTERS_PER_SLIP = 6  # where several words are slipped
LONGEST_JOIN = 4  # words that another text writes as one
SHORTEST_HALF = 3  # letters of a compound's first half that is cut short


@dataclass(slots=True)
class Alignment:
    """Partners by their positions; what has none; and the positions of ``one`` that are alike and not the same."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    other_left: list[int] = field(default_factory=list)
    differences: set[str] = field(default_factory=set)
    inexact: set[int] = field(default_factory=set)

    @property
    def in_order(self) -> bool:
        """Whether partners follow one another in both texts."""
        places = [place for _, place in sorted(self.pairs)]
        return places == sorted(places)

    def _pair(self, place: int, other_place: int) -> None:
        """Make the words at two positions partners; neither is without a partner any more."""
        self.pairs.append((place, other_place))
        if place in self.left:
            self.left.remove(place)
        if other_place in self.other_left:
            self.other_left.remove(other_place)


def align(one: Sequence[Word], other: Sequence[Word], *, common_initials: bool = True) -> Alignment:
    """Pair the words of two texts: the same ones, known abbreviations, words divided otherwise, small slips.

    ``common_initials``: an initial may be short for a common word, as in G. Str. for Große Straße.
    """
    found = _same_texts(one, other)
    if not found.left or not found.other_left or max(len(found.left), len(found.other_left)) > MAX_LEFT:
        return found
    _pair_where(found, one, other, Word.sounds_the_same)
    _pair_joined(found, one, other)
    _pair_cut_compounds(found, one, other)
    _pair_initials(found, one, other)
    _pair_cut(found, one, other, common_initials=common_initials)
    _pair_slipped(found, one, other)
    return found


def _same_texts(one: Sequence[Word], other: Sequence[Word]) -> Alignment:
    """An alignment in which words with the same text are partners, each with the first that is free."""
    places: dict[str, deque[int]] = defaultdict(deque)
    for place, word in enumerate(other):
        places[word.text].append(place)
    found = Alignment()
    for place, word in enumerate(one):
        if places[word.text]:
            found.pairs.append((place, places[word.text].popleft()))
        else:
            found.left.append(place)
    found.other_left = sorted(place for left in places.values() for place in left)
    return found


def _pair_where(
    found: Alignment, one: Sequence[Word], other: Sequence[Word], alike: Callable[[Word, Word], bool]
) -> None:
    """Pair what has no partner yet with the first that is alike."""
    for place in list(found.left):
        partner = next((each for each in found.other_left if alike(one[place], other[each])), None)
        if partner is not None:
            found._pair(place, partner)


def _pair_cut(found: Alignment, one: Sequence[Word], other: Sequence[Word], *, common_initials: bool) -> None:
    """Pair words of which one is the other cut short: with a dot behind, or an initial in the same place."""
    for place in list(found.left):
        for other_place in list(found.other_left):
            short, long = sorted((one[place], other[other_place]), key=lambda word: len(word.text))
            if not _is_cut(short, long):
                continue
            is_initial = len(short.text) == 1
            if is_initial and long.kind is Kind.COMMON and not common_initials:
                continue  # E. Huber is not Elektro Huber
            if not is_initial or long.kind is Kind.FIRST_NAME or _has_partner_beside(found, place, other_place):
                _pair_abbreviated(found, place, other_place, inexact=place)
                break


def _has_partner_beside(found: Alignment, place: int, other_place: int) -> bool:
    """Whether the words before two words are partners, or those after them."""
    return any((place + step, other_place + step) in found.pairs for step in (-1, 1))


def _is_cut(short: Word, long: Word) -> bool:
    """Whether a short word is the long one cut off: with a dot behind, or an initial."""
    cut = short.dotted or len(short.text) == 1
    return cut and short.text.isalpha() and len(long.text) > len(short.text) and long.text.startswith(short.text)


# --- Words that are divided otherwise --------------------------------------------------------------------


def _pair_joined(found: Alignment, one: Sequence[Word], other: Sequence[Word]) -> None:
    """Pair words that the other text divides otherwise; then all the rest, if it is the same written as one."""
    for place in list(found.left):
        for each in _run_written_as(one[place].text, found.other_left, other):
            found._pair(place, each)
    for other_place in list(found.other_left):
        for each in _run_written_as(other[other_place].text, found.left, one):
            found._pair(each, other_place)
    if not found.left or not found.other_left:
        return
    text = joined_text([one[each] for each in found.left])
    if text is not None and text == joined_text([other[each] for each in found.other_left]):
        found.pairs += [(found.left[0], place) for place in found.other_left]
        found.pairs += [(place, found.other_left[-1]) for place in found.left[1:]]
        found.left, found.other_left = [], []


def _run_written_as(text: str, places: Sequence[int], words: Sequence[Word]) -> list[int]:
    """The first words in a row, of those without a partner, that are this text when they are written as one."""
    return next((run for run in _runs(places) if joined_text([words[each] for each in run]) == text), [])


def _runs(places: Sequence[int]) -> list[list[int]]:
    """Two to four places in a row."""
    return [
        list(places[start : start + length])
        for start in range(len(places))
        for length in range(2, LONGEST_JOIN + 1)
        if start + length <= len(places) and places[start + length - 1] - places[start] == length - 1
    ]


def _pair_cut_compounds(found: Alignment, one: Sequence[Word], other: Sequence[Word]) -> None:
    """Pair Wilh.-Str. with Wilhelmstraße: the first half is cut short. Exact where a table has it."""
    for place in [each for each in found.left if each + 1 in found.left]:
        whole = next((each for each in found.other_left if _are_halves(one[place], one[place + 1], other[each])), None)
        if whole is not None:
            _pair_halves(found, [(place, whole), (place + 1, whole)], one[place], one[place + 1], other[whole])
    for place in [each for each in found.other_left if each + 1 in found.other_left]:
        whole = next((each for each in found.left if _are_halves(other[place], other[place + 1], one[each])), None)
        if whole is not None:
            _pair_halves(found, [(whole, place), (whole, place + 1)], other[place], other[place + 1], one[whole])


def _are_halves(head: Word, tail: Word, whole: Word) -> bool:
    """Whether a word cut short and the word after it are one compound."""
    stem = whole.text.removesuffix(tail.text)
    return head.dotted and len(head.text) >= SHORTEST_HALF and stem != whole.text and stem.startswith(head.text)


def _pair_halves(found: Alignment, pairs: list[tuple[int, int]], head: Word, tail: Word, whole: Word) -> None:
    """Make both halves partners of the whole."""
    for place, other_place in pairs:
        found._pair(place, other_place)
    if whole.text.removesuffix(tail.text) not in {fold_word(meaning) for meaning in head.meanings}:
        found.inexact.update(place for place, _ in pairs)
        found.differences.add("abbreviation")


# --- Initials ----------------------------------------------------------------------------------------------


def _pair_initials(found: Alignment, one: Sequence[Word], other: Sequence[Word]) -> None:
    """Pair JS with Johann Sebastian: initials in one word, and as many first names in a row."""
    for place in list(found.left):
        for each in _run_with_initials(one[place].text, found.other_left, other):
            _pair_abbreviated(found, place, each, inexact=place)
    for other_place in list(found.other_left):
        for each in _run_with_initials(other[other_place].text, found.left, one):
            _pair_abbreviated(found, each, other_place, inexact=each)


def _run_with_initials(text: str, places: Sequence[int], words: Sequence[Word]) -> list[int]:
    """The first names in a row, of the words without a partner, whose initials this text is."""
    for run in _runs(places):
        names = [words[each] for each in run]
        if all(name.kind is Kind.FIRST_NAME for name in names) and "".join(name.text[0] for name in names) == text:
            return run
    return []


def _pair_abbreviated(found: Alignment, place: int, other_place: int, *, inexact: int) -> None:
    """Make two words partners of which one is an abbreviation that no table knows."""
    found._pair(place, other_place)
    found.inexact.add(inexact)
    found.differences.add("abbreviation")


# --- Slips -------------------------------------------------------------------------------------------------


def _pair_slipped(found: Alignment, one: Sequence[Word], other: Sequence[Word]) -> None:
    """Pair words that are a small slip apart, the smallest first, as long as the slips are few for the text."""
    candidates = sorted(
        (count, place, other_place)
        for place in found.left
        for other_place in found.other_left
        if (count := slips(one[place].text, other[other_place].text)) is not None
    )
    allowed = max(1, sum(len(word.text) for word in one) // LETTERS_PER_SLIP)
    total = words = 0
    for count, place, other_place in candidates:
        free = place in found.left and other_place in found.other_left
        if free and words < MAX_SLIPPED and (words == 0 or total + count <= allowed):
            found._pair(place, other_place)
            found.inexact.add(place)
            found.differences.add("spelling")
            total, words = total + count, words + 1
