"""Days and times in templates, as people say them."""

from datetime import date, datetime, timedelta

from babel.dates import format_timedelta
from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

register = template.Library()

_A_MINUTE = timedelta(minutes=1)
_A_WEEK = timedelta(days=7)


@register.filter
def when(first: datetime, times: int) -> str:
    """When something happened that was first seen at ``first``: ``today``, ``on Tuesday`` within a week, or the date.

    Where it happened several times: ``today``, ``since Tuesday``, ``since`` and the date.
    """
    named = _named_day(first)
    if not named:
        return _("today")
    return (_("on %(day)s") if times == 1 else _("since %(day)s")) % {"day": named}


def _named_day(moment: datetime) -> str:
    """The day of the week within a week, else the date; empty for today."""
    day, today = timezone.localdate(moment), timezone.localdate()
    if day == today:
        return ""
    return date_format(day, "l" if today - day < _A_WEEK else "DATE_FORMAT")


@register.filter
def ago(moment: datetime) -> str:
    """How long ago, or in how long: ``just now``, ``17 minutes ago``, ``in 2 months``."""
    distance = moment - timezone.now()
    if abs(distance) < _A_MINUTE:
        return _("just now")
    locale = to_locale(get_language() or "en")
    return format_timedelta(distance, granularity="minute", threshold=1, add_direction=True, locale=locale)


@register.filter
def cover(last_day: date) -> str:
    """Until when Software Assurance covers a site, or when that ended: ``until 30 Jun 2027``, ``ended 29 Feb 2024``."""
    shown = {"day": date_format(last_day, "DATE_FORMAT")}
    return _("ended %(day)s") % shown if last_day < timezone.localdate() else _("until %(day)s") % shown
