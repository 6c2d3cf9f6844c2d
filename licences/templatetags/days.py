"""Days in templates, as people say them."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def since(moment: datetime) -> str:
    """``since today``, ``since Tuesday`` within a week, else ``since`` and the date."""
    day, today = timezone.localdate(moment), timezone.localdate()
    if day == today:
        return _("since today")
    form = "l" if today - day < timedelta(days=7) else "DATE_FORMAT"
    return _("since %(day)s") % {"day": date_format(day, form)}
