"""Is this the same company name, the same address line, as people spell it? (domain.md rule 8)

Both texts go through the same steps, each forgiving one habit of spelling; a habit that brought them nearer is
named as a difference. What still differs then are words, of which only small typos are forgiven. A different
house number is never forgiven.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from cleanco import termdata
from rapidfuzz.distance import OSA


class Likeness(Enum):
    SAME = "same"
    CLOSE = "close"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How alike two texts are, and stable codes of the ways in which they differ."""

    likeness: Likeness
    differences: tuple[str, ...] = ()


_MAX_LENGTH = 500  # longer than any field; keeps the comparison of pasted novels quick
_MAX_WORDS = 40


# --- One spelling for all --------------------------------------------------------------------------

_CONNECTIVES = {"&": " und ", "+": " und "}
_SAME_WORDS = {"and": "und", "et": "und", "saint": "st", "sankt": "st", "sainte": "st"}
_SPECIAL_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "a", "œ": "o", "ı": "i", "ħ": "h"}
)
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`´")
_UMLAUT_SPELLING = re.compile(r"([aou])e+")


def fold_name(text: str) -> str:
    """The form that is searched: one spelling of case, accents, umlauts, punctuation and “and”.

    Legal forms stay. A text without any letter or digit folds to its symbols. Idempotent.
    """
    return _settled(_fold_once, text)


def name_key(text: str) -> str:
    """The folded name without its legal form: equal for what counts as the same company name. Idempotent."""
    return _settled(lambda each: " ".join(_without_legal_form(fold_name(each).split())), text)


def address_key(text: str) -> str:
    """The folded address line, street words abbreviated, house number kept. Idempotent."""
    return _settled(lambda each: " ".join(_street_words(_fold_address(each).split())), text)


def _settled(fold: Callable[[str], str], text: str) -> str:
    """Fold until nothing changes: joining initials, say, may make a new umlaut spelling."""
    folded = fold(text[:_MAX_LENGTH])
    while (again := fold(folded)) != folded:
        folded = again
    return folded


def _fold_once(text: str) -> str:
    return " ".join(_joined_initials(_words(_without_accents(_lower(text.translate(_APOSTROPHES))))))


def _lower(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _without_accents(text: str) -> str:
    """ü, ue and u are one, and so on; ß is ss already (casefold)."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_SPECIAL_LETTERS))
    bare = "".join(symbol for symbol in decomposed if unicodedata.category(symbol) != "Mn")
    return _UMLAUT_SPELLING.sub(r"\1", unicodedata.normalize("NFC", bare))


def _words(text: str) -> list[str]:
    for symbol, word in _CONNECTIVES.items():
        text = text.replace(symbol, word)
    spaced = "".join(symbol if symbol.isalnum() or unicodedata.category(symbol) == "Mc" else " " for symbol in text)
    words = [_SAME_WORDS.get(word, word) for word in spaced.split()]
    return words or text.split()


def _joined_initials(words: Sequence[str]) -> list[str]:
    """``S. A.`` and ``e. K.`` are ``sa`` and ``ek``: neighbouring single letters are one word."""
    joined: list[str] = []
    open_run = False
    for word in words:
        single = len(word) == 1 and word.isalpha()
        if single and open_run:
            joined[-1] += word
        else:
            joined.append(word)
        open_run = single
    return joined


# --- Legal forms -----------------------------------------------------------------------------------

_COUNTRIES = ("Germany", "Austria", "Switzerland", "United Kingdom", "France", "Poland", "Netherlands", "Belgium",
              "Italy", "Spain", "United States of America")  # fmt: skip
# What the library lacks, or has in one spelling only.
_MORE_LEGAL_FORMS = (
    "GmbH & Co. KG", "GmbH & Co. KGaA", "GmbH & Co. OHG", "AG & Co. KG", "AG & Co. KGaA", "Ltd & Co. KG",
    "UG (haftungsbeschränkt) & Co. KG", "UG (haftungsbeschränkt)", "UG", "GmbH", "gGmbH", "AG", "KG", "KGaA",
    "OHG", "GbR", "e.K.", "e.Kfm.", "e.Kfr.", "eG", "e.G.", "e.V.", "e.U.", "SE", "PartG", "mbB",
    "Gesellschaft mit beschränkter Haftung", "Aktiengesellschaft", "Kommanditgesellschaft",
    "Limited", "Ltd", "PLC", "LLP", "CIC", "Public Limited Company", "Limited Liability Partnership",
    "Inc", "Incorporated", "Corp", "Corporation", "LLC", "Company", "Co", "Co Ltd",
    "SA", "SAS", "SASU", "SARL", "EURL", "SNC", "SCI", "SCOP", "Sàrl", "Société Anonyme",
    "Société à responsabilité limitée", "Société par actions simplifiée",
    "Sp. z o.o.", "Sp. z o.o. Sp.k.", "Spółka z o.o.", "Spółka z ograniczoną odpowiedzialnością", "Sp.k.",
    "Sp.j.", "Sp.p.", "S.K.A.", "Spółka Akcyjna", "Spółka komandytowa", "Spółka jawna", "Spółka cywilna", "s.c.",
    "BV", "NV", "SpA", "Srl", "SL",
)  # fmt: skip
# Ordinary words that are legal forms somewhere else.
_NOT_LEGAL_FORMS = {"et", "private", "ee", "da", "as", "und"}


def _legal_forms() -> frozenset[tuple[str, ...]]:
    library = (term for country in _COUNTRIES for term in termdata.terms_by_country.get(country, ()))
    folded = {tuple(fold_name(term).split()) for term in (*library, *_MORE_LEGAL_FORMS)}
    return frozenset(form for form in folded if form and " ".join(form) not in _NOT_LEGAL_FORMS)


_LEGAL_FORMS = _legal_forms()
_LONGEST_LEGAL_FORM = max(len(form) for form in _LEGAL_FORMS)
_LEADING_LEGAL_FORMS = {("sarl",), ("sas",), ("sa",), ("eurl",), ("sci",), ("firma",), ("fa",)}


def _without_legal_form(words: list[str]) -> list[str]:
    """Cut legal forms from the end, and those that stand in front; a name made of nothing else keeps it."""
    while len(words) > 1:
        for size in range(min(_LONGEST_LEGAL_FORM, len(words) - 1), 0, -1):
            if tuple(words[-size:]) in _LEGAL_FORMS:
                words = words[:-size]
                break
        else:
            break
    if len(words) > 1 and tuple(words[:1]) in _LEADING_LEGAL_FORMS:
        words = words[1:]
    if len(words) > 1 and words[-1] == "und":  # what is left of “… & Co. KG”
        words = words[:-1]
    return words


# --- Address lines ---------------------------------------------------------------------------------

# “St” may be Saint or Street, so both are “st”. No short form may look like a part of a house number (5 r, 5 ter).
_STREET_WORDS = {
    "street": "st", "strasse": "str", "road": "rd", "avenue": "av", "ave": "av", "lane": "ln", "drive": "dr",
    "place": "pl", "platz": "pl", "plac": "pl", "square": "sq", "boulevard": "bd", "blvd": "bd", "bld": "bd",
    "bvd": "bd", "ulica": "ul", "aleja": "al", "alle": "al", "aleje": "al", "allee": "al", "chemin": "ch",
    "route": "rte", "court": "ct", "close": "cl", "gardens": "gdns", "terrace": "terr", "crescent": "cres",
    "r": "ru", "rue": "ru", "faubourg": "fbg", "q": "quai", "impasse": "imp", "osiedle": "os",
}  # fmt: skip
_SHORT_STREET_WORDS = {fold_name(word): short for word, short in _STREET_WORDS.items()}  # “avenue” folds to “avenu”
_STREET_ENDINGS = (("strasse", "str"), ("platz", "pl"))
_NUMBER_SIGNS = {"nr", "no", "num", "numero", "nummer", "number", "n"}

_GLUED = re.compile(r"(?<!\w)([^\W\d_]{3,})\.?(?=\d)")
_RANGE = re.compile(r"(\d+[a-z]?)\s*[-‐‑‒–—−]\s*(\d+[a-z]?)(?!\w)")
_STAIRCASE = re.compile(r"(\d+[a-z]?)\s*/\s*(?=\d)")
_SUFFIX = re.compile(r"(\d)\s+(bis|ter|quater|[a-z])(?![\w'’.])")


def _fold_address(text: str) -> str:
    """Fold, keeping a house number with all that belongs to it in one word: 12a, 12bis, 12to14, 12over3."""
    # ² and ½ would melt into the number before them.
    text = "".join(f" {symbol}" if unicodedata.category(symbol) == "No" else symbol for symbol in text)
    text = _lower(text).replace("⁄", "/")
    text = text.replace("n°", "nr ").replace("º", " ").replace("#", " ")
    text = _GLUED.sub(r"\1 ", text)
    text = _SUFFIX.sub(r"\1\2", text)
    text = _RANGE.sub(r"\1to\2", text)
    text = _STAIRCASE.sub(r"\1over", text)
    return _fold_once(text)


def _street_words(words: list[str]) -> list[str]:
    kept = []
    for index, word in enumerate(words):
        before_number = index + 1 < len(words) and _has_digit(words[index + 1])
        if word in _NUMBER_SIGNS and before_number:
            continue
        kept.append(_street_word(word))
    return kept


def _street_word(word: str) -> str:
    for ending, short in _STREET_ENDINGS:
        if word.endswith(ending) and word != ending:
            return word[: -len(ending)] + short
    return _SHORT_STREET_WORDS.get(word, word)


def _has_digit(word: str) -> bool:
    return any(symbol.isdigit() for symbol in word)


# --- Comparing -------------------------------------------------------------------------------------

_Step = tuple[str, Callable[[str], str]]

# Words that people leave out.
_SMALL_WORDS = {
    "und",
    "the",
    "of",
    "der",
    "die",
    "das",
    "de",
    "du",
    "des",
    "la",
    "le",
    "les",
    "fur",
    "for",
    "ul",
}


def compare_names(said: str, recorded: str) -> Comparison:
    """Compare two company names. Symmetric; never raises.

    CLOSE: they differ as people's spelling does (case, accents, punctuation, legal form, word order, word
    division, small typos). A word or a number more, less or other is DIFFERENT.
    """
    steps: list[_Step] = [("legal-form", name_key)]
    return _compare(said, recorded, steps, fold_name, numbers="words")


def compare_address_lines(said: str, recorded: str) -> Comparison:
    """Compare two address lines. Symmetric; never raises.

    CLOSE as for names, with street abbreviations instead of legal forms. Numbers must agree to the letter and
    the range: 12 is not 12a, nor 12-14 (difference ``house-number``).
    """
    steps: list[_Step] = [("abbreviation", address_key)]
    return _compare(said, recorded, steps, _fold_address, numbers="house-number")


def _compare(
    said: str, recorded: str, more: Sequence[_Step], punctuate: Callable[[str], str], *, numbers: str
) -> Comparison:
    if _plain(said) == _plain(recorded):
        return Comparison(Likeness.SAME)
    one, other = said[:_MAX_LENGTH], recorded[:_MAX_LENGTH]
    key = more[-1][1]
    one_words, other_words = _significant(key(one)), _significant(key(other))
    differences = _habits(one, other, [("punctuation", punctuate), *more])
    if len(said) > _MAX_LENGTH or len(recorded) > _MAX_LENGTH:
        same_rest = said[_MAX_LENGTH:] == recorded[_MAX_LENGTH:]
        if not same_rest:
            return Comparison(Likeness.DIFFERENT, ("words",))
    if not _same_numbers(one_words, other_words):
        return Comparison(Likeness.DIFFERENT, (numbers,))
    how = _word_difference(one_words, other_words)
    if how is None:
        return Comparison(Likeness.DIFFERENT, ("words",))
    unnamed = "punctuation" if punctuate(one) == punctuate(other) else "word-order"  # SARL Dupont, Dupont SARL
    return Comparison(Likeness.CLOSE, tuple(dict.fromkeys((*differences, *how))) or (unnamed,))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _habits(one: str, other: str, more: Sequence[_Step]) -> list[str]:
    """The steps that bring the two texts nearer to each other, in order."""
    steps: list[_Step] = [
        ("case", str.lower),
        ("accents", lambda text: _without_accents(_lower(text))),
        *more,
    ]
    named, apart = [], _apart(_plain(one), _plain(other))
    for name, step in steps:
        nearer = _apart(step(one), step(other))
        if nearer < apart:
            named.append(name)
        apart = nearer
    return named


def _apart(one: str, other: str) -> int:
    """How many symbols one text has and the other lacks, wherever they stand: word order is another habit."""
    symbols, others = Counter(one), Counter(other)
    return ((symbols - others) + (others - symbols)).total()


def _significant(key: str) -> list[str]:
    words = key.split()
    return [word for word in words if word not in _SMALL_WORDS] or words


def _same_numbers(one: Sequence[str], other: Sequence[str]) -> bool:
    """Flat 2, 10 High Street is 10 High Street, Flat 2, but not Flat 10, 2 High Street."""
    if [word for word in one if _has_digit(word)] == [word for word in other if _has_digit(word)]:
        return True
    return _named_numbers(one) == _named_numbers(other)


def _named_numbers(words: Sequence[str]) -> Counter[tuple[str, str]]:
    """Each number with the word before it, which says what it counts."""
    pairs = zip(["", *words], words, strict=False)
    return Counter(("" if _has_digit(before) else before, word) for before, word in pairs if _has_digit(word))


def _word_difference(one: list[str], other: list[str]) -> tuple[str, ...] | None:
    """How two lists of words differ that are close, or None where they are different."""
    if not one or not other:
        return None
    if one == other:
        return ()
    if sorted(one) == sorted(other):
        return ("word-order",)
    if "".join(one) == "".join(other):
        return ("spacing",)
    if len(one) == len(other) and len(one) <= _MAX_WORDS and _pairs_up(one, other):
        return ("spelling",)
    joined, other_joined = "".join(one), "".join(other)
    shorter = min(len(joined), len(other_joined))
    if len(one) != len(other) and shorter >= 8 and OSA.distance(joined, other_joined, score_cutoff=1) <= 1:
        return ("spacing", "spelling")
    return None


def _pairs_up(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether every word has a partner of its own that is the same but for a small typo (Kuhn's algorithm)."""
    partner: dict[int, int] = {}

    def find(index: int, tried: set[int]) -> bool:
        for candidate, word in enumerate(other):
            if candidate in tried or not _nearly_same(one[index], word):
                continue
            tried.add(candidate)
            if candidate not in partner or find(partner[candidate], tried):
                partner[candidate] = index
                return True
        return False

    return all(find(index, set()) for index in range(len(one)))


def _nearly_same(one: str, other: str) -> bool:
    """Equal, or apart by one slip in a word of 4 to 7 letters, two in a longer one; never in a number."""
    if one == other:
        return True
    if _has_digit(one) or _has_digit(other):
        return False
    longer = max(len(one), len(other))
    allowed = 0 if longer < 4 else 1 if longer < 8 else 2
    return OSA.distance(one, other, score_cutoff=allowed) <= allowed
