"""What the look-up found, in templates."""

from django import template

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
