"""The daily e-mail about reminders, to users who chose it in their account.

The worker queues it in the morning. It holds no data of customers: only how many new reminders each rule has, and
links.
"""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from licences import operations
from licences.models import ReminderDigest
from licences.operations.reminder_digests import RuleCounts
from licensing_portal.accounts.operations.messages import queue_message


def send_reminder_emails(*, now: datetime) -> None:
    """Queue the e-mails of the day. Idempotent: once a day, and no reminder is counted in two of a user's e-mails."""
    if settings.MAIL_IS_SENT:
        operations.tell_of_reminders(now=now, tell=_queue)


def _queue(choice: ReminderDigest, counts: RuleCounts) -> None:
    with translation.override(choice.language or settings.LANGUAGE_CODE):
        queue_message(_message(choice.user.email, counts))


def _message(address: str, counts: RuleCounts) -> EmailMessage:
    """The message, in the active language."""
    portal = settings.PORTAL_URL.rstrip("/")
    count = sum(number for _rule, number in counts)
    context = {
        "counts": counts,
        "link": portal + reverse("reminders-open"),
        "account": portal + reverse("account"),
    }
    body = render_to_string("licences/reminders/digest.txt", context)
    subject = ngettext("%(count)s new reminder", "%(count)s new reminders", count) % {"count": count}
    return EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address])
