"""Why an unlock code is refused by the server into which it is typed."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

UNLOCK_CODE_SENTENCES: dict[str, Promise] = {
    "unlock-code-length": _("%(length)s characters; an unlock code has %(expected)s."),
    "unlock-code-range": _("This is not an unlock code: its value is too large. Check the first group."),
    "unlock-code-key": _("This unlock code was made with key %(key_id)s, which is unknown here."),
    "unlock-code-forged": _(
        "This unlock code does not fit the serial number and site ID. A character is wrong, or it was issued for "
        "another installation."
    ),
    "unlock-code-lines": _("This is not an unlock code: its licence lines are not in order."),
    "unlock-code-old": _("This unlock code is older than the one this server already has."),
    "unlock-code-expired": _("This emergency code was valid until %(until)s."),
}
