"""What the look-up found, in templates."""

from functools import cache

from django import template
from django.utils.translation import get_language, gettext

from licences.lookup import Found, Hit
from licences.lookup.facts import Fact
from licences.lookup.saying import fact_title, reason_in_words, status_in_words, understood_as

register = template.Library()


@register.filter
def understood(found: Found) -> str:
    """What the typed text was taken for."""
    return understood_as(found)


@register.filter
def found_by(hit: Hit) -> str:
    """Why a serial number is among the results."""
    return reason_in_words(hit)


@register.filter
def status(found: Found) -> str:
    """How many there are, in a sentence."""
    return status_in_words(found)


@register.filter
def title(fact: Fact) -> str:
    return fact_title(fact)


@register.simple_tag
def column_labels() -> dict[str, str]:
    """The words of a table of serial numbers: translated once for a language, instead of for every row."""
    return _column_labels(get_language())


@cache
def _column_labels(language: str | None) -> dict[str, str]:
    return {
        "customer": gettext("Customer"),
        "town": gettext("Town"),
        "serial": gettext("Serial number"),
        "site_id": gettext("Site ID"),
        "state": gettext("State"),
        "assurance": gettext("Software Assurance"),
        "found_by": gettext("Found by"),
        "blocked": gettext("blocked"),
        "registered": gettext("registered"),
        "not_registered": gettext("not registered"),
        "released": gettext("released"),
        "former": gettext("former"),
    }
