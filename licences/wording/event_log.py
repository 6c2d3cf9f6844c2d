"""The sentences of refusals about the event log and its verification."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LOG_SENTENCES: dict[str, Promise] = {
    "serial-beginning": _("%(length)s characters; a serial number has %(expected)s. Enter it or its first characters."),
    "log-check-running": _("The log is being verified already. Wait until that has ended."),
}
