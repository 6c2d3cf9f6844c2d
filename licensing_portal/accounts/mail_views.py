"""The page *E-mail*, for administrators: what waits, what was given up and why, and a test message."""

from typing import cast

from django.conf import settings
from django.contrib import messages as notes
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from licences.views.begin_once import begins_once
from licences.views.form_pages import RefusalsShown, permitted
from licences.wording.deliveries import failure_sentence
from licensing_portal.accounts.models import QueuedMessage
from licensing_portal.accounts.operations import messages, trial_messages

MAY = "auth.change_user"
SHOWN = 50


@require_safe
@permitted(MAY)
def mail_queue(request: HttpRequest) -> HttpResponse:
    """Show how e-mail is sent, what waits, and what was given up in the last days."""
    failed = messages.failed_messages(now=timezone.now(), most=SHOWN)
    retried = messages.retried_messages(most=SHOWN)
    is_smtp = settings.MAIL_TRANSPORT.endswith("smtp.EmailBackend")
    context = {
        "is_sent": settings.MAIL_TRANSPORT != messages.NOWHERE,
        "server": f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}" if is_smtp else "",
        "sender": settings.DEFAULT_FROM_EMAIL,
        "waiting": QueuedMessage.objects.count(),
        "retried": [(each, failure_sentence(each.failure) if each.failure else "") for each in retried],
        "failed": [(each, failure_sentence(each.row.failure)) for each in failed],
    }
    return render(request, "account/mail_queue.html", context)


@require_POST
@permitted(MAY)
@begins_once
def send_test(request: HttpRequest) -> HttpResponse:
    """Send a test message to one's own address."""
    user = cast(User, request.user)  # permitted lets nobody in without a login
    with RefusalsShown(request):
        trial_messages.send_test_message(user=user)
        notes.success(request, _("A test message to %(address)s is on its way.") % {"address": user.email})
    return redirect("mail-queue")


@require_POST
@permitted(MAY)
@begins_once
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a message again that was given up."""
    with RefusalsShown(request):
        messages.send_again(message_id=pk, now=timezone.now())
        notes.success(request, _("The message waits to be sent again."))
    return redirect("mail-queue")
