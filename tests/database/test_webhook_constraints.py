"""What must never be stored about webhooks and their messages, refused by the database even from a raw save."""

import pytest
from django.utils import timezone

from licences import operations
from licences.models import Event, WebhookDelivery
from tests import factories
from tests.database.raw_saves import copy, refused, stored

NOW = timezone.now()

pytestmark = pytest.mark.django_db


def test_an_old_secret_has_an_end_and_no_end_is_without_a_secret():
    webhook = factories.webhook().record

    assert refused(copy(webhook, sealed_old_secret="sealed"), "webhook_old_secret_has_an_end")
    assert refused(copy(webhook, old_secret_until=NOW), "webhook_old_secret_has_an_end")
    assert stored(copy(webhook, sealed_old_secret="sealed", old_secret_until=NOW))


def test_a_lease_has_an_end():
    webhook = factories.webhook().record

    assert refused(copy(webhook, lease="a"), "webhook_lease_has_an_end")
    assert refused(copy(webhook, leased_until=NOW), "webhook_lease_has_an_end")
    assert stored(copy(webhook, lease="a", leased_until=NOW))


def test_a_message_ends_with_its_state():
    webhook = factories.webhook().record
    message = operations.send_test_message(webhook_id=webhook.pk, by="administrator")

    for state in ("delivered", "parked"):
        assert refused(copy(message, message=state, state=state), "webhook_message_ends_with_its_state")
        assert stored(copy(message, message=state, state=state, ended_at=NOW))
    assert refused(copy(message, message="again", ended_at=NOW), "webhook_message_ends_with_its_state")


def test_an_event_is_one_message_of_a_webhook_and_may_be_one_of_another():
    webhook, other, event = factories.webhook().record, factories.webhook().record, Event.objects.first()
    about = {"event": event, "kind": event.kind, "queued_at": NOW, "due_at": NOW}

    assert stored(WebhookDelivery(webhook=webhook, message="msg_1", **about))
    assert refused(WebhookDelivery(webhook=webhook, message="msg_2", **about), "webhook_message_once")
    assert stored(WebhookDelivery(webhook=other, message="msg_3", **about))
