"""Days in the lists of data quality, as people say them."""

from datetime import date

from babel.dates import format_timedelta
from django import template
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def distance(day: date, today: date) -> str:
    """How far ``day`` is from ``today``: ``3 months ago``, ``today``, ``in 12 days``."""
    if day == today:
        return _("today")
    locale = to_locale(get_language() or "en")
    return format_timedelta(day - today, granularity="day", add_direction=True, locale=locale)
