"""Keys of address lines: one for all spellings of a line, with the house number and all that belongs to it.

Keys are stored, so they must not change without being computed again (docs/decisions.md#schema-changes).
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

from licences.domain.folding import fold_name, fold_once, has_digit, lowered, settled

# Short form → the words it stands for. “St” may be Saint or Street, so both are “st”. No short form may look like part
# of a house number (5 r, 5 ter).
_SHORT_FORMS = {
    "str": "Straße Strase", "pl": "Platz place plac", "al": "Allee allée all aleja aleje", "stg": "Stiege",
    "pf": "Postfach",
    "st": "street sainte ste", "rd": "road", "av": "avenue ave", "ln": "lane", "sq": "square", "ct": "court",
    "cl": "close", "dr": "drive Doktor docteur doktora", "gdns": "gardens", "terr": "terrace", "cres": "crescent",
    "gr": "grove", "pde": "parade", "pk": "park", "est": "estate", "ind": "industrial", "hse": "house",
    "bldg": "building", "bldgs": "buildings", "apt": "apartment",
    "ru": "rue r", "bd": "boulevard blvd bld bvd boul", "ch": "chemin chem", "rte": "route", "fbg": "faubourg",
    "quai": "q", "imp": "impasse", "cdt": "commandant", "pdt": "président",
    "bat": "bâtiment", "res": "résidence", "mal": "maréchal",
    "ul": "ulica", "os": "osiedle", "sw": "świętej świętego", "ks": "księdza", "marsz": "marszałka",
    "gen": "general général gal generała", "prof": "Professor profesora",
}  # fmt: skip
_SHORTENED = {fold_name(word): short for short, words in _SHORT_FORMS.items() for word in words.split()}
_STREET_ENDINGS = (("strasse", "str"), ("strase", "str"), ("platz", "pl"))
_ENDINGS = tuple(ending for ending, _short in _STREET_ENDINGS)
_BEFORE_ARTICLE = (["str"], ["pl"])  # Str. d. Republik
_NUMBER_SIGNS = {"nr", "no", "num", "numero", "nummer", "number", "n", "hausnummer", "hausnr", "hnr"}
_LEFT_OUT = {*_NUMBER_SIGNS, "d"}  # where they stand in the right place

# House numbers, and what people write between two of them: how it is found, and what one spelling of it is.
_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    # Hauptstr.12
    (re.compile(r"(?<!\w)([^\W\d_]{3,})\.?(?=\d)"), lambda found: f"{found[1]} "),
    # C 4, 12: Mannheim has squares for streets.
    (re.compile(r"^\s*([a-u])\s?(\d{1,2})[\s,]+(?=\d)"), lambda found: f"{found[1]}{found[2]} "),
    # Postfach 12 34: the digits come in pairs.
    (
        re.compile(r"(?<!\w)(postfach|pf\.?)\s+(\d+(?:\s\d+)+)(?!\w)"),
        lambda found: f"{found[1]} {''.join(found[2].split())}",
    ),
    # ul. 3-go Maja
    (re.compile(r"(\d)-(?:go|ego|ej)(?!\w)"), lambda found: found[1]),
    # 12 a, 12 bis
    (
        re.compile(r"(\d)\s+(?!(?:bis|m|u)\s+\d|r\s+d(?:['’]|(?:e|u|es)\s))(bis|ter|quater|[a-z])(?![\w'’.])"),
        lambda found: f"{found[1]}{found[2]}",
    ),
    # 12 u. 14
    (re.compile(r"(\d[a-z]?)\s+u\.?\s+(?=\d)"), lambda found: f"{found[1]} und "),
    # 12 - 14, 12 bis 14
    (
        re.compile(r"(\d[a-z]?)(?:\s*[-‐‑‒–—−]\s*|\s+(?:bis|to|à)\s+)(\d+[a-z]?)(?!\w)"),
        lambda found: f"{found[1]}to{found[2]}",
    ),
    # 12 / 3, 12 m. 3, 12 lok. 3
    (
        re.compile(r"(\d[a-z]?)(?:\s*/\s*|\s*m\.\s*|,?\s+(?:m|lok|lokal|mieszk|mieszkanie)\.?\s*)(?=\d)"),
        lambda found: f"{found[1]}over",
    ),
)

_ONE_AT_THE_END = re.compile(r"\D*\s\d+[a-z]?")  # Hauptstraße 12a: none of these spellings


def address_key(text: str) -> str:
    """The folded address line with street words abbreviated and the house number kept; at most 500 symbols. Idempotent.

    Stored in the keys of customers.
    """
    return settled(lambda each: " ".join(_street_words(fold_address(each).split())), text)


def fold_address(text: str) -> str:
    """Fold a line, with each house number and all that belongs to it as one word: 12a, 12bis, 12to14, 12over3."""
    if not text.isascii():
        # ² and ½ would melt into the number before them.
        text = "".join(f" {symbol}" if unicodedata.category(symbol) == "No" else symbol for symbol in text)
    text = lowered(text)
    if not text.isascii():
        text = text.replace("⁄", "/").replace("n°", "nr ").replace("º", " ")
    return fold_once(_whole_numbers(text.replace("#", " nr ")))


def _whole_numbers(text: str) -> str:
    """Join all that belongs to a house number into one word, while punctuation still shows what that is."""
    if _ONE_AT_THE_END.fullmatch(text):
        return text
    for spelling, one_spelling in _NUMBERS:
        text = spelling.sub(one_spelling, text)
    return text


def _street_words(words: Sequence[str]) -> list[str]:
    """The folded words of a line with street words abbreviated, without number signs and articles such as d'."""
    if _LEFT_OUT.isdisjoint(words):
        return [_street_word(word) for word in words]
    kept: list[str] = []
    for word, follower in zip(words, [*words[1:], ""], strict=False):
        is_number_sign = word in _NUMBER_SIGNS and has_digit(follower)
        is_article = word == "d" and kept[-1:] in _BEFORE_ARTICLE and follower.isalpha()
        if not is_number_sign and not is_article:
            kept.append(_street_word(word))
    return kept


def _street_word(word: str) -> str:
    """A folded word with its ending as all spellings of a street have it: hauptstrasse is hauptstr."""
    if word.endswith(_ENDINGS):
        for ending, short in _STREET_ENDINGS:
            if word.endswith(ending) and word != ending:
                return word[: -len(ending)] + short
    return _SHORTENED.get(word, word)
