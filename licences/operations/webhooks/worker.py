"""Sending what is due, by the worker: one webhook after the other, each by one worker at a time."""

import logging
import time

from django.utils import timezone

from licences.domain.sealing import KeyIsGone
from licences.domain.webhooks import signed_headers
from licences.models import WebhookDelivery
from licences.operations.webhooks import deliveries, sending
from licences.operations.webhooks.deliveries import SendResult
from licences.operations.webhooks.secrets import signing_secrets

ROUND = 20  # seconds for one webhook, before the next one has its turn
log = logging.getLogger(__name__)


def deliver_webhooks() -> int:
    """Send the messages of all webhooks that are due; return how many tries that took.

    Killed at any moment, it loses no message and changes no order. The message that was on its way may be sent again,
    with the same id. Every worker calls this every few seconds.
    """
    return sum(_serve(webhook_id) for webhook_id in deliveries.webhooks_with_work(now=timezone.now()))


def _serve(webhook_id: int) -> int:
    lease = deliveries.take_webhook(webhook_id=webhook_id, now=timezone.now())
    if not lease:
        return 0
    tries, end = 0, time.monotonic() + ROUND
    try:
        while deliveries.make_messages(webhook_id=webhook_id, lease=lease):
            pass
        while time.monotonic() < end:
            delivery = deliveries.next_message(webhook_id=webhook_id, lease=lease, now=timezone.now())
            if delivery is None:
                break
            deliveries.record_send_result(delivery, _send(delivery), now=timezone.now())
            tries += 1
    finally:
        deliveries.release_webhook(webhook_id=webhook_id, lease=lease)
    return tries


def _send(delivery: WebhookDelivery) -> SendResult:
    now, body = timezone.now(), deliveries.message_body(delivery).encode()
    try:
        secrets = signing_secrets(delivery.webhook, now=now)
    except KeyIsGone:
        log.error("The secret of webhook %s cannot be read with MFA_ENCRYPTION_KEY.", delivery.webhook_id)
        return SendResult(failure="secret-unreadable")
    headers = signed_headers(secrets, message=delivery.message, at=now, body=body)
    result = sending.send(delivery.webhook.url, headers=headers, body=body)
    if result.failure:
        log.info("webhook %s: %s %s", delivery.webhook_id, result.failure, result.status or "")
    return result
