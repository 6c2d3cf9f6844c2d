"""Template filters and tags for the look-up's results."""

from functools import cache
from urllib.parse import urlencode

from django import template
from django.utils.translation import get_language, gettext

from licences.domain.checklist_headlines import Headline
from licences.domain.serial_verdicts import SerialVerdict
from licences.lookup import Hit, LookupResult
from licences.lookup.facts import Fact
from licences.lookup.labels import fact_title, reason_in_words, status_in_words, understood_as
from licences.wording.checklist import HEADLINES
from licences.wording.serial_verdicts import SAID, SaidVerdict

register = template.Library()


@register.filter
def understood(found: LookupResult) -> str:
    """Return how the typed text was interpreted."""
    return understood_as(found)


@register.filter
def found_by(hit: Hit) -> str:
    """Return why a serial number is among the results."""
    return reason_in_words(hit)


@register.filter
def status(found: LookupResult) -> str:
    """Return the number of results as a sentence."""
    return status_in_words(found)


@register.filter
def in_address(text: str) -> str:
    """Return the query string of a look-up for a text: ``q=…``, with a plus as %2B."""
    return urlencode({"q": text})


@register.filter
def different(answer: Hit | None, hit: Hit) -> bool:
    """Return whether a hit is not the answer."""
    return answer is not hit


@register.filter
def title(fact: Fact) -> str:
    return fact_title(fact)


@register.filter
def said_verdict(verdict: str) -> SaidVerdict:
    """Return the words, the heading and the tone of the verdict on a serial."""
    return SAID[SerialVerdict(verdict)]


@register.simple_tag
def unknown_serial_to_caller() -> str:
    """What to say to a caller whose serial number is not found."""
    return str(HEADLINES[Headline.UNKNOWN_SERIAL].to_caller)


@register.simple_tag
def column_labels() -> dict[str, str]:
    """Return the labels of a table of serial numbers, translated once per language and not once per row."""
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
        "former": gettext("former"),
    }
