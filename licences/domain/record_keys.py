"""Keys of what customers, purchases and products are called: one key for all spellings of one thing.

The rule is docs/decisions.md#a-key-typed-otherwise. Keys are stored, so they must not change without being computed
again (docs/decisions.md#schema-changes).
"""

import re
from functools import lru_cache

from licences.domain.cells import visible
from licences.domain.folding import MAX_LENGTH, fold_name, normalized, settled

_JOINERS = re.compile("[\u200c\u200d]")  # which texts keep between letters that join
_DASHES = re.compile("[\u02d7\u058a\u05be\u2010-\u2015\u2043\u2212\u23af\u2e3a\u2e3b\ufe58\ufe63\uff0d]")
_DIGITS = re.compile("[0-9]+")
# With a dash or blank any country code, without one only those that no postcode begins with.
_POSTCODE_COUNTRY = re.compile(
    "(?:[A-Z]{1,3})[- ]+(?=[0-9O])|(?:A|B|CH|CZ|D|DE|AT|BE|DK|ES|F|FR|H|I|IT|L|LU|PL|S)(?=[0-9]{4})"
)
_CACHE_SIZE = 4096


def code_text(text: str) -> str:
    """Return a reference, number or SKU as it is stored: nothing invisible, each dash as "-", single blanks."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(with_plain_dashes(visible(_JOINERS.sub("", text))).split())


def with_plain_dashes(text: str) -> str:
    """Return the text with every kind of dash as "-"."""
    return text if text.isascii() else _DASHES.sub("-", text)


@lru_cache(maxsize=_CACHE_SIZE)
def reference_key(text: str) -> str:
    """Return the key of a purchase reference: ``code_text`` in any case and with compatibility forms as ordinary ones.

    In capital letters, because most references are written so and are their own key. Idempotent; at most three times
    as long as the text.
    """
    if text.isascii():
        return code_text(text[:MAX_LENGTH]).upper()
    return settled(_capitals, text)


@lru_cache(maxsize=_CACHE_SIZE)
def number_key(text: str) -> str:
    """Return the key of a customer number: as that of a reference, and digits alone without leading zeros."""
    key = reference_key(text)
    return (key.lstrip("0") or "0") if _DIGITS.fullmatch(key) else key


@lru_cache(maxsize=_CACHE_SIZE)
def sku_key(text: str) -> str:
    """Return the key of a SKU, as that of a reference."""
    return reference_key(text)


@lru_cache(maxsize=_CACHE_SIZE)
def postcode_key(text: str) -> str:
    """Return the key of a postcode: without country prefix, blanks, dashes and leading zeros, with 0 for the letter O.

    ``D-01067``, ``O1067`` and ``1067`` are one. A letter O next to letters only, as in British postcodes, becomes 0
    too, in all spellings alike.
    """
    capitals = reference_key(text)
    bare = _POSTCODE_COUNTRY.sub("", capitals, count=1) if _POSTCODE_COUNTRY.match(capitals) else capitals
    joined = "".join(symbol for symbol in bare if symbol.isalnum()).replace("O", "0")
    return joined.lstrip("0") or joined[:1]


@lru_cache(maxsize=_CACHE_SIZE)
def country_key(text: str) -> str:
    """Return the key of a country: its code of two letters where it is a common one, else the folded name."""
    folded = fold_name(text)
    return _COUNTRIES.get(folded, folded)[:100]


def _capitals(text: str) -> str:
    """One pass of ``reference_key``, which may leave something for another pass."""
    return code_text(normalized("NFKC", normalized("NFKC", code_text(text)).casefold()).upper())


# Code → the names that customers and their systems write.
_NAMES = {
    "de": "d deu ger germany deutschland allemagne niemcy brd",
    "at": "a aut austria osterreich autriche",
    "ch": "che sui switzerland schweiz suisse svizzera szwajcaria",
    "fr": "f fra france frankreich francja",
    "gb": "uk gbr england united-kingdom great-britain vereinigtes-konigreich grossbritannien",
    "pl": "pol poland polen polska pologne",
    "it": "i ita italy italien italia",
    "nl": "nld netherlands niederlande nederland holland",
    "be": "b bel belgium belgien belgique belgie",
    "lu": "l lux luxembourg luxemburg",
    "es": "e esp spain spanien espana",
    "us": "usa united-states united-states-of-america vereinigte-staaten",
    "li": "fl lie liechtenstein",
    "dk": "dnk denmark danemark danmark",
    "cz": "cze czechia tschechien czech-republic",
}
_COUNTRIES = {name.replace("-", " "): code for code, names in _NAMES.items() for name in names.split()}
