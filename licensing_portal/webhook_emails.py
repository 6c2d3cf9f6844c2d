"""E-mails to administrators about a webhook that was switched off because its receiver is gone.

The worker queues them. They hold its name and host, and nothing of customers.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from licences import operations
from licences.domain.webhook_addresses import parse_url
from licences.models import Webhook
from licences.queries import approvals
from licences.queries.webhooks import webhook_counts
from licensing_portal.accounts.operations.messages import queue_message


def send_webhook_emails(*, now: datetime) -> None:
    """Queue the e-mails that are due. Idempotent: administrators are told once each time a webhook is switched off."""
    if settings.MAIL_IS_SENT:
        operations.tell_of_gone_webhooks(now=now, tell=_queue)


def _queue(webhook: Webhook, administrators: Sequence[User]) -> None:
    """Queue one message for each, in the language in which they last used the portal."""
    languages = approvals.decision_email_languages(administrators)
    for user in administrators:
        with translation.override(languages.get(user.pk, settings.LANGUAGE_CODE)):
            queue_message(_message(webhook, user.email))


def _message(webhook: Webhook, address: str) -> EmailMessage:
    """The message about a webhook, in the active language."""
    context = {
        "name": webhook.name,
        "host": parse_url(webhook.url).host,
        "waiting": webhook_counts(webhook).waiting,
        "link": settings.PORTAL_URL.rstrip("/") + reverse("admin:licences_webhook_change", args=[webhook.pk]),
    }
    body = render_to_string("licences/webhook_gone_email.txt", context)
    subject = _("The webhook %(name)s was switched off") % {"name": webhook.name}
    return EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address])
