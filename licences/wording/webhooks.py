"""Sentences about webhooks: why something is refused, and why a message was not delivered."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_INSIDE = _(
    "%(address)s is an address of a private or special network, and webhooks do not reach those. Only the setting "
    "WEBHOOK_ALLOWED_ADDRESSES can allow one."
)
WEBHOOK_SENTENCES: dict[str, Promise] = {
    "webhook-url-wrong": _(
        "This is no address that a webhook can have. Write https://, a host and a path, in at most %(limit)s "
        "characters, without user name or #."
    ),
    "webhook-port": _("Webhooks do not go to port %(port)s. Use one of these ports: %(ports)s."),
    "webhook-inside": _INSIDE,
    "webhook-kinds-missing": _("Tick at least one kind of event."),
    "webhook-secret-rotated": _("The secret before this one still signs. Rotate again once that has ended."),
    "webhook-off": _("This webhook is switched off. Switch it on first."),
    "webhook-message-waits": _("This message is waiting to be sent already."),
    "webhook-test-again": _("This is a test. Send another test from the page of the webhook."),
    "webhook-nothing-then": _("In these days nothing happened that this webhook has chosen."),
    "webhook-span-too-long": _("In these days more than %(limit)s events happened. Choose fewer days."),
}

_FAILURES: dict[str, Promise] = {
    "webhook-url-wrong": _("The address is not usable."),
    "webhook-port": _("The address has a port that webhooks do not use."),
    "webhook-inside": _("The name leads to an address of a private or special network."),
    "name-unknown": _("The name of the host is not known."),
    "no-connection": _("The host does not accept connections."),
    "certificate": _("This machine does not trust whoever issued the certificate of the host."),
    "certificate-expired": _("The certificate of the host has expired."),
    "certificate-name": _("The certificate of the host is of another name."),
    "other-tls": _("The host speaks no version of TLS that is safe enough, or asks for a certificate."),
    "no-https": _("The host does not speak HTTPS."),
    "broken-off": _("The host broke off the connection."),
    "too-slow": _("The host did not answer in time."),
    "redirected": _("The host redirects to another address, which webhooks do not follow. Enter that address."),
    "refused": _("The host answered that it did not take the message."),
    "asked-to-wait": _("The host did not take the message, and asked to be left alone for a while."),
    "gone": _(
        "The host answered that nothing must be sent to this address any more (410). The webhook was switched off."
    ),
    "secret-unreadable": _("The secret cannot be read: MFA_ENCRYPTION_KEY lacks the key that sealed it."),
}


def webhook_failure_sentence(failure: str) -> str:
    """The sentence of the error of a message; empty if there is none."""
    return str(_FAILURES[failure]) if failure in _FAILURES else failure
