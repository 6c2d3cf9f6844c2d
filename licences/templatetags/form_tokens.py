"""The hidden field with the one-time token of a form that begins something."""

import secrets

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def form_token() -> SafeString:
    """Render the field; it stands beside ``{% csrf_token %}``."""
    return format_html('<input type="hidden" name="form_token" value="{}">', secrets.token_urlsafe(18))
