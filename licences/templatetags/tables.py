"""Template filters for numbers and cells."""

from typing import Any

from django import template
from django.utils.formats import number_format

from licences.wording import columns

register = template.Library()
register.filter("column_title", columns.column_title)
register.filter("unusual_quantities", columns.unusual_quantities_text)

# What has no shape has a picture in Unicode: ␉ for a tab, ␇ for a bell.
_PICTURES = {number: 0x2400 + number for number in range(0x20)} | {0x7F: 0x2421}


@register.filter
def grouped_digits(number: int | None) -> str:
    """Return a number with grouped digits in the reader's language (1,234,567), or "" for None."""
    return "" if number is None else str(number_format(number, use_l10n=True, force_grouping=True))


@register.filter
def skipped_rows(file_format: dict[str, Any]) -> list[str]:
    """Return the skipped rows of a file in words, one text for each kind; ``file_format`` is ``FileImport.format``."""
    skipped = file_format.get("skipped_rows", {})
    return [columns.skipped_rows_text(kind, rows) for kind, rows in skipped.items()]


@register.filter
def visible(text: str) -> str:
    """Return the text of a cell with control characters as visible symbols."""
    return text.translate(_PICTURES)
