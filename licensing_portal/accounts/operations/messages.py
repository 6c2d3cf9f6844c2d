"""The mail queue: messages wait in the database until the worker sends them, so that no page waits for a mail server.

Waiting messages are sealed, since they hold personal data and links that give access to an account. They are removed
once sent or given up. The task holds only the message's number. A message that a mail server refused, or whose worker
was killed, is tried again: it may arrive twice, but is never lost silently.
"""

import json
import logging
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from licences import operations
from licensing_portal.accounts import sealing
from licensing_portal.accounts.models import QueuedMessage

RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30))  # a link in a message is good for an hour
KEPT = timedelta(days=1)  # without a worker; nobody wants yesterday's message
LATE = timedelta(minutes=1)
PRIORITY = 50  # before imports that wait
NOWHERE = "django.core.mail.backends.dummy.EmailBackend"
log = logging.getLogger("licensing_portal.accounts")
Content = dict[str, Any]


# --- Queueing ----------------------------------------------------------------------------------------


def queue_message(message: EmailMessage) -> None:
    """Store a message for the worker, in the current transaction.

    A message with a number ``delivery`` carries an unlock code: what became of it is recorded with that delivery.
    """
    delivery = getattr(message, "delivery", None)
    _queue({"message": _packed(message), **({} if delivery is None else {"delivery": delivery})})


def queue_password_reset(*, email: str, link: str, language: str) -> None:
    """Store that somebody asked for a new password for an address, whether an account has it or not.

    The work is the same for every address, so neither the response nor its time reveals accounts. ``link`` has
    ``UID-KEY`` where the key belongs.
    """
    _queue({"reset": {"email": email, "link": link, "language": language}})


@transaction.atomic
def _queue(content: Content) -> None:
    if settings.MAIL_TRANSPORT == NOWHERE:
        return
    row = QueuedMessage.objects.create(sealed=sealing.seal(json.dumps(content)), due_at=timezone.now())
    deliver.enqueue(row.pk)


# --- Sending, by the worker --------------------------------------------------------------------------


@task(priority=PRIORITY)  # stored rows of waiting tasks name this function
def deliver(pk: int) -> None:
    """Send a message that is due. Idempotent: does nothing for a message that was sent, given up, or taken by another
    worker.
    """
    row = _take(pk, now=timezone.now())
    if row is None:
        return
    delivery = None
    try:
        content = json.loads(sealing.unseal(row.sealed))
        delivery = content.get("delivery")
        if delivery is None or operations.is_delivery_wanted(delivery):
            _send(content)
    except Exception as error:  # whatever it is: its text may name the address, so that no log and no list shows it
        _failed(row, error, delivery)
    else:
        _sent(row, delivery)


@transaction.atomic
def _take(pk: int, *, now: datetime) -> QueuedMessage | None:
    """Count one more attempt. Until the next one is due, no other worker makes one."""
    row = QueuedMessage.objects.select_for_update().filter(_is_due(now), pk=pk).first()
    if row is not None:
        row.due_at = now + RETRY_AFTER[min(row.attempts, len(RETRY_AFTER) - 1)]
        row.attempts += 1
        row.save(update_fields=["due_at", "attempts"])
    return row


def _is_due(now: datetime) -> Q:
    """Return whether the message is due. A time too far ahead was written while a clock was ahead,
    and counts as due.
    """
    return Q(due_at__lte=now) | Q(due_at__gt=now + max(RETRY_AFTER) + LATE)


@transaction.atomic
def _sent(row: QueuedMessage, delivery: int | None) -> None:
    QueuedMessage.objects.filter(pk=row.pk).delete()
    if delivery is not None:
        operations.record_delivery_sent(delivery)


@transaction.atomic
def _failed(row: QueuedMessage, error: Exception, delivery: int | None) -> None:
    kind = type(error).__name__
    is_final = row.attempts > len(RETRY_AFTER)
    if delivery is not None:
        operations.record_delivery_failure(delivery, failure=kind, is_final=is_final)
    if is_final:
        QueuedMessage.objects.filter(pk=row.pk).delete()
        log.error("a message could not be sent and was given up: %s", kind)
    else:
        log.warning("a message could not be sent, attempt %s: %s", row.attempts, kind)
        deliver.using(run_after=row.due_at).enqueue(row.pk)


def _send(content: Content) -> None:
    if "reset" in content:
        with transaction.atomic():
            for message in _password_resets(**content["reset"]):
                queue_message(message)
    else:
        _unpacked(content["message"]).send()


def _password_resets(*, email: str, link: str, language: str) -> Iterator[EmailMessage]:
    """Build the messages, to the address stored with the account, which may be spelled differently from what was typed.

    Users who log in by single sign-on only get none: a password would be a second way in.
    """
    from allauth.account.adapter import get_adapter
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import filter_users_by_email, user_pk_to_url_str

    with translation.override(language):
        for user in filter_users_by_email(email, is_active=True, prefer_verified=True):
            if user.has_usable_password():
                key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
                about = {"username": user.get_username(), "password_reset_url": link.replace("UID-KEY", key)}
                yield get_adapter().render_mail("account/email/password_reset_key", user.email, about)


# --- What was left behind ----------------------------------------------------------------------------


def requeue_overdue_messages(*, now: datetime) -> None:
    """Queue the tasks of overdue messages again: their worker was killed, or the clock was changed."""
    tasks = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=deliver.module_path)
    waiting = {int(each.args_kwargs["args"][0]) for each in tasks.filter(Q(run_after__lte=now) | _never())}
    for pk in QueuedMessage.objects.filter(_is_due(now - LATE)).values_list("pk", flat=True):
        if pk not in waiting:
            deliver.enqueue(pk)


def _never() -> Q:
    """Return the latest possible time, which is set on tasks that run at once."""
    from django_tasks_db.models import get_date_max

    return Q(run_after=get_date_max())


def remove_old_messages(now: datetime) -> int:
    return QueuedMessage.objects.filter(queued_at__lt=now - KEPT).delete()[0]


# --- As JSON -----------------------------------------------------------------------------------------

_LISTS = ("to", "cc", "bcc", "reply_to")


def _packed(message: EmailMessage) -> Content:
    return {
        "subject": str(message.subject),
        "body": str(message.body),
        "from_email": message.from_email,
        "headers": {name: str(value) for name, value in message.extra_headers.items()},
        "subtype": message.content_subtype,
        "alternatives": [[str(text), kind] for text, kind in getattr(message, "alternatives", ())],
        "attachments": [_packed_attachment(*each) for each in message.attachments],
        **{name: [str(address) for address in getattr(message, name)] for name in _LISTS},
    }


def _packed_attachment(name: str, content: str | bytes, kind: str) -> Content:
    is_text = isinstance(content, str)
    data = content.encode() if isinstance(content, str) else content
    return {"name": name, "kind": kind, "is_text": is_text, "data": b64encode(data).decode()}


def _unpacked(packed: Content) -> EmailMessage:
    lists = {name: packed[name] for name in _LISTS}
    message = EmailMultiAlternatives(
        packed["subject"],
        packed["body"],
        packed["from_email"],
        headers=packed["headers"],
        alternatives=[(text, kind) for text, kind in packed["alternatives"]],
        connection=get_connection(settings.MAIL_TRANSPORT),
        **lists,
    )
    message.content_subtype = packed["subtype"]
    for each in packed["attachments"]:
        data = b64decode(each["data"])
        message.attach(each["name"], data.decode() if each["is_text"] else data, each["kind"])
    return message
