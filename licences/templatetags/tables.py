"""Numbers and cells in templates."""

from django import template
from django.utils.formats import number_format

register = template.Library()

# What has no shape has a picture in Unicode: ␉ for a tab, ␇ for a bell.
_PICTURES = {number: 0x2400 + number for number in range(0x20)} | {0x7F: 0x2421}


@register.filter
def grouped_digits(number: int | None) -> str:
    """1,234,567, as the language of the reader writes it; nothing for None."""
    return "" if number is None else str(number_format(number, use_l10n=True, force_grouping=True))


@register.filter
def visible(text: str) -> str:
    """The text of a cell with its control characters to be seen."""
    return text.translate(_PICTURES)
