"""The certificate with which the portal answers at its own address."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from licensing_portal.doctor.findings import HealthFinding, ok, problem, warning

TIMEOUT = 5  # seconds
SOON, VERY_SOON = 21, 7  # days


def find() -> Iterator[HealthFinding]:
    address = urlsplit(settings.PORTAL_URL)
    if address.scheme != "https":
        yield ok(_("PORTAL_URL does not begin with https://, so there is no certificate."))
        return
    host, port = address.hostname or "", address.port or 443
    advice = _("Check the certificate and key in the proxy's configuration, and whether its renewal works.")
    try:
        end = _certificate_end(host, port)
    except ssl.SSLCertVerificationError as error:
        words = _("The certificate of %(host)s is not valid: %(reason)s.")
        yield problem(words % {"host": host, "reason": error.verify_message.rstrip(".")}, advice)
    except OSError as error:
        words = _("%(host)s is not reachable from here (%(reason)s), so its certificate was not checked.")
        hint = _(
            "Check the name in PORTAL_URL, the proxy and the firewall, or check the certificate from another machine."
        )
        yield warning(words % {"host": host, "reason": error.strerror or type(error).__name__}, hint)
    else:
        yield _judge_end(end, host, advice)


def _certificate_end(host: str, port: int) -> datetime:
    """The last moment at which the certificate is valid. ``OSError``: no connection, or the certificate is refused."""
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=TIMEOUT) as plain,
        context.wrap_socket(plain, server_hostname=host) as wrapped,
    ):
        certificate = wrapped.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)


def _judge_end(end: datetime, host: str, advice: str) -> HealthFinding:
    days = (end - timezone.now()).days
    words = _("The certificate of %(host)s is valid until %(day)s.") % {"host": host, "day": date_format(end)}
    if days < VERY_SOON:
        return problem(words, advice)
    return warning(words, advice) if days < SOON else ok(words)
