"""What the system check says about webhooks (docs/watching.md)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from licences import operations
from licences.models import Event, Webhook, WebhookDelivery
from licensing_portal.doctor import HealthLevel
from licensing_portal.doctor.webhooks import find_webhooks
from tests import factories

pytestmark = pytest.mark.django_db


def found():
    return [(each.level, each.what) for each in find_webhooks()]


def message(webhook, **values):
    """A message about the newest event."""
    event, now = Event.objects.latest("pk"), timezone.now()
    about = {"event": event, "kind": event.kind, "message": "msg_1", "queued_at": now, "due_at": now}
    return WebhookDelivery.objects.create(webhook=webhook, **{**about, **values})


def test_without_trouble_it_counts_those_that_are_switched_on():
    factories.webhook()

    assert found() == [(HealthLevel.OK, "Webhooks that are switched on, without trouble: 1.")]


def test_a_receiver_that_has_not_answered_for_an_hour_is_named():
    webhook = factories.webhook().record
    Webhook.objects.update(failures=5)
    waiting = message(webhook)
    assert found()[0][0] is HealthLevel.OK, "it has not waited for long"
    waiting.queued_at -= timedelta(hours=2)
    waiting.save()

    assert [(level, "ERP" in what) for level, what in found()] == [(HealthLevel.WARNING, True)]


def test_messages_that_were_given_up_are_named_and_tests_are_not():
    webhook, ended = factories.webhook().record, {"state": "parked", "ended_at": timezone.now()}
    message(webhook, event=None, kind="test", message="msg_test", **ended)
    assert found()[0][0] is HealthLevel.OK

    message(webhook, **ended)

    assert found() == [(HealthLevel.WARNING, "Webhooks with messages that were given up: ERP.")]


def test_a_secret_that_cannot_be_read_is_a_problem(settings):
    issued = factories.webhook()
    settings.MFA_ENCRYPTION_KEYS = ["n" * 40]

    assert found() == [(HealthLevel.PROBLEM, "Webhooks whose secret cannot be decrypted with MFA_ENCRYPTION_KEY: ERP.")]
    assert issued.text not in str(found())
    operations.create_webhook(name="New", url=issued.record.url, kinds=["blocked"], by="administrator")
    assert "ERP" in found()[0][1]
    assert "New" not in found()[0][1]
