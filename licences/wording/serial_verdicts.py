"""Labels of the verdict on a serial."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licences.domain.serial_verdicts import SerialVerdict


class SaidVerdict(NamedTuple):
    """A label for lists, a heading for pages, and the tone of the badge or band around them.

    ``to_caller`` is what the clerk can say where the verdict ends the call.
    """

    words: Promise
    title: Promise
    tone: str
    to_caller: Promise | str = ""


BLOCKED_TO_CALLER = _(
    "I cannot issue a code for this serial number at the moment. A supervisor will look into it and get back to you."
)

SAID = {
    SerialVerdict.BLOCKED: SaidVerdict(_("blocked"), _("This serial number is blocked"), "bad", BLOCKED_TO_CALLER),
    SerialVerdict.NOT_REGISTERED: SaidVerdict(
        _("not registered"), _("Bought but not registered: support may be refused"), "warn"
    ),
    SerialVerdict.EMERGENCY_EXPIRED: SaidVerdict(
        _("emergency code expired"), _("Registered, but its emergency code has expired"), "bad"
    ),
    SerialVerdict.EMERGENCY: SaidVerdict(_("on an emergency code"), _("Registered, on an emergency code"), "warn"),
    SerialVerdict.RELEASED: SaidVerdict(_("released"), _("Released, awaiting re-licensing"), "warn"),
    SerialVerdict.REGISTERED: SaidVerdict(_("registered"), _("Registered"), "ok"),
}
