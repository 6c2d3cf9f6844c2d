"""The mail queue: messages wait in the database until the worker sends them, so that no page waits for a mail server.

Messages are sealed, since they hold personal data and links that give access to an account. They are removed once
sent. The task holds only the message's number. A message that a mail server refused, or whose worker was killed, is
tried again: it may arrive twice, but is never lost silently. One that was given up is kept for a week with the reason,
and administrators can send it again.

Every message has its text as simple HTML beside it (``mail_html``).
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from licences import operations
from licences.domain.errors import Refusal
from licensing_portal.accounts import sealing
from licensing_portal.accounts.message_packing import pack_message, unpack_message
from licensing_portal.accounts.models import FailedMessage, QueuedMessage

RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30))  # a link in a message is good for an hour
KEPT = timedelta(days=1)  # without a worker; nobody wants yesterday's message
FAILED_KEPT = timedelta(days=7)
LATE = timedelta(minutes=1)
PRIORITY = 50  # before imports that wait
NOWHERE = "django.core.mail.backends.dummy.EmailBackend"
log = logging.getLogger("licensing_portal.accounts")
Content = dict[str, Any]


# --- Queueing ----------------------------------------------------------------------------------------


def queue_message(message: EmailMessage) -> None:
    """Store a message for the worker, in the current transaction.

    A message with a number ``delivery`` carries an unlock code: what became of it is recorded with that delivery. One
    with a time ``good_until`` has a link that ends then. ``language`` is that of its text, by default the active one.
    """
    content: Content = {"message": pack_message(message)}
    delivery, good_until = getattr(message, "delivery", None), getattr(message, "good_until", None)
    if delivery is not None:
        content["delivery"] = delivery
    if good_until is not None:
        content["good_until"] = good_until.isoformat()
    _queue(content)


def queue_password_reset(*, email: str, link: str, language: str) -> None:
    """Store that somebody asked for a new password for an address, whether an account has it or not.

    The work is the same for every address, so neither the response nor its time reveals accounts. ``link`` has
    ``UID-KEY`` where the key belongs.
    """
    good_until = timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    reset = {"email": email, "link": link, "language": language}
    _queue({"reset": reset, "good_until": good_until.isoformat()})


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
        _keep_failed(row, kind, delivery)
        QueuedMessage.objects.filter(pk=row.pk).delete()
        log.error("a message could not be sent and was given up: %s", kind)
    else:
        _note_failure(row, kind)
        log.warning("a message could not be sent, attempt %s: %s", row.attempts, kind)
        deliver.using(run_after=row.due_at).enqueue(row.pk)


def _note_failure(row: QueuedMessage, kind: str) -> None:
    """Keep with a message that will be tried again why it was not sent now."""
    content = _content(row.sealed)
    if content is not None:
        sealed = sealing.seal(json.dumps({**content, "failure": kind}))
        QueuedMessage.objects.filter(pk=row.pk).update(sealed=sealed)


def _keep_failed(row: QueuedMessage, kind: str, delivery: int | None) -> None:
    """Keep a message that is given up. One with an unlock code is sent again from its sheet, so its content goes."""
    now = timezone.now()
    content = _content(row.sealed)
    good_until = parse_datetime(content.get("good_until", "")) if content else None
    FailedMessage.objects.create(
        sealed="" if delivery is not None or content is None else row.sealed,
        failure=kind[:100],
        attempts=row.attempts,
        queued_at=row.queued_at,
        failed_at=now,
        good_until=good_until,
    )


def _content(sealed: str) -> Content | None:
    """The content of a message; None if the key that sealed it is gone, or there is none."""
    try:
        found: Content = json.loads(sealing.unseal(sealed))
    except Exception:  # whatever it is: the message cannot be read any more
        return None
    return found


def _send(content: Content) -> None:
    if "reset" in content:
        with transaction.atomic():
            for message in _password_resets(**content["reset"]):
                queue_message(message)
    else:
        unpack_message(content["message"]).send()


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
                message = get_adapter().render_mail("account/email/password_reset_key", user.email, about)
                message.good_until = timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
                yield message


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
    failed = FailedMessage.objects.filter(failed_at__lt=now - FAILED_KEPT).delete()[0]
    return failed + QueuedMessage.objects.filter(queued_at__lt=now - KEPT).delete()[0]


# --- What was not sent -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RetriedMessage:
    """A message that waits for its next attempt. ``failure`` is empty while the first one is being made, and where the
    content cannot be read.
    """

    row: QueuedMessage
    failure: str = ""
    to: str = ""
    subject: str = ""


def retried_messages(*, most: int) -> list[RetriedMessage]:
    """Return the messages that were tried and wait for the next attempt, the next one first."""
    found = []
    for row in QueuedMessage.objects.filter(attempts__gt=0).order_by("due_at", "pk")[:most]:
        content = _content(row.sealed) or {}
        found.append(RetriedMessage(row, content.get("failure", ""), *_addressed(content)))
    return found


@dataclass(frozen=True, slots=True)
class ListedFailure:
    """A message that was given up. ``to`` and ``subject`` are empty if its content is gone."""

    row: FailedMessage
    to: str = ""
    subject: str = ""
    can_be_sent: bool = False


def failed_messages(*, now: datetime, most: int) -> list[ListedFailure]:
    """Return the messages that were given up last, newest first."""
    return [_listed(row, now=now) for row in FailedMessage.objects.order_by("-failed_at", "-pk")[:most]]


def _listed(row: FailedMessage, *, now: datetime) -> ListedFailure:
    content = _content(row.sealed) or {}
    ended = row.good_until is not None and row.good_until <= now
    return ListedFailure(row, *_addressed(content), bool(content) and not ended)


def _addressed(content: Content) -> tuple[str, str]:
    """To whom a message goes, and its subject; empty where it has none."""
    message = content.get("message", {})
    to = ", ".join(message.get("to", ())) or content.get("reset", {}).get("email", "")
    return to, message.get("subject", "")


@transaction.atomic
def send_again(*, message_id: int, now: datetime) -> None:
    """Queue a message again that was given up. Idempotent: a second call finds none.

    ``Refusal``: ``mail-off``, ``message-gone`` (sent again already, or its content is gone), ``message-link-ended``.
    """
    if settings.MAIL_TRANSPORT == NOWHERE:
        raise Refusal("mail-off")
    row = FailedMessage.objects.select_for_update().filter(pk=message_id).first()
    content = _content(row.sealed) if row else None
    if row is None or content is None:
        raise Refusal("message-gone")
    if row.good_until is not None and row.good_until <= now:
        raise Refusal("message-link-ended")
    row.delete()
    _queue(content)
