"""Messages of webhooks: signed, in order for each serial number, tried for three days, then parked, and sent again
(docs/integration.md#webhooks)."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook as Verifier

from licences import operations
from licences.models import Event, Webhook, WebhookDelivery
from licences.operations import apply_retention, deliver_webhooks
from licences.operations.webhooks import deliveries
from licences.queries.webhooks import failing_webhooks, webhook_counts, webhooks_with_parked_messages
from tests import factories
from tests.questions import why_refused
from tests.together import together

DAY = timedelta(days=1)


def block(code):
    operations.block_serial(serial=code.serial.code, reason="Invoice disputed.", by="supervisor")


def unblock(code):
    operations.unblock_serial(serial=code.serial.code, reason="Invoice was paid.", by="supervisor")


def time_passes(by):
    """Move everything about messages and webhooks into the past."""
    for delivery in WebhookDelivery.objects.all():
        WebhookDelivery.objects.filter(pk=delivery.pk).update(
            queued_at=delivery.queued_at - by,
            due_at=delivery.due_at - by,
            ended_at=delivery.ended_at and delivery.ended_at - by,
        )
    for webhook in Webhook.objects.exclude(resting_until=None):
        Webhook.objects.filter(pk=webhook.pk).update(resting_until=webhook.resting_until - by)


def told(receiver):
    """Serial number and kind of what arrived, in order."""
    return [(body["data"]["serial"], body["type"]) for body in map(json.loads, receiver.bodies())]


def replay(webhook, since=-DAY, until=DAY):
    now = timezone.now()
    return operations.replay_span(webhook_id=webhook.pk, since=now + since, until=now + until, by="administrator")


# --- What arrives ------------------------------------------------------------------------------------


def test_a_message_is_the_event_of_the_feed_and_its_signature_verifies(issued, receiver):
    code = factories.registered()
    deliver_webhooks()

    (message,) = receiver.received
    content = Verifier(issued.text).verify(message.body, message.headers)
    event = Event.objects.get(kind="registered")
    assert content["type"] == "registered"
    assert content["data"]["id"] == event.pk
    assert content["data"]["serial"] == code.serial.code
    assert content["data"]["details"]["site_id"] == code.installation.site_id
    assert set(content["data"]) == {"id", "kind", "at", "serial", "customer", "details"}


def test_no_name_and_no_code_is_sent(issued, receiver):
    code = factories.registered()
    block(code)
    deliver_webhooks()

    sent = b"".join(receiver.bodies()).decode()
    for secret in (code.code, code.release_code, "Müller", "Vogel", "supervisor", "Invoice"):
        assert secret not in sent


def test_only_chosen_kinds_are_sent_and_nothing_twice(issued, receiver):
    code = factories.registered()
    operations.note_on_serial(serial=code.serial.code, text="Speaks Polish.", by="clerk")

    assert (deliver_webhooks(), deliver_webhooks()) == (1, 0)
    block(code)
    assert deliver_webhooks() == 1
    assert told(receiver) == [(code.serial.code, "registered"), (code.serial.code, "blocked")]


def test_what_became_of_a_message_is_on_record(issued, receiver):
    factories.registered()
    deliver_webhooks()

    delivery, webhook = WebhookDelivery.objects.get(), Webhook.objects.get()
    assert (delivery.state, delivery.status, delivery.attempts, delivery.failure) == ("delivered", 204, 1, "")
    assert delivery.ended_at == delivery.tried_at == webhook.last_success_at
    assert (webhook.last_failure_at, webhook.lease, webhook.leased_until) == (None, "", None)


def test_for_the_overlap_of_a_rotation_both_secrets_verify(issued, receiver):
    new = operations.rotate_webhook_secret(webhook_id=issued.record.pk, overlap=DAY, by="administrator")
    factories.registered()
    deliver_webhooks()
    Webhook.objects.update(old_secret_until=timezone.now())
    factories.registered()
    deliver_webhooks()

    first, second = receiver.received
    assert Verifier(issued.text).verify(first.body, first.headers)
    assert Verifier(new.text).verify(first.body, first.headers)
    assert Verifier(new.text).verify(second.body, second.headers)
    assert len(second.headers["webhook-signature"].split()) == 1


def test_a_test_message_arrives_at_once_and_is_not_tried_again(issued, receiver):
    operations.send_test_message(webhook_id=issued.record.pk, by="administrator")
    receiver.answer = 500
    assert (deliver_webhooks(), deliver_webhooks()) == (1, 0)

    message, delivery = receiver.received[0], WebhookDelivery.objects.get()
    test = Verifier(issued.text).verify(message.body, message.headers)
    assert test["type"] == "test"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", test["timestamp"])
    assert (delivery.state, delivery.status, delivery.failure) == ("parked", 500, "refused")
    assert webhook_counts(issued.record).parked == 0


# --- What does not arrive ----------------------------------------------------------------------------


def test_a_message_is_tried_again_with_the_same_id_and_body_until_it_arrives(issued, receiver):
    factories.registered()
    receiver.answer = 503
    for _try in range(3):
        assert deliver_webhooks() == 1
        assert deliver_webhooks() == 0, "it waits before the next try"
        time_passes(DAY / 8)
    receiver.answer = 200
    deliver_webhooks()

    assert len({message.headers["webhook-id"] for message in receiver.received}) == 1
    assert len(set(receiver.bodies())) == 1
    assert (WebhookDelivery.objects.get().state, WebhookDelivery.objects.get().attempts) == ("delivered", 4)
    assert Webhook.objects.get().failures == 0


def test_messages_of_a_serial_number_wait_for_the_first_of_them_and_others_do_not(issued, receiver):
    refused, fine = factories.registered(), factories.registered()
    deliver_webhooks()
    receiver.received.clear()

    def answer(handler, message):
        handler.send_response(400 if refused.serial.code.encode() in message.body and answer.refuses else 200)
        handler.end_headers()

    answer.refuses, receiver.answer = True, answer
    for act in (block, unblock):
        for code in (refused, fine):
            act(code)
    deliver_webhooks()
    assert told(receiver) == [
        (refused.serial.code, "blocked"),
        (fine.serial.code, "blocked"),
        (fine.serial.code, "unblocked"),
    ]

    answer.refuses = False
    time_passes(DAY)
    receiver.received.clear()
    deliver_webhooks()
    assert told(receiver) == [(refused.serial.code, "blocked"), (refused.serial.code, "unblocked")]


def test_after_three_days_a_message_is_parked_and_the_next_one_is_tried(issued, receiver):
    code = factories.registered()
    receiver.answer = 400
    deliver_webhooks()
    block(code)
    time_passes(timedelta(days=2, hours=23))
    deliver_webhooks()
    assert webhook_counts(issued.record).parked == 0

    time_passes(timedelta(hours=2))
    deliver_webhooks()

    first, second = WebhookDelivery.objects.order_by("event_id")
    assert (first.state, first.status, first.attempts) == ("parked", 400, 3)
    assert (second.state, second.attempts) == ("waiting", 1)
    assert [(each, each.parked) for each in webhooks_with_parked_messages()] == [(issued.record, 1)]


def test_a_receiver_that_is_down_is_asked_once_and_left_alone_for_a_while(issued, receiver):
    receiver.answer = 503
    for _each in range(5):
        factories.registered()

    assert (deliver_webhooks(), deliver_webhooks()) == (1, 0)
    assert WebhookDelivery.objects.filter(state="waiting").count() == 5
    time_passes(timedelta(seconds=6))
    assert deliver_webhooks() == 1
    time_passes(timedelta(hours=2))
    deliver_webhooks()
    assert list(failing_webhooks(now=timezone.now())) == [issued.record]

    receiver.answer = 200
    time_passes(timedelta(hours=2))
    deliver_webhooks()
    assert WebhookDelivery.objects.filter(state="delivered").count() == 5
    assert list(failing_webhooks(now=timezone.now())) == []


def test_a_receiver_that_is_gone_for_good_gets_all_its_messages_parked(issued, receiver):
    receiver.answer = 503
    for _each in range(5):
        factories.registered()
    deliver_webhooks()
    time_passes(timedelta(days=3))
    deliver_webhooks()

    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"parked"}


def test_a_worker_that_was_switched_off_for_a_week_tries_before_it_parks(issued, receiver):
    factories.registered()
    receiver.answer = 503
    deliver_webhooks()
    time_passes(timedelta(days=7))
    receiver.answer = 200

    deliver_webhooks()

    assert WebhookDelivery.objects.get().state == "delivered"


def test_one_receiver_that_is_down_keeps_no_other_waiting(issued, receiver):
    url = receiver.url.replace("/events", "/other")
    operations.create_webhook(name="Other", url=url, kinds=["registered"], by="administrator")

    def answer(handler, message):
        handler.send_response(200 if message.path == "/other" else 503)
        handler.end_headers()

    receiver.answer = answer
    factories.registered()
    factories.registered()
    deliver_webhooks()

    assert [message.path for message in receiver.received] == ["/events", "/other", "/other"]


def test_a_secret_that_cannot_be_read_sends_nothing_and_loses_nothing(issued, receiver, settings):
    factories.registered()
    kept, settings.MFA_ENCRYPTION_KEYS = settings.MFA_ENCRYPTION_KEYS, ["n" * 40]
    deliver_webhooks()
    assert (receiver.received, WebhookDelivery.objects.get().failure) == ([], "secret-unreadable")

    settings.MFA_ENCRYPTION_KEYS = kept
    time_passes(DAY)
    deliver_webhooks()
    assert len(receiver.received) == 1


# --- Again -------------------------------------------------------------------------------------------


def test_one_message_is_sent_again_with_the_same_id(issued, receiver):
    factories.registered()
    deliver_webhooks()
    delivery = WebhookDelivery.objects.get()

    operations.replay_message(delivery_id=delivery.pk, by="administrator")
    assert (
        why_refused(operations.replay_message, delivery_id=delivery.pk, by="administrator") == "webhook-message-waits"
    )
    deliver_webhooks()

    first, second = receiver.received
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert Event.objects.get(kind="webhook-replayed").details["count"] == 1


def test_a_test_is_not_sent_again(issued, receiver):
    delivery = operations.send_test_message(webhook_id=issued.record.pk, by="administrator")
    deliver_webhooks()

    assert why_refused(operations.replay_message, delivery_id=delivery.pk, by="x") == "webhook-test-again"


def test_a_span_is_sent_again_in_order_with_what_was_never_sent(issued, receiver):
    code = factories.registered()
    deliver_webhooks()
    about = {"name": "ERP", "url": receiver.url, "kinds": issued.record.kinds, "by": "administrator"}
    operations.change_webhook(webhook_id=issued.record.pk, enabled=False, **about)
    block(code)
    operations.change_webhook(webhook_id=issued.record.pk, enabled=True, **about)
    unblock(code)
    deliver_webhooks()
    assert [kind for _serial, kind in told(receiver)] == ["registered", "unblocked"]
    ids = [message.headers["webhook-id"] for message in receiver.received]
    receiver.received.clear()

    assert replay(issued.record) == 3
    deliver_webhooks()

    assert [kind for _serial, kind in told(receiver)] == ["registered", "blocked", "unblocked"]
    again = [message.headers["webhook-id"] for message in receiver.received]
    assert [again[0], again[2]] == ids
    event = Event.objects.get(kind="webhook-replayed")
    assert event.details["count"] == 3


def test_a_span_in_which_nothing_happened_or_too_much_is_refused(issued, monkeypatch):
    assert why_refused(replay, issued.record, until=-DAY) == "webhook-nothing-then"

    factories.registered()
    factories.registered()
    deliver_webhooks()
    monkeypatch.setattr("licences.operations.webhooks.replaying.MOST_REPLAYED", 1)
    assert why_refused(replay, issued.record, unchanged=[Event]) == "webhook-span-too-long"


def test_bodies_are_emptied_after_some_days_and_made_again_for_a_replay(issued, receiver, settings):
    factories.registered()

    def answer(handler, message):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"thank you")

    receiver.answer = answer
    deliver_webhooks()
    assert WebhookDelivery.objects.get().excerpt == "thank you"
    time_passes(timedelta(days=settings.KEEP_WEBHOOK_BODIES_DAYS, hours=1))

    assert apply_retention(now=timezone.now())["bodies of webhook messages"] == 1
    delivery = WebhookDelivery.objects.get()
    assert (delivery.body, delivery.excerpt, delivery.state) == ("", "", "delivered")
    operations.replay_message(delivery_id=delivery.pk, by="administrator")
    deliver_webhooks()
    first, second = receiver.bodies()
    assert first == second


# --- At the same moment ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_many_workers_beside_many_writers_send_everything_once_and_in_order(issued, receiver):
    codes = [factories.registered() for _each in range(4)]

    def write(code):
        for _round in range(4):
            block(code)
            unblock(code)

    def work():
        for _round in range(12):
            deliver_webhooks()

    results = together(*[lambda code=code: write(code) for code in codes], work, work, work)
    while deliver_webhooks():
        pass

    assert [result for result in results if result is not None] == []
    for code in codes:
        kinds = [kind for serial, kind in told(receiver) if serial == code.serial.code]
        assert kinds == ["registered", *["blocked", "unblocked"] * 4]
    assert len(receiver.received) == 4 * 9


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_has_lost_its_lease_sends_nothing_more(issued, receiver):
    code = factories.registered()
    lease = deliveries.take_webhook(webhook_id=issued.record.pk, now=timezone.now())
    assert deliveries.make_messages(webhook_id=issued.record.pk, lease=lease) is False
    later = timezone.now() + deliveries.LEASE + timedelta(seconds=1)

    assert deliveries.take_webhook(webhook_id=issued.record.pk, now=timezone.now()) == ""
    other = deliveries.take_webhook(webhook_id=issued.record.pk, now=later)

    assert deliveries.next_message(webhook_id=issued.record.pk, lease=lease, now=later) is None
    assert deliveries.next_message(webhook_id=issued.record.pk, lease=other, now=later).serial == code.serial.code
