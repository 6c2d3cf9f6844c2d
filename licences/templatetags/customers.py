"""What the history of customers says, in words."""

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

_SOURCES = {
    "correction": _("Correction"),
    "merge": _("Merging of customers"),
    "transfer": _("Transfer of a serial number"),
    "erasure": _("Erasure of personal data"),
}


@register.filter
def source_name(source: str) -> str:
    """Which operation changed a record."""
    return str(_SOURCES.get(source, source))
