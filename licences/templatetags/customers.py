"""What the history of customers says, in words."""

from django import template

from licences.wording import SOURCES

register = template.Library()


@register.filter
def source_name(source: str) -> str:
    """Which operation changed a record."""
    return str(SOURCES.get(source, source))
