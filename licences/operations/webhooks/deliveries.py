"""The messages of webhooks: made from the event log, due one by one, and what became of each.

A webhook has a position in the log. A worker that holds the webhook's lease makes the messages of the events behind it,
and moves the position in the same transaction: no event is left out or taken twice, whatever kills the worker. Messages
about one serial number go in the order of their events, and so do those about none.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from licences.domain.event_feed import published_event
from licences.domain.webhooks import (
    KEEP_TRYING,
    TEST,
    body_of,
    is_delivered,
    is_down,
    is_gone,
    new_message,
    pause_after,
    rest_after,
    wait_as_asked,
)
from licences.models import Event, Webhook, WebhookDelivery
from licences.operations.webhooks.endpoints import switch_off_gone
from licences.queries.event_feed import end_of_log

CHUNK = 500  # events
LEASE = timedelta(minutes=2)  # renewed before every try, which ends in far less
State = WebhookDelivery.State


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of one try. ``status`` is that of HTTP, None without an answer; ``failure`` then says why.

    ``wait`` is how long the receiver asked to be left alone, None if it did not.
    """

    status: int | None = None
    failure: str = ""
    excerpt: str = ""
    milliseconds: int = 0
    wait: timedelta | None = None


# --- The lease ---------------------------------------------------------------------------------------


def webhooks_with_work(*, now: datetime) -> list[int]:
    """The primary keys of webhooks that have something to send and that no worker serves."""
    due = WebhookDelivery.objects.filter(webhook=OuterRef("pk"), state=State.WAITING, due_at__lte=now)
    waiting = Webhook.objects.filter(_is_free(now), _is_rested(now), enabled=True)
    return list(waiting.filter(Q(position__lt=end_of_log()) | Exists(due)).order_by("pk").values_list("pk", flat=True))


def take_webhook(*, webhook_id: int, now: datetime) -> str:
    """Take the lease of a webhook; return it, or an empty text if another worker holds it."""
    lease = secrets.token_hex(16)
    free = Webhook.objects.filter(_is_free(now), pk=webhook_id, enabled=True)
    return lease if free.update(lease=lease, leased_until=now + LEASE) else ""


def release_webhook(*, webhook_id: int, lease: str) -> None:
    """Give a lease back. Idempotent."""
    Webhook.objects.filter(pk=webhook_id, lease=lease).update(lease="", leased_until=None)


def _is_free(now: datetime) -> Q:
    return Q(leased_until=None) | Q(leased_until__lt=now)


def _is_rested(now: datetime) -> Q:
    return Q(resting_until=None) | Q(resting_until__lte=now)


# --- Making messages ---------------------------------------------------------------------------------


@transaction.atomic
def make_messages(*, webhook_id: int, lease: str) -> bool:
    """Make the messages of the next events for a webhook; tell whether there may be more. Needs its lease."""
    leased = Webhook.objects.select_for_update(no_key=True).filter(pk=webhook_id, lease=lease, enabled=True)
    webhook = leased.first()
    if webhook is None:
        return False
    events = list(Event.objects.filter(pk__gt=webhook.position).order_by("pk")[:CHUNK])
    if events:
        chosen, now = [event for event in events if event.kind in webhook.kinds], timezone.now()
        WebhookDelivery.objects.bulk_create([new_delivery(webhook, event, now=now) for event in chosen])
        webhook.position = events[-1].pk
        webhook.save(update_fields=["position"])
    return len(events) == CHUNK


def new_delivery(webhook: Webhook, event: Event, *, now: datetime) -> WebhookDelivery:
    """The message of an event to a webhook, which waits; not stored yet."""
    return WebhookDelivery(
        webhook=webhook,
        event=event,
        message=new_message(),
        kind=event.kind,
        serial=event.serial,
        queued_at=now,
        due_at=now,
        body=_body(event),
    )


def _body(event: Event) -> str:
    data = published_event(
        id=event.pk,
        kind=event.kind,
        at=event.at,
        serial=event.serial,
        customer=event.customer_id,
        details=event.details,
    )
    return body_of(event.kind, at=data["at"], data=data)


def message_body(delivery: WebhookDelivery) -> str:
    """The body of a message: as it was made, or made again if it was emptied since, or that of a test."""
    if delivery.body:
        return delivery.body
    if delivery.event is not None:
        return _body(delivery.event)
    return body_of(TEST, at=f"{delivery.queued_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", data={})


# --- Sending them ------------------------------------------------------------------------------------


def next_message(*, webhook_id: int, lease: str, now: datetime) -> WebhookDelivery | None:
    """The next message that is due, with its event and webhook, and the lease renewed.

    None if there is none, the webhook rests, or the lease is lost.
    """
    held = Webhook.objects.filter(_is_rested(now), pk=webhook_id, lease=lease, enabled=True)
    if not held.update(leased_until=now + LEASE):
        return None
    due = WebhookDelivery.objects.filter(webhook=webhook_id, state=State.WAITING, due_at__lte=now)
    earlier = WebhookDelivery.objects.filter(
        webhook=webhook_id, state=State.WAITING, serial=OuterRef("serial"), event__lt=OuterRef("event")
    )
    related = due.select_related("event", "webhook")
    test = related.filter(event=None).order_by("pk").first()
    return test or related.exclude(event=None).filter(~Exists(earlier)).order_by("event_id").first()


@transaction.atomic
def record_send_result(delivery: WebhookDelivery, result: SendResult, *, now: datetime) -> None:
    """Record a try of a message: delivered, tried again later, or parked when three days are over.

    If nobody was there, the webhook rests, and its other messages whose time is over are parked as well. If the
    receiver asked to wait, message and webhook rest for that long, but for no message past its three days. If it said
    that it is gone, the webhook is switched off, and the message waits. A test is not tried again. Of a message that
    does not wait any more nothing is changed.
    """
    webhook = Webhook.objects.select_for_update(no_key=True).get(pk=delivery.webhook_id)
    is_done = is_delivered(result.status)
    attempt = {"attempts": delivery.attempts + 1, "tried_at": now, "status": result.status}
    attempt |= {"milliseconds": result.milliseconds, "failure": result.failure, "excerpt": result.excerpt}
    is_over = delivery.event_id is None or now >= delivery.queued_at + KEEP_TRYING
    if is_done or is_over:
        attempt |= {"state": State.DELIVERED if is_done else State.PARKED, "ended_at": now}
    else:
        attempt["due_at"] = _next_try(webhook, result, attempts=delivery.attempts + 1, now=now)
    _waiting(webhook).filter(pk=delivery.pk).update(**attempt)
    _note(webhook, result, now=now)
    if is_gone(result.status) and delivery.webhook.url == webhook.url:
        switch_off_gone(webhook, now=now)


def _next_try(webhook: Webhook, result: SendResult, *, attempts: int, now: datetime) -> datetime:
    """When a message is tried again; at once where the webhook is switched off, so that it goes when that has ended."""
    if is_gone(result.status):
        return now
    if result.wait is None:
        return now + pause_after(attempts)
    return _asked_time(webhook, result.wait, attempts=attempts, now=now)


def _asked_time(webhook: Webhook, wait: timedelta, *, attempts: int, now: datetime) -> datetime:
    """When the time that a receiver asked for is over; not after the three days of the message that waits longest."""
    oldest = _waiting(webhook).order_by("queued_at").values_list("queued_at", flat=True).first()
    return min(now + wait_as_asked(wait, attempts=attempts), max(oldest or now, now - KEEP_TRYING) + KEEP_TRYING)


def _note(webhook: Webhook, result: SendResult, *, now: datetime) -> None:
    """Note on a webhook how the latest try went."""
    if is_delivered(result.status):
        webhook.last_success_at = now
    else:
        webhook.last_failure_at = now
    if is_down(result.status):
        webhook.failures += 1
        overdue = _waiting(webhook).filter(queued_at__lte=now - KEEP_TRYING)
        overdue.update(state=State.PARKED, ended_at=now)
        webhook.resting_until = now + rest_after(webhook.failures)
        if result.wait is not None:
            webhook.resting_until = _asked_time(webhook, result.wait, attempts=webhook.failures, now=now)
    else:
        webhook.failures, webhook.resting_until = 0, None
    webhook.save(update_fields=["last_success_at", "last_failure_at", "failures", "resting_until"])


def _waiting(webhook: Webhook) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(webhook=webhook, state=State.WAITING)


def empty_webhook_bodies_before(at: datetime) -> int:
    """Empty body and answer of the messages that ended before a time; return how many. What became of them stays."""
    ended = WebhookDelivery.objects.exclude(state=State.WAITING).filter(ended_at__lt=at)
    return ended.exclude(body="", excerpt="").update(body="", excerpt="")
