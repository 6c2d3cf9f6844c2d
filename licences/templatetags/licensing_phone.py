"""The licensing team's telephone number on pages and in e-mail for customers."""

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from licences.wording.licensing_phone import dialled, phone_in_brackets

register = template.Library()


@register.simple_tag
def licensing_phone(*, plain: bool = False) -> SafeString | str:
    """Return `` (number)`` with a link that dials it, or ``plain`` for e-mail; nothing without ``LICENSING_PHONE``."""
    number = settings.LICENSING_PHONE
    if plain or not number:
        return phone_in_brackets()
    return format_html(' (<a href="tel:{}">{}</a>)', dialled(number), number)
