"""The test message, by which administrators see whether e-mail arrives."""

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from licences.domain.errors import Refusal
from licences.operations.rate_limits import take_from_limits
from licensing_portal.accounts.operations.messages import NOWHERE, queue_message

_COST = 20.0  # seconds: three at once, then one every twenty seconds


def send_test_message(*, user: User) -> None:
    """Queue a short message to the user's own address, in the active language. Every call queues one.

    ``Refusal``: ``mail-off``, ``user-without-address``, ``test-mail-too-soon``.
    """
    if settings.MAIL_TRANSPORT == NOWHERE:
        raise Refusal("mail-off")
    if not user.email:
        raise Refusal("user-without-address")
    if seconds := take_from_limits({f"test-mail {user.pk}": _COST}):
        raise Refusal("test-mail-too-soon", seconds=seconds)
    about = {"portal": settings.PORTAL_URL, "time": date_format(timezone.localtime(), "DATETIME_FORMAT")}
    body = _("This is a test of %(portal)s, made on %(time)s.\n\nIf you can read it, e-mail of the portal arrives.")
    queue_message(EmailMessage(_("Test message of the licensing portal"), body % about, to=[user.email]))
