"""Whether the mail server answers and lets the portal in."""

import smtplib
from collections.abc import Iterator

from django.conf import settings
from django.core.mail import get_connection
from django.utils.translation import gettext as _

from licensing_portal.doctor.findings import HealthFinding, ok, problem

TIMEOUT = 5  # seconds


def find() -> Iterator[HealthFinding]:
    """Connect and log in as the worker does. Sends nothing."""
    if not settings.MAIL_IS_SENT:
        yield ok(_("E-mail is switched off (EMAIL_URL=none)."))
        return
    if not settings.MAIL_TRANSPORT.endswith("smtp.EmailBackend"):
        yield ok(_("E-mail goes to no mail server."))
        return
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    connection = get_connection(settings.MAIL_TRANSPORT, timeout=TIMEOUT)
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError:
        words = _("The mail server %(server)s refuses the user name or password.")
        yield problem(words % {"server": server}, _("Correct user and password in EMAIL_URL, and restart the worker."))
    except (OSError, smtplib.SMTPException) as error:
        reason = getattr(error, "strerror", "") or type(error).__name__
        words = _("The mail server %(server)s does not answer: %(reason)s.")
        advice = _("Check host, port and encryption in EMAIL_URL, and the firewall. Messages wait for a day.")
        yield problem(words % {"server": server, "reason": reason}, advice)
    else:
        yield ok(_("The mail server %(server)s answers.") % {"server": server})
    finally:
        connection.close()
