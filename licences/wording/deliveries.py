"""E-mail: why a message is not sent, and, by the kind of error that the mail queue records, was not sent."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DELIVERY_SENTENCES: dict[str, Promise] = {
    "mail-off": _("This portal sends no e-mail. Read the code out, or save the licence file."),
    "address-not-on-record": _("That e-mail address is not on record any more. Choose one of those shown."),
    "address-new": _(
        "This address was put on record less than 24 hours ago. Until then only a supervisor sends codes to it."
    ),
    "code-superseded": _("This code is out of date: there is a newer one, or its installation has ended."),
    "too-many-deliveries": _(
        "Codes of this serial number were sent %(limit)s times within an hour. Wait, or read the code out."
    ),
}

MAIL_SENTENCES: dict[str, Promise] = {
    "user-without-address": _("Your account has no e-mail address. Enter one under Users."),
    "test-mail-too-soon": _("A test message was sent just now. Wait %(seconds)s seconds."),
    "invited-without-address": _("%(user)s has no e-mail address. Enter one first."),
    "invited-user-inactive": _("%(user)s is deactivated. Activate the account first."),
    "invited-user-knows-portal": _(
        "%(user)s has logged in before. They choose a new password themselves, with the link on the login page."
    ),
    "message-gone": _("This message was sent again already, or its content is gone."),
    "message-link-ended": _("The link in this message has ended. Whoever needs it asks for a new one."),
}

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
