"""Messages that somebody asks for: a test, one message again, the events of a span again."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.domain.webhooks import TEST, new_message
from licences.models import Event, Webhook, WebhookDelivery
from licences.operations.webhooks.deliveries import new_delivery
from licences.operations.webhooks.endpoints import lock_webhook, record_webhook_event

MOST_REPLAYED = 10_000  # events at once


@transaction.atomic
def send_test_message(*, webhook_id: int, by: str) -> WebhookDelivery:
    """Queue a test message, which the worker sends at once. ``Refusal``: ``webhook-off``."""
    webhook, now = require_switched_on(webhook_id), timezone.now()
    delivery = WebhookDelivery.objects.create(
        webhook=webhook, message=new_message(), kind=TEST, queued_at=now, due_at=now
    )
    _wake(webhook)
    record_webhook_event(Event.Kind.WEBHOOK_TESTED, webhook, by=by, message=delivery.message)
    return delivery


@transaction.atomic
def replay_message(*, delivery_id: int, by: str) -> WebhookDelivery:
    """Send the message of an event again, with the same id. ``Refusal``: ``webhook-off``, ``webhook-message-waits``,
    ``webhook-test-again`` (a test is no event; another one can be sent)."""
    delivery = WebhookDelivery.objects.get(pk=delivery_id)
    webhook = require_switched_on(delivery.webhook_id)
    if delivery.event_id is None:
        raise Refusal("webhook-test-again")
    if not _again(WebhookDelivery.objects.filter(pk=delivery_id), now=timezone.now()):
        raise Refusal("webhook-message-waits")
    _wake(webhook)
    _record_replay(webhook, [delivery.event_id], by=by)
    return WebhookDelivery.objects.get(pk=delivery_id)


@transaction.atomic
def replay_span(*, webhook_id: int, since: datetime, until: datetime, by: str) -> int:
    """Send the chosen events of a span, from ``since`` to before ``until``, again; return how many.

    Those that were never sent are sent as well, such as those of a time in which the webhook was switched off. Messages
    that wait stay as they are. ``Refusal``: ``webhook-off``, ``webhook-nothing-then``, ``webhook-span-too-long``.
    """
    webhook, now = require_switched_on(webhook_id), timezone.now()
    events = events_to_replay(webhook, since=since, until=until)
    span = {"event__gte": events[0].pk, "event__lte": events[-1].pk}
    known = WebhookDelivery.objects.filter(webhook=webhook, kind__in=webhook.kinds, **span)
    missing = {event.pk for event in events} - set(known.values_list("event", flat=True))
    again = _again(known.filter(event__at__gte=since, event__at__lt=until), now=now)
    WebhookDelivery.objects.bulk_create(
        [new_delivery(webhook, event, now=now) for event in events if event.pk in missing], batch_size=500
    )
    _wake(webhook)
    _record_replay(webhook, [event.pk for event in events], by=by)
    return again + len(missing)


def events_to_replay(webhook: Webhook, *, since: datetime, until: datetime) -> list[Event]:
    """The chosen events of a span that the webhook has passed, the oldest first.

    ``Refusal``: ``webhook-nothing-then``, ``webhook-span-too-long``.
    """
    found = Event.objects.filter(at__gte=since, at__lt=until, kind__in=webhook.kinds, pk__lte=webhook.position)
    events = list(found.order_by("pk")[: MOST_REPLAYED + 1])
    if not events:
        raise Refusal("webhook-nothing-then")
    if len(events) > MOST_REPLAYED:
        raise Refusal("webhook-span-too-long", limit=MOST_REPLAYED)
    return events


def _again(deliveries: QuerySet[WebhookDelivery], *, now: datetime) -> int:
    """Let messages that have ended wait once more; return how many."""
    ended = deliveries.exclude(state=WebhookDelivery.State.WAITING)
    return ended.update(
        state=WebhookDelivery.State.WAITING, queued_at=now, due_at=now, ended_at=None, attempts=0, failure=""
    )


def require_switched_on(webhook_id: int) -> Webhook:
    """Lock a webhook until the transaction ends, and return it. ``Refusal``: ``webhook-off``."""
    webhook = lock_webhook(webhook_id)
    if not webhook.enabled:
        raise Refusal("webhook-off")
    return webhook


def _wake(webhook: Webhook) -> None:
    """Let the worker try at once, also where the receiver did not answer just now."""
    webhook.resting_until = None
    webhook.save(update_fields=["resting_until"])


def _record_replay(webhook: Webhook, events: list[int], *, by: str) -> None:
    span = {"first": events[0], "last": events[-1], "count": len(events)}
    record_webhook_event(Event.Kind.WEBHOOK_REPLAYED, webhook, by=by, **span)
