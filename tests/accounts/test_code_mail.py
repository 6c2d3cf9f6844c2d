"""The worker sends an e-mail with a code, and its delivery says what became of it."""

from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.utils import timezone

from licences import operations
from licences.models import CodeDelivery
from licensing_portal.accounts.models import QueuedMessage
from tests import factories
from tests.accounts.test_mail import LOCMEM, later

ADDRESS = "new@example.com"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def delivery(catalogue, queued):
    code = factories.registered(contact_email=ADDRESS)
    return operations.send_unlock_code(code_id=code.pk, address=ADDRESS, by="supervisor", may_use_new_address=True)


def states(delivery):
    delivery.refresh_from_db()
    return delivery.state, delivery.attempts, delivery.failure


def test_it_waits_sealed_until_the_worker_has_sent_it(delivery, queued):
    assert states(delivery) == ("queued", 0, "")
    assert ADDRESS not in QueuedMessage.objects.get().sealed
    assert mail.outbox == []

    queued()

    assert states(delivery) == ("sent", 1, "")
    assert delivery.ended_at <= timezone.now()
    (message,) = mail.outbox
    assert (message.to, len(message.attachments)) == ([ADDRESS], 1)
    assert message.attachments[0][2] == "application/jose"


def test_a_refusal_is_told_and_tried_again_until_it_is_given_up(delivery, queued, monkeypatch):
    def refuse(self, messages):
        raise SMTPRecipientsRefused({ADDRESS: (550, b"no such user")})

    monkeypatch.setattr(f"{LOCMEM}.send_messages", refuse)
    queued()
    assert states(delivery) == ("queued", 1, "SMTPRecipientsRefused")

    for _attempt in range(4):
        later(hours=1)
        queued()

    assert states(delivery) == ("failed", 5, "SMTPRecipientsRefused")
    assert delivery.ended_at is not None
    assert not QueuedMessage.objects.exists()


def test_to_an_erased_address_nothing_is_sent(delivery, queued):
    customer = delivery.unlock_code.serial.site.customer
    operations.erase_customer(customer_id=customer.pk, reason="They asked us to.", by="supervisor")

    queued()

    assert mail.outbox == []
    assert not QueuedMessage.objects.exists()
    assert states(delivery) == ("failed", 0, "erased")
    assert CodeDelivery.objects.get().address == ""
