"""Webhooks as they are kept: created, changed, their secrets rotated, each an event (docs/security.md#webhooks)."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from licences import operations
from licences.domain.webhook_addresses import parse_place
from licences.models import Event, Webhook, WebhookDelivery
from licences.operations.webhooks.secrets import signing_secrets, unreadable_webhooks
from tests import factories
from tests.questions import refusal_of, why_refused
from tests.tables import each_row
from tests.together import together

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
URL = "https://erp.example.com/hooks/s3cret-in-the-path"


def create(**values):
    defaults = {"name": "ERP", "url": URL, "kinds": ["registered", "blocked"], "by": "administrator"}
    return operations.create_webhook(**{**defaults, **values})


def change(webhook, **values):
    about = {name: getattr(webhook, name) for name in ("name", "url", "kinds", "enabled")}
    return operations.change_webhook(webhook_id=webhook.pk, **{**about, **values}, by="administrator")


def rotate(webhook):
    return operations.rotate_webhook_secret(webhook_id=webhook.pk, overlap=DAY, by="administrator")


def test_the_secret_is_stored_sealed_and_is_in_no_event():
    issued = create()
    rotated = rotate(issued.record)

    stored = str([list(model.objects.values()) for model in (Webhook, WebhookDelivery, Event)])

    for text in (issued.text, rotated.text):
        assert text.removeprefix("whsec_") not in stored
    assert signing_secrets(rotated.record, now=timezone.now()) == [rotated.text, issued.text]
    assert signing_secrets(rotated.record, now=timezone.now() + DAY) == [rotated.text]


def test_everything_that_is_done_is_an_event_that_names_the_host_and_not_the_path():
    webhook = create().record
    change(webhook, kinds=["registered"], enabled=True)
    rotate(webhook)
    operations.send_test_message(webhook_id=webhook.pk, by="administrator")

    events = Event.objects.order_by("pk")
    assert [event.kind for event in events] == [
        "webhook-created",
        "webhook-changed",
        "webhook-rotated",
        "webhook-tested",
    ]
    assert {event.details["host"] for event in events} == {"erp.example.com"}
    assert events[1].details["fields"] == ["kinds"]
    assert "s3cret" not in str(list(events.values()))


def test_saving_without_a_change_is_no_event():
    webhook = create().record

    assert change(webhook) == []
    assert Event.objects.count() == 1


@each_row(
    ("values", "code"),
    [
        ({"kinds": []}, "webhook-kinds-missing"),
        ({"kinds": ["everything"]}, "webhook-kinds-missing"),
        ({"url": "http://erp.example.com/"}, "webhook-url-wrong"),
        ({"url": "https://erp.example.com:25/"}, "webhook-port"),
        ({"url": "https://127.0.0.1/"}, "webhook-inside"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(values, code):
    refusal = refusal_of(create, **values, unchanged=[Webhook, Event])

    assert (refusal.code, refusal.field) == (code, next(iter(values)))
    assert why_refused(change, create().record, **values) == code


def test_a_secret_is_rotated_again_only_when_the_one_before_has_ended():
    webhook = create().record
    rotate(webhook)

    assert why_refused(rotate, webhook) == "webhook-secret-rotated"
    Webhook.objects.update(old_secret_until=timezone.now())
    assert rotate(webhook).text


@pytest.mark.django_db(transaction=True)
def test_two_who_rotate_at_the_same_moment_give_one_new_secret():
    webhook = create().record

    results = together(lambda: rotate(webhook), lambda: rotate(webhook))

    refused = [result for result in results if isinstance(result, Exception)]
    assert [refusal.code for refusal in refused] == ["webhook-secret-rotated"]
    assert Event.objects.filter(kind="webhook-rotated").count() == 1


def test_a_new_webhook_begins_with_what_happens_from_now_on(catalogue):
    factories.registered()
    webhook = create().record

    assert webhook.position == Event.objects.exclude(kind="webhook-created").latest("pk").pk


def test_one_that_is_switched_on_again_begins_there_too(catalogue):
    webhook = create().record
    change(webhook, enabled=False)
    factories.registered()
    webhook.refresh_from_db()
    change(webhook, enabled=True)

    webhook.refresh_from_db()
    assert webhook.position == Event.objects.exclude(kind="webhook-changed").latest("pk").pk


@pytest.mark.parametrize("act", [operations.send_test_message])
def test_one_that_is_switched_off_is_sent_nothing(act):
    webhook = create().record
    change(webhook, enabled=False)

    assert why_refused(act, webhook_id=webhook.pk, by="administrator") == "webhook-off"
    span = {"since": timezone.now() - DAY, "until": timezone.now()}
    assert why_refused(operations.replay_span, webhook_id=webhook.pk, **span, by="administrator") == "webhook-off"


def test_after_a_change_of_the_key_secrets_are_sealed_again_and_the_old_key_can_go(settings, capsys):
    issued = create()
    old, new = settings.MFA_ENCRYPTION_KEYS, ["n" * 40]
    settings.MFA_ENCRYPTION_KEYS = new
    assert unreadable_webhooks() == [issued.record]

    settings.MFA_ENCRYPTION_KEYS = [*new, *old]
    call_command("reseal_factors")
    settings.MFA_ENCRYPTION_KEYS = new

    assert unreadable_webhooks() == []
    assert signing_secrets(Webhook.objects.get(), now=timezone.now()) == [issued.text]
    assert "Secrets of webhooks: 1" in capsys.readouterr().out


def test_an_address_inside_is_accepted_where_the_setting_allows_it(settings):
    settings.WEBHOOK_ALLOWED_ADDRESSES = [parse_place("10.1.2.3:9443")]

    assert create(url="https://10.1.2.3:9443/hooks").record.pk
    assert why_refused(create, url="https://10.1.2.3/hooks") == "webhook-inside"
