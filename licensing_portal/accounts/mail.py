"""An e-mail backend that queues messages for the worker, so that no page waits for a mail server."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from licensing_portal.accounts.operations import messages


class QueueBackend(BaseEmailBackend):
    """Store messages in the database. The worker sends them by ``settings.MAIL_TRANSPORT``."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        addressed = [message for message in email_messages if message.recipients()]
        for message in addressed:
            messages.queue_message(message)
        return len(addressed)
