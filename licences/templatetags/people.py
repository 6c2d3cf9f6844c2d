"""Who did something, as it is told to the reader: people by their usernames, programs and pages in words."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()
_PROGRAM = "program "  # no username has a space


@register.filter
def told(who: str) -> str:
    """Return the name of a person, program or page; names of people stay as they are."""
    if who.startswith(_PROGRAM):
        return _("program %(name)s") % {"name": who.removeprefix(_PROGRAM)}
    return _("Registration page") if who == "Registration page" else who
