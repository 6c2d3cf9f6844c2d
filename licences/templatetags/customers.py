"""Template filters about customers."""

from django import template

from licences.wording.countries import country_name
from licences.wording.sentences import SOURCES

register = template.Library()


@register.filter
def country(text: str, otherwise: str = "") -> str:
    """A country by name in the language of the page; ``otherwise`` names it where ``text`` is empty."""
    return country_name(text or otherwise)


@register.filter
def source_name(source: str) -> str:
    """Return the name of the operation that changed a record."""
    return str(SOURCES.get(source, source))
