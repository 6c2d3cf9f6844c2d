"""Questions about webhooks: what waits, what was given up. Nothing here writes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from licences.domain.webhooks import TEST
from licences.models import Webhook, WebhookDelivery

FAILING_FOR = timedelta(hours=1)
_State = WebhookDelivery.State
# A test that failed is no message that anybody misses.
_PARKED = Q(deliveries__state=_State.PARKED) & ~Q(deliveries__kind=TEST)


@dataclass(frozen=True, slots=True)
class WebhookCounts:
    """How many messages of a webhook wait, and how many were given up."""

    waiting: int
    parked: int


def webhook_counts(webhook: Webhook) -> WebhookCounts:
    """Count the messages of a webhook that have not arrived."""
    of_it = WebhookDelivery.objects.filter(webhook=webhook)
    parked = of_it.filter(state=_State.PARKED).exclude(kind=TEST)
    return WebhookCounts(of_it.filter(state=_State.WAITING).count(), parked.count())


def webhooks_with_parked_messages() -> QuerySet[Webhook]:
    """The webhooks with messages that were given up, each with their number as ``parked``."""
    return Webhook.objects.annotate(parked=Count("deliveries", filter=_PARKED)).filter(parked__gt=0).order_by("pk")


def gone_webhooks() -> QuerySet[Webhook]:
    """The webhooks that were switched off because their receiver said that it is gone, and still are."""
    return Webhook.objects.filter(gone_at__isnull=False, enabled=False).order_by("pk")


def webhooks_in_trouble() -> list[Webhook]:
    """The webhooks whose receiver is gone, and those with messages that were given up; ``parked`` is how many."""
    counted = Webhook.objects.annotate(parked=Count("deliveries", filter=_PARKED))
    return list(counted.filter(Q(parked__gt=0) | Q(gone_at__isnull=False, enabled=False)).order_by("pk"))


def failing_webhooks(*, now: datetime) -> QuerySet[Webhook]:
    """The webhooks that are switched on, did not answer at the latest try, and have a message that waited an hour."""
    late = Q(deliveries__state=_State.WAITING, deliveries__queued_at__lt=now - FAILING_FOR)
    return Webhook.objects.filter(late, enabled=True, failures__gt=0).distinct().order_by("pk")
