"""Why an e-mail was not sent, by the kind of error that the mail queue records."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_FAILURES: dict[str, Promise] = {
    "SMTPRecipientsRefused": _("The mail server refused this address."),
    "SMTPSenderRefused": _("The mail server refused the portal’s own address."),
    "SMTPAuthenticationError": _("The mail server refused the portal’s log-in."),
    "overdue": _("No worker sent it within a day."),
    "erased": _("The address was erased before it was sent."),
    **dict.fromkeys(
        (
            "ConnectionRefusedError", "ConnectionResetError", "BrokenPipeError", "OSError", "TimeoutError", "gaierror",
            "SMTPServerDisconnected", "SMTPConnectError",
        ),
        _("The mail server cannot be reached."),
    ),
}  # fmt: skip
_OTHER = _("The mail server did not take the message.")


def failure_sentence(failure: str) -> str:
    """Return the sentence of an error, by the name of its class or "overdue" or "erased"."""
    return str(_FAILURES.get(failure, _OTHER))
