"""What a word of an address line may stand for."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from licences.domain.telephone_matching.tables import numerals, people, places, streets
from licences.domain.telephone_matching.words import Kind, Phrases, Word, fold_word, folded_set

ARTICLE = "~"  # whichever it is: Str. d. Republik
_SHORTEST_STEM = 3  # letters before the kind of street in a compound
_SHORTEST_SURNAME = 4  # letters that are left of one
_SURNAMES = (Kind.WORD, Kind.COMMON, Kind.PLACE)


UNIT, FLOOR = "unit", "floor"


def label_of(word: Word) -> str | None:
    """What the number after a word counts: a flat, a floor, a building; None where it counts nothing."""
    return _LABELS.get(word.text)


def is_crossing(word: Word) -> bool:
    """Whether another street or a landmark follows that only says where the house is: at, near, opposite, Ecke."""
    return word.text in _CROSSINGS


def is_number_sign(word: Word) -> bool:
    """Whether a house number follows: no., Nr., #."""
    return word.text in _NUMBER_SIGNS


def is_month(word: Word) -> bool:
    return word.text in _MONTHS


def is_road_with_number(word: Word) -> bool:
    """Whether a number after the word belongs to the road's name: Highway 61."""
    return word.text in _ROADS_WITH_NUMBERS


def is_postbox(word: Word) -> bool:
    """Whether a word means a post-office box, whose number is the house number."""
    return word.text in _POSTBOXES


def is_street_type(word: Word) -> bool:
    """Whether a word is, or ends in, a kind of street: Straße, Hauptstraße, Road."""
    return word.kind is Kind.STREET_TYPE or word.text.endswith(_TYPE_ENDINGS)


def ordinal_of(word: Word) -> str | None:
    """“2.” for 2nd and Second, 2ème and zweite; None for what is no ordinal."""
    if word.text in _ORDINALS:
        return _ORDINALS[word.text]
    digits = "".join(symbol for symbol in word.text[:4] if symbol.isdigit())
    return f"{digits}." if digits and word.text[len(digits) :] in _ORDINAL_ENDINGS else None


def street_words(words: Sequence[Word]) -> tuple[list[Word], list[int]]:
    """The words with what they may stand for, and for each place before what it has become.

    Articles are one word, and several in a row as well; the end of a compound has one spelling.
    """
    done: list[Word] = []
    places_after: list[int] = []
    position = 0
    while position < len(words):
        length, meanings = _MEANINGS.at(words, position)
        phrase = words[position : position + max(length, 1)]
        places_after += [len(done)] * len(phrase)
        word = phrase[0] if len(phrase) == 1 else Word("".join(each.text for each in phrase), _shown(phrase))
        position += len(phrase)
        if _is_article(words, position - 1, len(phrase)):
            if not done or done[-1].text != ARTICLE:
                done.append(Word(ARTICLE, word.shown, kind=Kind.SMALL))
        elif word.text not in _SILENT:
            done.append(_known(word, meanings, last=position == len(words)))
    return _with_names_cut_short(done), [*places_after, len(done)]


def _with_names_cut_short(words: Sequence[Word]) -> list[Word]:
    """The words, in which the name of the person after whom a street is named may be cut short.

    A first name is an initial where a surname follows it (J.-S.-Bach-Str., ul. J. Piłsudskiego); a surname between a
    first name or title and the kind of street keeps half of its letters, and four of them (Käthe-Kollw.-Str.).
    """
    done = list(words)
    for place, word in enumerate(done):
        after = next((each for each in done[place + 1 :] if each.kind not in (Kind.FIRST_NAME, Kind.SMALL)), None)
        if word.kind is Kind.FIRST_NAME and after is not None and after.kind in _SURNAMES:
            done[place] = replace(word, cuts=word.cuts | _beginnings(word.text, 1))
        elif word.kind in _SURNAMES and _is_surname(done, place):
            shortest = max(_SHORTEST_SURNAME, (len(word.text) + 1) // 2)
            done[place] = replace(word, cuts=word.cuts | _beginnings(word.text, shortest))
    return done


def _is_surname(words: Sequence[Word], place: int) -> bool:
    """Whether a word stands between a first name, title or rank and a kind of street: Käthe-Kollwitz-Straße."""
    if not 0 < place < len(words) - 1 or words[place + 1].kind is not Kind.STREET_TYPE:
        return False
    before = words[place - 1]
    return before.kind in (Kind.FIRST_NAME, Kind.TITLE) or not before.meanings.isdisjoint(_RANKS)


def _beginnings(text: str, shortest: int) -> frozenset[str]:
    """What a folded word is when its end is cut off, ``shortest`` letters long at least."""
    return frozenset(text[:length] for length in range(shortest, len(text)))


def _shown(words: Sequence[Word]) -> str:
    return " ".join(word.shown for word in words)


def _is_article(words: Sequence[Word], position: int, length: int) -> bool:
    """Whether the phrase that ends at ``position`` is an article, and no initial, letter or short form of Lane."""
    text = words[position].text
    if length != 1 or text not in _ARTICLES:
        return False
    follows = words[position + 1].text if position + 1 < len(words) else ""
    if text == "la" and not follows.isalpha():
        return False  # 7 Claude La.
    before = words[position - 1].text if position else ""
    if text in _CONNECTIVES:
        return before.isalpha() and follows.isalpha()  # not the E of 100 E. 57th St.
    if len(text) == 1 and not before:
        return False  # V. Torino is Via Torino
    return len(text) > 1 or follows.isalpha() or (bool(follows) and words[position + 1].kind is Kind.NUMBER)


def _known(word: Word, meanings: frozenset[str], *, last: bool) -> Word:
    """The word with its ending in one spelling, what it may stand for, and its kind; ``last`` of its line or not."""
    if word.kind is Kind.NUMBER:
        return word
    if last and word.text == "la":
        meanings |= {"Lane"}
    text = _one_ending(word.text)
    kind = _kind_of(text, meanings)
    return replace(word, text=text, meanings=meanings | _compounds(text), kind=kind, cuts=_cuts_of(word.text, kind))


@lru_cache(maxsize=4096)
def _one_ending(text: str) -> str:
    """A word with its ending in the one spelling that is compared."""
    for ending, one in _ENDINGS_ALIKE:
        if text.endswith(ending):
            return text[: -len(ending)] + one
    return text


@lru_cache(maxsize=4096)
def _compounds(text: str) -> frozenset[str]:
    """Bauerngasse for bauerng: what a word may be where its end is written short; also itself."""
    found = {text}
    for ending, short_forms in _ENDINGS.items():
        found |= {
            text[: -len(short)] + ending for short in short_forms if text.endswith(short) and len(text) > len(short) + 2
        }
    return frozenset(found)


@lru_cache(maxsize=4096)
def _cuts_of(text: str, kind: Kind) -> frozenset[str]:
    """What a folded word is cut down to where a dot follows: Kurfürstend. for Kurfürstendamm, Sebast., Uf. for Ufer.

    A compound keeps all that stands before its kind of street, a first name three letters, a kind of street two.
    """
    stem = next((text.removesuffix(each) for each in _ENDINGS if text.endswith(each) and text != each), "")
    if len(stem) >= _SHORTEST_STEM:
        shortest = len(stem) + 1
    elif kind in (Kind.FIRST_NAME, Kind.STREET_TYPE):
        shortest = 3 if kind is Kind.FIRST_NAME else 2
    else:
        return frozenset()
    return _beginnings(text, shortest)


def _kind_of(text: str, meanings: frozenset[str]) -> Kind:
    """The kind of a folded word that may stand for ``meanings``, by the tables."""
    if not meanings.isdisjoint(streets.DIRECTIONS):
        return Kind.DIRECTION
    if text in _TYPES or not meanings.isdisjoint(_TYPE_NAMES):
        return Kind.STREET_TYPE
    if not meanings.isdisjoint(streets.PREPOSITIONS):
        return Kind.PREPOSITION
    if not meanings.isdisjoint(people.TITLES):
        return Kind.TITLE
    if text in _FIRST_NAMES:
        return Kind.FIRST_NAME
    if text in _PLACES:
        return Kind.PLACE
    stem = next((text.removesuffix(each) for each in _STEM_ENDINGS if text.endswith(each) and text != each), text)
    return Kind.COMMON if {text, stem, stem.removesuffix("s")} & _COMMON else Kind.WORD


# --- Tables, read once -----------------------------------------------------------------------------------------

_MEANINGS = (
    Phrases()
    .add_table(streets.STREET_WORDS)
    .add_table(streets.DIRECTIONS)
    .add_table(streets.PREPOSITIONS)
    .add_table(streets.PARTS_OF_HOUSES)
    .add_table(people.TITLES)
    .add_table(people.SHORT_FIRST_NAMES)
)
_LABELS = {text: label for label, words in streets.UNIT_LABELS.items() for text in folded_set(words)}
_ARTICLES = folded_set(streets.ARTICLES)
_CONNECTIVES = {"e", "y", "u", "i", "en", "et", "and", "und"}
_SILENT = folded_set(streets.SILENT_WORDS) | {"ul"}
_CROSSINGS = folded_set(streets.CROSSING_WORDS)
_NUMBER_SIGNS = folded_set(streets.NUMBER_SIGNS)
_MONTHS = folded_set(streets.MONTHS)
_ROADS_WITH_NUMBERS = folded_set(streets.ROADS_WITH_NUMBERS) | {"hwy", "rte"}
_POSTBOXES = folded_set("Postfach PF Box BP Apartado Postbus Skrytka Casella")
_RANKS = frozenset(streets.RANKS.split())
_TYPE_NAMES = frozenset(streets.STREET_TYPES.split())
_TYPES = folded_set(streets.STREET_TYPES) | {"str"}
_TYPE_ENDINGS = ("str", "gasse", "platz", "weg", "allee", "ring", "damm", "ufer", "plein", "laan", "gracht", "straat")
_STEM_ENDINGS = (*_TYPE_ENDINGS, "strasse")
_ENDINGS = {fold_word(ending): tuple(short.split()) for ending, short in streets.STREET_ENDINGS.items()}
_ENDINGS_ALIKE = tuple((fold_word(ending), one) for ending, one in streets.STREET_ENDINGS_ALIKE.items())
_COMMON = folded_set(streets.COMMON_STREET_NAMES)
_FIRST_NAMES = folded_set(people.FIRST_NAMES) | folded_set(people.FIRST_NAMES_IN_STREETS)
_PLACES = folded_set(places.TOWNS) | folded_set(places.PLACES)
_ORDINALS = {word: f"{n}." for n, words in numerals.ORDINALS.items() for word in folded_set(words)}
_ORDINAL_ENDINGS = folded_set(numerals.ORDINAL_ENDINGS) - {"ter"}
