"""Receivers that answer 410: the webhook is switched off, administrators are told (docs/integration.md#webhooks)."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from licences import operations
from licences.models import Event, Webhook, WebhookDelivery
from licences.operations import deliver_webhooks
from licences.operations.webhooks import deliveries
from licensing_portal.accounts.models import QueuedMessage
from licensing_portal.doctor import HealthLevel
from licensing_portal.doctor.webhooks import find_webhooks
from licensing_portal.webhook_emails import send_webhook_emails
from tests import factories
from tests.event_chain import flaws
from tests.webhooks.test_deliveries import block, told


@pytest.fixture
def gone(issued, receiver):
    """A webhook whose receiver has just said that it is gone, with three messages about two serial numbers."""
    first = factories.registered()
    factories.registered()
    block(first)
    receiver.answer = 410
    assert deliver_webhooks() == 1
    return Webhook.objects.get()


def switch_on(webhook, **values):
    about = {"name": webhook.name, "url": webhook.url, "kinds": webhook.kinds, "enabled": True, **values}
    return operations.change_webhook(webhook_id=webhook.pk, **about, by="administrator")


def text(answer):
    """The text of a page in one line."""
    return " ".join(re.sub("<[^>]*>", " ", unescape(answer.text)).split())


@pytest.fixture
def mailed(settings, monkeypatch, administrator):
    """What administrators are told by e-mail from now on, after the worker asked twice."""
    settings.MAIL_IS_SENT = True
    administrator.email = "admin@example.com"
    administrator.save()

    def ask():
        sent = []
        monkeypatch.setattr("licensing_portal.webhook_emails.queue_message", sent.append)
        for _each in range(2):
            send_webhook_emails(now=timezone.now())
        return sent

    return ask


def test_it_is_switched_off_at_once_and_nothing_more_is_sent(gone, receiver):
    assert (gone.enabled, gone.gone_at is not None, gone.lease) == (False, True, "")
    assert deliver_webhooks() == 0
    assert len(receiver.received) == 1
    assert WebhookDelivery.objects.filter(state="waiting").count() == 3

    event = Event.objects.get(kind="webhook-changed")
    assert (event.details["because"], event.details["enabled"], event.details["fields"]) == ("gone", False, ["enabled"])
    assert event.actor == "Webhooks"
    assert flaws() == []


def test_switched_on_again_what_waits_is_sent_at_once_and_in_order(gone, receiver):
    receiver.answer = 200
    receiver.received.clear()
    switch_on(gone)
    deliver_webhooks()

    assert len(told(receiver)) == 3
    assert [kind for serial, kind in told(receiver) if serial == told(receiver)[0][0]] == ["registered", "blocked"]
    assert Webhook.objects.get().gone_at is None
    assert [each.level for each in find_webhooks()] == [HealthLevel.OK]


def test_the_desk_and_the_system_check_say_so_with_how_to_go_on(gone, as_user, administrator):
    page = text(as_user(administrator).get(reverse("desk")))
    assert "ERP was switched off: its receiver said that it is gone" in page

    (finding,) = find_webhooks()
    assert finding.level is HealthLevel.WARNING
    assert "ERP" in finding.what
    assert "switch it on" in finding.advice

    change = text(as_user(administrator).get(reverse("admin:licences_webhook_change", args=[gone.pk])))
    assert "nothing must be sent to this address any more (410)" in change


def test_administrators_are_told_once_by_e_mail_with_the_way_back(gone, mailed):
    (message,) = mailed()

    assert message.to == ["admin@example.com"]
    assert "ERP" in message.subject
    assert "127.0.0.1" in message.body
    assert "3 messages wait" in message.body
    assert "/events" not in message.body, "the path may hold a secret of the receiver"
    assert reverse("admin:licences_webhook_change", args=[gone.pk]) in message.body


def test_those_who_are_told_may_switch_it_on_and_have_an_address(gone, administrator, clerk, mailed):
    for user, address in ((clerk, "clerk@example.com"), (administrator, "")):
        user.email = address
        user.save()
    assert mailed() == []
    assert Webhook.objects.get().gone_told_at is None, "somebody may get an address later"

    administrator.email = "admin@example.com"
    administrator.save()

    assert [message.to for message in mailed()] == [["admin@example.com"]]


def test_the_e_mail_goes_through_the_mail_queue_where_e_mail_is_sent(gone, administrator, settings):
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
    administrator.email = "admin@example.com"
    administrator.save()
    settings.MAIL_IS_SENT = False
    send_webhook_emails(now=timezone.now())
    assert not QueuedMessage.objects.exists()

    settings.MAIL_IS_SENT = True
    send_webhook_emails(now=timezone.now())

    assert QueuedMessage.objects.count() == 1


def test_one_that_goes_again_is_told_of_again(gone, receiver, mailed):
    assert len(mailed()) == 1
    switch_on(gone)
    deliver_webhooks()

    assert not Webhook.objects.get().enabled
    assert len(mailed()) == 1


def test_a_test_message_that_finds_it_gone_switches_it_off_as_well(issued, receiver):
    receiver.answer = 410
    operations.send_test_message(webhook_id=issued.record.pk, by="administrator")
    deliver_webhooks()

    assert (WebhookDelivery.objects.get().state, WebhookDelivery.objects.get().failure) == ("parked", "gone")
    assert not Webhook.objects.get().enabled


def test_an_address_that_was_changed_during_the_try_is_not_switched_off(issued):
    factories.registered()
    now = timezone.now()
    lease = deliveries.take_webhook(webhook_id=issued.record.pk, now=now)
    deliveries.make_messages(webhook_id=issued.record.pk, lease=lease)
    delivery = deliveries.next_message(webhook_id=issued.record.pk, lease=lease, now=timezone.now())
    switch_on(issued.record, url=issued.record.url.replace("/events", "/new"))

    deliveries.record_send_result(delivery, deliveries.SendResult(status=410, failure="gone"), now=timezone.now())

    assert Webhook.objects.get().enabled
    assert WebhookDelivery.objects.get().state == "waiting"
