"""Countries by name, in the language of the reader; records hold a code or a name, as it was typed or imported."""

from functools import cache

from babel import Locale
from django.utils.translation import get_language

_LANGUAGES = ("en", "de")
_READ = ("en", "de", "fr", "it")  # languages in which a record may name its country
_OTHER_NAMES = {"d": "DE", "a": "AT", "fl": "LI"}  # as on vehicles and in old addresses
_SAID = {"GB": ("UK", "England", "Great Britain", "Großbritannien"), "NL": ("Holland",), "US": ("USA",)}


def country_name(country: str) -> str:
    """The name of a country that is given as a code of two letters or by its English or German name.

    Anything else is returned as it is.
    """
    typed = country.strip()
    code = typed.upper() if len(typed) == 2 else _codes(_LANGUAGES).get(typed.casefold(), "")
    return _names(get_language() or _LANGUAGES[0]).get(code, country)


def country_code(country: str) -> str:
    """Return the code of two letters of a country that is given by it, or by its name in English, German, French or
    Italian. Empty if it is none of these.
    """
    typed = country.strip().casefold()
    known = _OTHER_NAMES.get(typed) or _codes(_READ).get(typed, "")
    return known or (typed.upper() if typed.upper() in _names("en") else "")


@cache
def said_names(code: str) -> tuple[str, ...]:
    """Every name that callers give a country in: English, German, French and Italian, and those in daily use.

    ``code`` has two letters. Empty for one that no country has.
    """
    names = [name for language in _READ if (name := _names(language).get(code.upper()))]
    return tuple(dict.fromkeys([*names, *_SAID.get(code.upper(), ())]))


@cache
def _names(language: str) -> dict[str, str]:
    """Names by code of two letters; regions that are no country (numbers, and codes such as EU) are left out."""
    names = Locale.parse(language, sep="-").territories
    return {code: name for code, name in names.items() if len(code) == 2 and code not in ("EU", "EZ", "QO", "UN", "ZZ")}


@cache
def _codes(languages: tuple[str, ...]) -> dict[str, str]:
    return {name.casefold(): code for language in languages for code, name in _names(language).items()}
