"""A company name taken apart: its words, and its legal forms."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from licences.domain.telephone_matching.tables import company_words, legal_forms, numerals, people, places
from licences.domain.telephone_matching.words import (
    MAX_WORDS,
    Kind,
    Phrases,
    Word,
    cardinals,
    clean,
    folded_set,
    is_number,
    join_initials,
    number_words,
    split_words,
)

CONNECTIVE = "und"
_BETWEEN = {"u", "i", "e", "y", "et", "and", "en"}  # Meier u. Söhne, Kowalski i Synowie
_SHORTEST_HEAD = 3  # letters, in a compound


@dataclass(frozen=True, slots=True)
class Name:
    """``words`` tell, ``small`` is what stands before each; ``forms`` are the legal forms, ``leads`` those in front."""

    words: tuple[Word, ...]
    small: tuple[tuple[str, ...], ...]
    forms: frozenset[str]
    leads: bool


@lru_cache(maxsize=256)
def take_name_apart(text: str) -> Name:
    """The words and legal forms of a name; a name that is nothing but a legal form keeps it as its words."""
    words = join_initials(_connected(split_words(clean(text))))[:MAX_WORDS]
    words = _with_society_endings(words)
    forms, rest, leads = _without_legal_forms(words)
    if not any(word.text != CONNECTIVE for word in rest):
        forms, rest, leads = frozenset(), words, False
    telling, small = _apart_from_small([_known(word) for word in _ABBREVIATIONS.applied(_marked_places(rest))])
    return Name(tuple(telling), tuple(small), forms, leads)


def _connected(words: Sequence[Word]) -> list[Word]:
    """“und”, “and”, “et” and “&” are one word; so are the single letters that stand for it between two words."""
    done = []
    for position, word in enumerate(words):
        inside = 0 < position < len(words) - 1
        longer = inside and min(len(words[position - 1].text), len(words[position + 1].text)) > 1
        initials = inside and words[position - 1].dotted and not word.dotted  # G. e R. Fratelli
        between = word.text in _BETWEEN and (longer or initials) and (not word.dotted or word.text == "u")
        done.append(replace(word, text=CONNECTIVE) if between else word)
    return done


# --- Legal forms -----------------------------------------------------------------------------------------


def _with_society_endings(words: Sequence[Word]) -> list[Word]:
    """Handelsgesellschaft mbH and Handelsges.m.b.H. are Handels GmbH."""
    done: list[Word] = []
    for word in words:
        before = done[-1].text if done else ""
        ending = next((each for each in ("gesellschaft", "ges") if before.endswith(each) and before != each), "")
        if word.text == "mbh" and ending:
            done[-1] = replace(done[-1], text=before.removesuffix(ending))
            done.append(replace(word, text="gmbh"))
        elif word.text.endswith("gesmbh") and word.text != "gesmbh":
            done += [replace(word, text=word.text.removesuffix("gesmbh")), replace(word, text="gmbh")]
        else:
            done.append(word)
    return done


def _without_legal_forms(words: Sequence[Word]) -> tuple[frozenset[str], list[Word], bool]:
    """Legal forms, what is left without them and the connectives between them, and whether one stands in front."""
    forms: set[str] = set()
    rest = list(words)
    leads = False
    while len(rest) > 1 and (length := _form_at(rest, 0, _AT_THE_BEGINNING, forms)):
        rest, leads = rest[length:], True
    position = 1
    while position < len(rest):  # those that are nothing else, wherever they stand
        length = _form_at(rest, position, _ANYWHERE, forms)
        if length:
            del rest[position : position + length]
        else:
            position += 1
    while len(rest) > 1 and (length := _form_at_end(rest, forms)):
        del rest[len(rest) - length :]
        while len(rest) > 1 and rest[-1].text == CONNECTIVE:
            del rest[-1]
    while len(rest) > 1 and rest[-1].text == CONNECTIVE:
        del rest[-1]
    return frozenset(forms), rest, leads


def _form_at(words: Sequence[Word], position: int, table: Phrases, forms: set[str]) -> int:
    """Add to ``forms`` the legal form that begins at a position; returns how many words it has, 0 for none.

    A form that is all of the words does not count.
    """
    length, meanings = table.at(words, position)
    if length and length < len(words):
        forms.add(min(meanings))
        return length
    return 0


def _form_at_end(words: Sequence[Word], forms: set[str]) -> int:
    """Add to ``forms`` the legal form at the end; returns how many words it has, 0 for none. The first word stays."""
    for start in range(max(1, len(words) - _LONGEST_FORM), len(words)):
        length, meanings = _AT_THE_END.at(words, start)
        if length == len(words) - start:
            forms.add(min(meanings))
            return length
    return 0


# --- What a word tells -------------------------------------------------------------------------------------


def _marked_places(words: Sequence[Word]) -> list[Word]:
    """The words with towns and countries marked, one of several words as one."""
    return _PLACES.applied(words, Kind.PLACE)


def _known(word: Word) -> Word:
    """The word with numerals as digits, and with the kind that the tables give it."""
    text = _NUMERALS.get(word.text, word.text)
    kind = word.kind
    if kind is Kind.WORD and not (word.dotted and len(text) == 1):  # A. Müller: an initial is no little word
        kind = _kind_of(text)
    return replace(word, text=text, kind=kind)


@lru_cache(maxsize=4096)
def _kind_of(text: str) -> Kind:
    """The kind of a folded word, by the tables."""
    if text == CONNECTIVE or text in _SMALL:
        return Kind.SMALL
    if text in _TITLES:
        return Kind.TITLE
    if text in _FIRST_NAMES:
        return Kind.FIRST_NAME
    if text in _COMMON or _is_of_a_place(text) or _is_common_compound(text):
        return Kind.COMMON
    return Kind.WORD


def _is_of_a_place(text: str) -> bool:
    """Berliner, Nürnberger."""
    stem = text.removesuffix("er")
    return stem != text and len(stem) > 3 and (stem in _PLACE_NAMES or f"{stem}en" in _PLACE_NAMES)


def _is_common_compound(text: str) -> bool:
    """Metallbautechnik: a trade, put together from words that are common themselves."""
    for head in _HEADS:
        stem = text.removesuffix(head)
        if stem != text and len(stem) >= _SHORTEST_HEAD:
            bare = stem.removesuffix("s")
            if {stem, bare} & _COMMON or _is_common_compound(stem):
                return True
    return False


def _apart_from_small(words: Sequence[Word]) -> tuple[list[Word], list[tuple[str, ...]]]:
    """The words without small ones, and the small ones before each of them and at the end.

    Where all words are small, they count as the others do.
    """
    if all(word.kind is Kind.SMALL for word in words):
        return list(words), [()] * len(words)
    telling: list[Word] = []
    small: list[tuple[str, ...]] = []
    waiting: list[str] = []
    for word in words:
        if word.kind is Kind.SMALL:
            waiting.append(word.text)
            continue
        telling.append(word)
        small.append(tuple(waiting))
        waiting = []
    return telling, [*small, tuple(waiting)]


def is_distinctive(word: Word) -> bool:
    """Whether a word tells one company from another: no legal form, trade, town, country, first name or number."""
    return word.kind is Kind.WORD and not is_number(word) and len(word.text) > 1


# --- Tables, read once ---------------------------------------------------------------------------------------


def _forms_table(*, only: frozenset[str] | None = None, without: frozenset[str] = frozenset()) -> Phrases:
    """The legal forms in all spellings, as phrases. ``only``: folded forms that are kept, with their long spellings.

    ``without``: folded forms that are left out.
    """
    table = Phrases(initials_joined=True)
    for form, spellings in legal_forms.LEGAL_FORMS.items():
        known = (form, *spellings.split("|"))
        leads = only is not None and any(_folded_form(each) in only for each in known)
        for each in known:
            name = _folded_form(each)
            if name and (only is None or name in only or (leads and " " in each.strip())) and name not in without:
                table.add(each, form)
    return table


def _folded_form(form: str) -> str:
    """A legal form as one word: GmbH & Co. KG is gmbh&cokg."""
    return "".join(word.text for word in join_initials(split_words(clean(form))))


def _folded_forms(words: str) -> frozenset[str]:
    """Legal forms, separated by blanks, each folded."""
    return frozenset(_folded_form(each) for each in words.split())


_ONLY_AT_THE_END = _folded_forms(legal_forms.ONLY_AT_THE_END)
_ONLY_AT_THE_BEGINNING = _folded_forms(legal_forms.ONLY_AT_THE_BEGINNING)
_ANYWHERE = _forms_table(without=_ONLY_AT_THE_END | {"firma", "fa"})
_AT_THE_END = _forms_table()
_AT_THE_BEGINNING = _forms_table(only=_ONLY_AT_THE_BEGINNING)
_LONGEST_FORM = 8

_ABBREVIATIONS = (
    Phrases(initials_joined=True)
    .add_table(company_words.COMPANY_WORDS)
    .add_table(people.TITLES)
    .add_table(people.SHORT_FIRST_NAMES)
)
for _language in numerals.CARDINALS_IN_NAMES:
    for _number, _words in number_words(_language):
        if "-" in _words:  # Sixty-Two is one word
            _ABBREVIATIONS.add(_words, str(_number))
_PLACES = Phrases(initials_joined=True)
for _place, _spellings in places.PLACES.items():
    for _each in (_place, *_spellings.split()):
        _PLACES.add(_each.replace("-", " "), _place)
for _each in places.TOWNS.split():
    _PLACES.add(_each.replace("-", " "), _each)
_PLACE_NAMES = folded_set(places.TOWNS) | folded_set(places.PLACES)

_SMALL = folded_set(company_words.SMALL_WORDS)
_TITLES = folded_set(people.TITLES) | folded_set(" ".join(people.TITLES.values()))
_FIRST_NAMES = (
    folded_set(people.FIRST_NAMES)
    | folded_set(people.SHORT_FIRST_NAMES)
    | folded_set(" ".join(people.SHORT_FIRST_NAMES.values()))
)
_COMMON = folded_set(company_words.GENERIC_WORDS) | folded_set(company_words.COMPANY_WORDS)
_HEADS = sorted(folded_set(company_words.COMPOUND_HEADS), key=len, reverse=True)
_NUMERALS = {
    **cardinals(numerals.CARDINALS_IN_NAMES),
    **{word: f"{n}." for n, words in numerals.ORDINALS.items() for word in folded_set(words)},
    **{f"{n}{end}": f"{n}." for n in range(1, 200) for end in ("st", "nd", "rd", "th")},
}
