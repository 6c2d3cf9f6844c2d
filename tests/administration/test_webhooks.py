"""Webhooks in the administration: created, changed, tested, rotated, sent again (docs/integration.md#webhooks)."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from licences import operations
from licences.models import Event, Webhook, WebhookDelivery
from tests import factories

pytestmark = pytest.mark.django_db
ADD = "/admin/licences/webhook/add/"
MESSAGES = "/admin/licences/webhookdelivery/"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")
TODAY = timezone.localdate().isoformat()


@pytest.fixture
def desk(administrator, as_user):
    return as_user(administrator)


def new_webhook(**values):
    return {"name": "ERP", "url": "https://erp.example.com/hooks", "kinds": ["registered", "blocked"], **values}


def sent(**values):
    """What the page of a webhook sends."""
    about = new_webhook(kinds=["registered"], enabled="on", act="save", overlap="24", first_day="", last_day="")
    return {**about, **values}


def page_of(record):
    return reverse("admin:licences_webhook_change", args=[record.pk])


def token_on(page):
    (token,) = re.findall(r'name="form_token" value="([\w-]{20,})"', page.text)
    return token


def test_the_secret_of_a_new_webhook_is_shown_once(desk):
    page = desk.post(ADD, new_webhook())
    assert len(set(SECRET.findall(page.text))) == 1
    record = Webhook.objects.get()
    assert (page.status_code, page.headers["Location"]) == (201, page_of(record))
    assert "no-store" in page.headers["Cache-Control"]
    assert record.kinds == ["registered", "blocked"]
    assert Event.objects.get().actor == record.created_by == "admin"
    for address in (page_of(record), reverse("admin:licences_webhook_changelist"), ADD, MESSAGES):
        shown = desk.get(address)
        assert shown.status_code == 200
        assert not SECRET.search(shown.text)
        assert record.sealed_secret not in shown.text


def test_a_double_press_makes_one_webhook_and_leads_to_it(desk):
    typed = new_webhook(form_token=token_on(desk.get(ADD)))

    first, second = desk.post(ADD, typed), desk.post(ADD, typed)

    assert (first.status_code, second.status_code, second.url) == (201, 302, first.headers["Location"])
    assert Webhook.objects.count() == Event.objects.count() == 1


def test_each_kind_has_the_name_that_the_documents_have(desk):
    page = desk.get(ADD)

    assert "Licences updated (licences-updated)" in page.text


def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(desk):
    page = desk.post(ADD, new_webhook(kinds=[], url="https://192.168.1.1/hooks"))

    assert page.status_code == 200
    assert "Tick at least one kind of event." in page.text
    assert "192.168.1.1 is an address of a private or special network" in page.text
    assert 'value="https://192.168.1.1/hooks"' in page.text
    assert not Webhook.objects.exists()


def test_changes_are_saved_and_are_an_event(desk):
    record = factories.webhook().record
    form = sent(kinds=["blocked"], name="Old ERP")
    del form["enabled"]

    done = desk.post(page_of(record), form)

    record.refresh_from_db()
    assert done.status_code == 302
    assert (record.name, record.kinds, record.enabled) == ("Old ERP", ["blocked"], False)
    assert Event.objects.latest("pk").details["fields"] == ["name", "kinds", "enabled"]


def test_a_test_message_waits_for_the_worker(desk):
    record = factories.webhook().record
    token = token_on(desk.get(page_of(record)))

    first = desk.post(page_of(record), sent(act="test", form_token=token))
    second = desk.post(page_of(record), sent(act="test", form_token=token))

    assert (first.status_code, second.status_code) == (302, 302)
    assert WebhookDelivery.objects.get().kind == "test"
    said = desk.get(first.url).text
    assert "The worker sends the test message" in said
    assert "successfully" not in said
    assert "Test" in desk.get(MESSAGES).text


def test_rotating_shows_the_new_secret_and_the_end_of_the_old_one(desk):
    record = factories.webhook().record

    page = desk.post(page_of(record), sent(act="rotate", overlap="1"))

    record.refresh_from_db()
    assert len(set(SECRET.findall(page.text))) == 1
    assert timedelta(minutes=59) < record.old_secret_until - timezone.now() <= timedelta(hours=1)
    assert "The secret before it also signs until" in page.text
    assert "The secret before this one still signs." in desk.post(page_of(record), sent(act="rotate")).text


def test_days_are_sent_again(desk, catalogue):
    record = factories.webhook().record
    factories.registered()
    Webhook.objects.update(position=Event.objects.latest("pk").pk)

    missing = desk.post(page_of(record), sent(act="replay"))
    reversed_days = desk.post(page_of(record), sent(act="replay", first_day=TODAY, last_day="2020-01-01"))
    nothing = desk.post(page_of(record), sent(act="replay", first_day="2020-01-01", last_day="2020-01-02"))
    done = desk.post(page_of(record), sent(act="replay", first_day=TODAY, last_day=TODAY))

    assert missing.text.count("Choose a day.") == 2
    assert "The last day comes before the first." in reversed_days.text
    assert "nothing happened that this webhook has chosen" in nothing.text
    assert done.status_code == 302
    assert WebhookDelivery.objects.get().kind == "registered"


def test_what_was_changed_beside_another_act_is_neither_saved_nor_lost(desk):
    record = factories.webhook().record

    page = desk.post(page_of(record), sent(act="test", name="New ERP"))

    assert "You have also changed something: Name." in page.text
    assert 'value="New ERP"' in page.text
    assert not WebhookDelivery.objects.exists()


def test_what_is_switched_off_is_sent_no_test(desk):
    record = factories.webhook().record
    operations.change_webhook(
        webhook_id=record.pk, name="ERP", url=record.url, kinds=record.kinds, enabled=False, by="administrator"
    )
    form = sent(act="test")
    del form["enabled"]

    assert "This webhook is switched off." in desk.post(page_of(record), form).text


def test_who_saves_second_is_told_what_changed_meanwhile(desk):
    record = factories.webhook().record
    (shown,) = re.findall(r'name="shown" value="([^"]+)"', desk.get(page_of(record)).text)
    operations.change_webhook(
        webhook_id=record.pk, name="ERP", url=record.url, kinds=["blocked"], enabled=True, by="another"
    )

    page = desk.post(page_of(record), sent(name="ERP 2", shown=shown.replace("&quot;", '"')))

    assert "Somebody else changed this record while the page was open" in page.text
    assert "“registered” when you opened the page, “blocked” now" in page.text
    assert 'value="ERP 2"' in page.text
    assert Webhook.objects.get().name == "ERP"


def test_chosen_messages_are_sent_again_and_of_the_others_it_is_said_why_not(desk, catalogue):
    record = factories.webhook().record
    factories.registered()
    Webhook.objects.update(position=Event.objects.latest("pk").pk)
    now = timezone.now()
    span = {"since": now - timedelta(days=1), "until": now + timedelta(days=1)}
    operations.replay_span(webhook_id=record.pk, **span, by="administrator")
    WebhookDelivery.objects.update(state="parked", ended_at=now, failure="no-connection", body="{}")
    operations.send_test_message(webhook_id=record.pk, by="administrator")
    chosen = {"action": "send_again", "_selected_action": list(WebhookDelivery.objects.values_list("pk", flat=True))}

    page = desk.post(MESSAGES, chosen, follow=True)

    assert "1 message is sent again." in page.text
    assert "This is a test." in page.text
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"waiting"}


def test_the_page_of_a_message_says_what_became_of_it(desk, catalogue):
    factories.webhook()
    operations.send_test_message(webhook_id=Webhook.objects.get().pk, by="administrator")
    WebhookDelivery.objects.update(failure="certificate", excerpt="<b>no</b>", attempts=2)
    message = WebhookDelivery.objects.get()

    page = desk.get(reverse("admin:licences_webhookdelivery_change", args=[message.pk])).text

    assert message.message in page
    assert "This machine does not trust whoever issued the certificate" in page
    assert "&lt;b&gt;no&lt;/b&gt;" in page


def test_messages_that_were_given_up_stand_on_the_desk_of_administrators(desk, clerk, as_user, catalogue):
    record = factories.webhook().record
    factories.registered()
    event = Event.objects.get(kind="registered")
    now = timezone.now()
    about = {"message": "msg_1", "kind": event.kind, "queued_at": now, "due_at": now}
    assert "Webhooks that need attention" not in desk.get("/").text
    WebhookDelivery(webhook=record, event=event, state="parked", ended_at=now, **about).save()

    assert "1 message was given up" in desk.get("/").text
    assert "never tried" in desk.get(MESSAGES).text
    assert "given up" not in as_user(clerk).get("/").text


def test_auditors_read_webhooks_and_change_none(auditor, as_user):
    record = factories.webhook().record
    browser = as_user(auditor)

    page = browser.get(page_of(record))
    assert "https://erp.example.com/hooks" in page.text
    assert 'name="act"' not in page.text
    assert browser.post(ADD, new_webhook()).status_code == 403
    assert browser.post(page_of(record), sent(act="test")).status_code == 403
    operations.send_test_message(webhook_id=record.pk, by="administrator")
    chosen = {"action": "send_again", "_selected_action": [WebhookDelivery.objects.get().pk]}
    assert "is sent again" not in browser.post(MESSAGES, chosen, follow=True).text
