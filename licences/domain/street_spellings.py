"""Words of streets that are written short on record or by who looks up: Bgm. is Bürgermeister, Müllerstr. Müllerstraße.

The tables are those by which addresses are compared on the telephone. What is typed short by cutting it off is found
without this, since the look-up finds the beginnings of words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

from licences.domain.folding import fold_name
from licences.domain.matching import address_key
from licences.domain.telephone_matching.tables import streets

MOST_OTHER_SPELLINGS = 6
_SHORTEST = 3  # letters
_SHORTEST_STEM = 3  # letters before the end of a compound that is written short
_LETTERS_LEFT_OUT = 2  # at least, by an abbreviation; one letter less is another spelling of an umlaut
_ALSO = ("Kurfürstendamm",)
_SILENT = re.compile(r"^\s*(?:ul\.|ulica\s)\s*(?=[^\W\d_])", re.IGNORECASE)
_APOSTROPHE = "['\u2019\u2018\u02bc`\u00b4]"
_ELIDED = re.compile(rf"(?<![^\W_])(?:l|d|dell|dall|all|nell|sull|un|qu){_APOSTROPHE}([^\W\d_]{{3,}})", re.IGNORECASE)
_LONE_ARTICLE = re.compile(r"(?<=[^\W\d_] )([ld]) (?=[^\W\d_]{3})", re.IGNORECASE)
_ENDINGS = "|".join(sorted({*streets.STREET_ENDINGS, "strasse", "str", "road", "street"}, key=len, reverse=True))
_NUMBER_JOINED = re.compile(rf"((?<![^\W_])[^\W\d_]*(?:{_ENDINGS})\.?)(?=[1-9]\d{{0,3}}(?!\d))", re.IGNORECASE)
_WRITTEN = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]+)*\.?")  # Str., P.za, Str.d


def other_spellings(word: str, spelled: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the other spellings of a word of a street, folded; empty for a word that has none.

    ``word``: a folded word. ``spelled``: what it is short for (``spelled_out``). At most ``MOST_OTHER_SPELLINGS`` and
    one, without those that begin with the word, and without those whose short form on record is the word anyway. Two
    letters (Rd, Pl.) are none, because texts of streets have the long form as well.
    """
    short = address_key(word)
    is_shorter = len(short) >= _SHORTEST and len(word) - len(short) >= _LETTERS_LEFT_OUT
    long = [each for each in spelled if not each.startswith(word) and address_key(each) != word]
    others = dict.fromkeys((*_spellings().get(word, ()), *long))
    return (*tuple(others)[:MOST_OTHER_SPELLINGS], *((short,) if is_shorter else ()))


def spelled_out(line: str) -> dict[str, tuple[str, ...]]:
    """Return, for each word of an address line that is short for others, those others; all folded.

    ``High Rd`` has ``{"rd": ("road",)}``. A single letter counts only as the first word of the line (V. Torino) or as
    its last with a dot (Lange G.), and the end of a compound only with a dot (Bauerng.). A text without streets may be
    given: it has few such words.
    """
    return dict(_spelled_out(line))


@lru_cache(maxsize=4096)
def _spelled_out(line: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The pairs of ``spelled_out``."""
    words = [each for written in _WRITTEN.findall(line) for each in _words_written(written)]
    found = {}
    for position, (word, is_dotted) in enumerate(words):
        is_meant = len(word) > 1 or position == 0 or (is_dotted and position == len(words) - 1)
        long = _long_forms().get(word, ()) if is_meant else ()
        long = long or (_long_compounds(word) if is_dotted else ())
        if long:
            found[word] = long
    return tuple(found.items())


def without_elision(line: str) -> dict[str, tuple[str, ...]]:
    """Return, for each word with an elided article before it, the word without it: lhotel is hotel; all folded."""
    return {fold_name(each[0]): (fold_name(each[1]),) for each in _ELIDED.finditer(line)}


def with_apostrophes(text: str) -> str:
    """Return a text in which an article of one letter has its apostrophe: rue de l hotel is rue de l'hotel."""
    return _LONE_ARTICLE.sub(r"\1'", text)


def with_number_apart(text: str) -> str:
    """Return a text with a blank between a street and the house number that was typed to it: Bauerngasse12."""
    return _NUMBER_JOINED.sub(r"\1 ", text)


def with_short_forms_joined(text: str) -> str:
    """Return a text in which short forms that have a dot inside are one word (P.zza, V.le), and no ``ul.`` begins it.

    That a street is an ulica is not said, and often not on record.
    """
    return _WRITTEN.sub(_joined_short_form, _SILENT.sub("", text))


def _joined_short_form(written: re.Match[str]) -> str:
    """A short form without its dots where it has one inside, else what was written."""
    text = written[0]
    joined = text.replace(".", "")
    return joined if "." in text.rstrip(".") and fold_name(joined) in _long_forms() else text


def _words_written(written: str) -> Iterator[tuple[str, bool]]:
    """The folded words of a run of letters with dots, each with whether a dot follows: V.le is one, Str.d two."""
    joined = fold_name(written.replace(".", ""))
    if joined in _long_forms() or "." not in written.rstrip("."):
        yield joined, written.endswith(".")
        return
    pieces = written.split(".")
    for piece in filter(None, pieces):
        yield fold_name(piece), True


def _long_compounds(word: str) -> tuple[str, ...]:
    """What a word is whose end is written short: bauerng is bauerngasse. By the longest short form that it ends in."""
    ends = [
        (len(short), fold_name(ending), short)
        for ending, shorts in streets.STREET_ENDINGS.items()
        for short in map(fold_name, shorts.split())
        if word.endswith(short) and len(word) - len(short) >= _SHORTEST_STEM
    ]
    longest = max((length for length, _ending, _short in ends), default=0)
    return tuple(dict.fromkeys(word[:-length] + ending for length, ending, _short in ends if length == longest))


@cache
def _spellings() -> dict[str, tuple[str, ...]]:
    """Each spelling of the words that are ranks, and of ``_ALSO`` → the others."""
    found: dict[str, dict[str, None]] = {}
    for name in (*streets.RANKS.split(), *_ALSO):
        row = [each for each in _folded_row(name) if len(each) >= _SHORTEST]
        for word in row:
            found.setdefault(word, {}).update(dict.fromkeys(each for each in row if not each.startswith(word)))
    return {word: tuple(others)[:MOST_OTHER_SPELLINGS] for word, others in found.items() if others}


@cache
def _long_forms() -> dict[str, tuple[str, ...]]:
    """Each short form of a word of a street → the words that it may stand for, those that begin with it left out
    where it is a word by itself (Alter, Alte)."""
    found: dict[str, dict[str, None]] = {}
    for name in streets.STREET_WORDS:
        _add_long_form(found, _folded_row(name))
    for direction, others in streets.DIRECTIONS.items():
        words = [direction, *others.split()]
        for letter in {word for word in words if len(word) == 1}:
            for word in words:
                if word.startswith(letter) and word != letter:
                    _add_long_form(found, [fold_name(word), letter])
    return {short: tuple(long)[:MOST_OTHER_SPELLINGS] for short, long in found.items()}


def _add_long_form(found: dict[str, dict[str, None]], row: Sequence[str]) -> None:
    """Add the first word of a row as a long form of each of the others."""
    for short in row[1:]:
        if len(row[0]) >= _SHORTEST and not short.startswith(row[0]):
            found.setdefault(short, {})[row[0]] = None


def _folded_row(name: str) -> list[str]:
    """A word of a street and its short forms, folded, those of one word of letters; the word first."""
    folded = [fold_name(each.strip(".")) for each in (name, *streets.STREET_WORDS.get(name, "").split())]
    return [each for each in dict.fromkeys(folded) if each.isalpha()]
