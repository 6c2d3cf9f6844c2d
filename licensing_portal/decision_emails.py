"""E-mails to supervisors who have no page open while a request waits for them.

The worker sends them through the mail queue, ``DECISION_EMAIL_SECONDS`` after the request was handed over. They hold no
data of customers: only the request's number, what needs deciding, and a link.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from licences import operations
from licences.models import Relicensing
from licences.queries import approvals
from licences.templatetags.codes import subject_name
from licensing_portal.accounts.operations.messages import queue_message


def send_decision_emails(*, now: datetime) -> None:
    """Queue the e-mails that are due. Idempotent: supervisors are told of a request once."""
    if settings.MAIL_IS_SENT and settings.DECISION_EMAIL_SECONDS:
        after = timedelta(seconds=settings.DECISION_EMAIL_SECONDS)
        operations.tell_supervisors(now=now, after=after, tell=_queue)


def _queue(request: Relicensing, supervisors: Sequence[User]) -> None:
    """Queue one message for each supervisor, in the language in which they last used the portal."""
    languages = approvals.decision_email_languages(supervisors)
    for user in supervisors:
        with translation.override(languages.get(user.pk, settings.LANGUAGE_CODE)):
            queue_message(_message(request, user.email))


def _message(request: Relicensing, address: str) -> EmailMessage:
    """The message about a request, in the active language."""
    context = {
        "number": request.pk,
        "subjects": [subject_name(each) for each in request.waiting_for],
        "handed_over_by": request.handed_over_by or request.opened_by,
        "link": settings.PORTAL_URL.rstrip("/") + request.get_absolute_url(),
        "account": settings.PORTAL_URL.rstrip("/") + reverse("account"),
    }
    body = render_to_string("licences/relicensing/decision_email.txt", context)
    subject = _("A re-licensing request waits for a decision")
    return EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address])
