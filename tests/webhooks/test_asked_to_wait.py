"""Receivers that ask to be left alone for a while, by ``Retry-After`` (docs/integration.md#webhooks)."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from licences.domain.webhooks import KEEP_TRYING, asked_wait, wait_as_asked
from licences.models import Webhook, WebhookDelivery
from licences.operations import deliver_webhooks
from tests import factories
from tests.tables import each_row
from tests.webhooks.test_deliveries import block, time_passes, told, unblock

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@each_row(
    ("header", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 120 ", timedelta(minutes=2)),
        ("0", timedelta()),
        ("259200", KEEP_TRYING),
        ("259201", KEEP_TRYING),
        ("9" * 300, KEEP_TRYING),
        ("Tue, 01 Dec 2026 09:35:00 GMT", timedelta(minutes=5)),
        ("Tuesday, 01-Dec-26 09:35:00 GMT", timedelta(minutes=5)),
        ("Tue Dec  1 09:35:00 2026", timedelta(minutes=5)),
        ("Tue, 01 Dec 2026 09:25:00 GMT", timedelta()),
        ("Fri, 31 Dec 9999 23:59:59 GMT", KEEP_TRYING),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("120, 60", None),
        ("١٢٠", None),
        ("soon", None),
        ("9" * 5000, None),
        ("Tue, 99 Dec 2026 09:35:00 GMT", None),
    ],
)
def test_seconds_and_dates_are_understood_and_nothing_else_is_guessed(header, wait):
    for status in (429, 503):
        assert asked_wait(status, header, now=NOW) == wait


def test_other_answers_do_not_ask():
    assert {asked_wait(status, "120", now=NOW) for status in (None, 200, 301, 400, 410, 500, 502)} == {None}


@given(st.text())
def test_any_header_is_a_time_within_three_days_or_none(header):
    wait = asked_wait(503, header, now=NOW)

    assert wait is None or timedelta() <= wait <= KEEP_TRYING


def test_who_asks_for_nearly_no_time_is_not_tried_every_few_seconds_for_long():
    assert [wait_as_asked(timedelta(), attempts=each).total_seconds() for each in (1, 2, 3, 9, 99)] == [
        5,
        30,
        60,
        60,
        60,
    ]
    assert wait_as_asked(timedelta(hours=5), attempts=1) == timedelta(hours=5)


# --- Obeyed ------------------------------------------------------------------------------------------


def busy(receiver, header, status=503):
    """From now on the receiver asks to be left alone."""

    def answer(handler, message):
        handler.send_response(status)
        handler.send_header("Retry-After", header)
        handler.end_headers()

    receiver.answer = answer


@pytest.mark.parametrize("status", [429, 503])
def test_nothing_is_sent_before_the_time_that_was_asked_for_and_then_everything_in_order(issued, receiver, status):
    code, other = factories.registered(), factories.registered()
    busy(receiver, "7200", status)
    assert deliver_webhooks() == 1
    delivery = WebhookDelivery.objects.get(status=status)
    assert (delivery.state, delivery.failure) == ("waiting", "asked-to-wait")

    receiver.answer = 200
    block(code)
    unblock(code)
    time_passes(timedelta(hours=2) - 30 * SECOND)
    assert deliver_webhooks() == 0, "neither that message nor any other"
    time_passes(30 * SECOND)
    deliver_webhooks()

    serial = code.serial.code
    assert [kind for each, kind in told(receiver)[1:] if each == serial] == ["registered", "blocked", "unblocked"]
    assert (other.serial.code, "registered") in told(receiver)
    assert not WebhookDelivery.objects.exclude(state="delivered").exists()


def test_a_date_is_obeyed_as_well(issued, receiver):
    factories.registered()
    busy(receiver, format_datetime(timezone.now().astimezone(UTC) + timedelta(hours=1), usegmt=True))
    deliver_webhooks()

    due = WebhookDelivery.objects.get().due_at - timezone.now()
    assert timedelta(minutes=59) < due <= timedelta(hours=1)


def test_it_is_obeyed_also_where_the_portal_would_have_waited_longer(issued, receiver):
    factories.registered()
    receiver.answer = 500
    for _each in range(6):
        deliver_webhooks()
        time_passes(timedelta(hours=3))
    busy(receiver, "90")
    deliver_webhooks()
    receiver.answer = 200
    time_passes(91 * SECOND)

    assert deliver_webhooks() == 1
    assert WebhookDelivery.objects.get().state == "delivered"


def test_three_days_are_the_end_whatever_was_asked_for(issued, receiver):
    factories.registered()
    receiver.answer = 500
    deliver_webhooks()
    time_passes(timedelta(days=2))
    busy(receiver, "259200")
    deliver_webhooks()
    time_passes(timedelta(days=1) - timedelta(minutes=1))
    assert (deliver_webhooks(), WebhookDelivery.objects.get().state) == (0, "waiting")
    block(factories.registered())
    time_passes(timedelta(minutes=1))

    assert deliver_webhooks() == 1, "it is tried once more before it is parked"
    assert WebhookDelivery.objects.order_by("event_id").first().state == "parked"
    assert Webhook.objects.get().resting_until > timezone.now() + timedelta(days=2), "the others go on waiting as asked"
