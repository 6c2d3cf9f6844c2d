"""Workers that are killed while they send: no message is lost, none overtakes another of its serial number, and at most
one for each kill arrives twice, with the same id (docs/integration.md#webhooks)."""

import os
import signal
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from licences import operations
from licences.models import Webhook, WebhookDelivery
from tests import factories
from tests.imports.processes import PATIENCE, begun
from tests.webhooks.test_deliveries import block, told, unblock

KILLS = int(os.environ.get("WEBHOOK_KILLS", "4"))
SERIALS, ROUNDS = int(os.environ.get("WEBHOOK_SERIALS", "3")), 4


class Killer:
    """Answers messages, and kills the worker at one of them: before the answer, or right after it."""

    def __init__(self):
        self.worker, self.left, self.before = None, 0, False

    def aim(self, worker, *, at, before):
        self.worker, self.left, self.before = worker, at, before

    def __call__(self, handler, message):
        self.left -= 1
        if self.left == 0 and self.before:
            self.worker.send_signal(signal.SIGKILL)
            self.worker.wait(timeout=PATIENCE)
        handler.send_response(200)
        handler.end_headers()
        if self.left == 0 and not self.before:
            handler.wfile.flush()
            self.worker.send_signal(signal.SIGKILL)


def lease_ends():
    """The lease of a killed worker ends by itself after two minutes; tests do not wait for that."""
    Webhook.objects.exclude(leased_until=None).update(leased_until=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_killed_workers_lose_nothing_and_double_one_message_each(issued, receiver, monkeypatch):
    monkeypatch.setenv("WEBHOOK_ALLOWED_ADDRESSES", f"127.0.0.1:{receiver.port}")
    codes = [factories.registered() for _each in range(SERIALS)]
    for _round in range(ROUNDS):
        for act in (block, unblock):
            for code in codes:
                act(code)
    receiver.answer = killer = Killer()

    for kill in range(KILLS):
        worker = begun("manage.py", "worker")
        killer.aim(worker, at=2 + kill, before=kill % 2 == 0)
        worker.communicate(timeout=PATIENCE)
        assert worker.returncode == -signal.SIGKILL
        assert Webhook.objects.get().lease, "it was killed while it sent"
        lease_ends()
    killer.aim(None, at=-1, before=False)
    while WebhookDelivery.objects.filter(state="waiting").exists():  # ended by the limit of every test
        operations.deliver_webhooks()

    ids = [message.headers["webhook-id"] for message in receiver.received]
    total = SERIALS * (1 + 2 * ROUNDS)
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}
    assert len(set(ids)) == WebhookDelivery.objects.count() == total
    assert len(ids) <= total + KILLS
    assert max(Counter(ids).values()) <= 2
    for code in codes:
        assert once_each(receiver, code) == ["registered", *["blocked", "unblocked"] * ROUNDS]


def once_each(receiver, code):
    """The kinds about a serial number in the order in which they arrived first. A message that came twice came again
    before any later one of its serial number."""
    seen = []
    for message, (serial, kind) in zip(receiver.received, told(receiver), strict=True):
        number = message.headers["webhook-id"]
        if serial == code.serial.code and number not in [each for each, _kind in seen]:
            seen.append((number, kind))
        elif serial == code.serial.code:
            assert seen[-1][0] == number
    return [kind for _number, kind in seen]


@pytest.mark.django_db(transaction=True)
def test_another_worker_goes_on_when_the_lease_has_ended_and_not_before(issued, receiver):
    factories.registered()

    class Killed(BaseException):
        """As if the process ended here."""

    def die(handler, message):
        handler.send_response(200)
        handler.end_headers()

    receiver.answer = die
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("licences.operations.webhooks.deliveries.record_send_result", raising(Killed))
        patch.setattr("licences.operations.webhooks.deliveries.release_webhook", lambda **_: None)
        with pytest.raises(Killed):
            operations.deliver_webhooks()

    assert operations.deliver_webhooks() == 0
    lease_ends()
    assert operations.deliver_webhooks() == 1
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def raising(error):
    def fail(*_, **__):
        raise error

    return fail
