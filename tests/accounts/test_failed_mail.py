"""What was given up: its reason, sending it again, the test message, and the language and HTML of every message."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation

from licences import operations as business
from licensing_portal.accounts.models import FailedMessage, QueuedMessage
from licensing_portal.accounts.operations import languages, messages
from tests import factories
from tests.accounts.test_mail import ADDRESS, down, later  # noqa: F401  (a fixture)
from tests.questions import why_refused

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/mail/"


def give_up(queued):
    """Let the worker try as often as it does."""
    for _attempt in range(len(messages.RETRY_AFTER) + 1):
        queued()
        later(minutes=31)


@pytest.fixture
def failed(queued, down, monkeypatch):  # noqa: F811
    """A message that was given up, and a mail server that takes messages again."""
    EmailMessage("About something", "Body", None, [ADDRESS]).send()
    give_up(queued)
    monkeypatch.undo()
    return FailedMessage.objects.get()


def send_again(message, **later_by) -> str | None:
    return messages.send_again(message_id=message.pk, now=timezone.now() + timedelta(**later_by))


# --- What was given up -------------------------------------------------------------------------------------


def test_a_message_that_was_given_up_is_listed_with_its_reason_and_sent_again(failed, administrator, as_user, queued):
    browser = as_user(administrator)
    page = browser.get(PAGE).content.decode()
    assert all(part in page for part in (ADDRESS, "About something", "The mail server refused this address."))
    assert ADDRESS not in failed.sealed

    answer = browser.post(reverse("mail-send-again", args=[failed.pk]), follow=True)
    queued()

    assert "The message waits to be sent again." in answer.content.decode()
    assert [message.subject for message in mail.outbox] == ["About something"]
    assert not FailedMessage.objects.exists()


def test_a_message_that_waits_for_its_next_attempt_is_listed_with_the_reason(queued, down, administrator, as_user):  # noqa: F811
    EmailMessage("About something", "Body", None, [ADDRESS]).send()
    queued()

    page = as_user(administrator).get(PAGE).content.decode()

    assert all(part in page for part in (ADDRESS, "About something", "The mail server refused this address."))
    waiting = QueuedMessage.objects.get()
    assert (waiting.attempts, ADDRESS in waiting.sealed, FailedMessage.objects.exists()) == (1, False, False)


def test_whoever_has_no_address_reads_so_beside_the_button(administrator, as_user, queued):
    administrator.email = ""
    administrator.save()

    page = as_user(administrator).get(PAGE).content.decode()

    assert "Your account has no e-mail address. Enter one under Users." in page
    assert "Send a test message to" not in page


def test_a_second_click_sends_it_once(failed, queued):
    send_again(failed)

    assert why_refused(send_again, failed) == "message-gone"
    queued()
    assert len(mail.outbox) == 1


def test_a_message_whose_link_has_ended_is_not_sent_again(queued, clerk, client, down, settings):  # noqa: F811
    clerk.email = ADDRESS
    clerk.save()
    client.post("/accounts/password/reset/", {"email": ADDRESS})
    give_up(queued)
    later_on = timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 1)

    listed = messages.failed_messages(now=later_on, most=10)

    assert [each.can_be_sent for each in listed] == [False]
    for each in listed:
        assert why_refused(messages.send_again, message_id=each.row.pk, now=later_on) == "message-link-ended"


def test_of_a_message_with_an_unlock_code_only_the_reason_stays(catalogue, queued, down):  # noqa: F811
    code = factories.registered(contact_email=ADDRESS)
    business.send_unlock_code(code_id=code.pk, address=ADDRESS, by="supervisor", may_use_new_address=True)
    give_up(queued)

    kept = FailedMessage.objects.get()

    assert (kept.sealed, kept.failure) == ("", "SMTPRecipientsRefused")
    assert why_refused(send_again, kept) == "message-gone"


def test_what_was_given_up_is_removed_after_a_week(failed):
    retention = business.apply_retention
    assert retention(now=failed.failed_at + timedelta(days=6))["messages that were not sent"] == 0
    assert retention(now=failed.failed_at + timedelta(days=8))["messages that were not sent"] == 1


def test_where_mail_is_off_nothing_is_sent_again(failed, settings):
    settings.MAIL_TRANSPORT = messages.NOWHERE

    assert why_refused(send_again, failed, unchanged=[FailedMessage]) == "mail-off"


# --- The test message ----------------------------------------------------------------------------------------


def test_a_test_message_goes_to_ones_own_address(administrator, as_user, queued):
    administrator.email = "admin@example.com"
    administrator.save()

    answer = as_user(administrator).post(reverse("mail-test"), {"address": "other@example.com"}, follow=True)
    queued()

    assert "A test message to admin@example.com is on its way." in answer.content.decode()
    assert [message.to for message in mail.outbox] == [["admin@example.com"]]


def test_test_messages_are_limited(administrator, as_user, queued):
    administrator.email = "admin@example.com"
    administrator.save()
    browser = as_user(administrator)

    answers = [browser.post(reverse("mail-test"), follow=True).content.decode() for _each in range(5)]

    assert QueuedMessage.objects.count() == 3
    assert "A test message was sent just now." in answers[-1]


def test_without_an_address_the_page_says_what_to_do(administrator, as_user, queued):
    answer = as_user(administrator).post(reverse("mail-test"), follow=True)

    assert "Your account has no e-mail address." in answer.content.decode()
    assert not QueuedMessage.objects.exists()


# --- Text, HTML and language -----------------------------------------------------------------------------------


def test_every_message_has_its_text_as_html_that_loads_nothing(clerk, client, queued, catalogue):
    clerk.email = ADDRESS
    clerk.save()
    client.post("/accounts/password/reset/", {"email": ADDRESS}, headers={"accept-language": "de"})
    code = factories.registered(contact_email="new@example.com", country="Germany")
    business.send_unlock_code(code_id=code.pk, address="new@example.com", by="supervisor", may_use_new_address=True)
    queued()
    queued()

    assert len(mail.outbox) == 2
    for message in mail.outbox:
        ((html, kind),) = message.alternatives
        assert kind == "text/html"
        assert '<html lang="de">' in html
        assert not any(part in html for part in ("<img", "<script", "<link", "src=", "url(", "http-equiv"))
    assert any('<a href="http' in message.alternatives[0][0] for message in mail.outbox)


def test_who_is_told_of_a_change_reads_it_in_their_own_language(clerk, administrator, as_user, queued):
    clerk.email = ADDRESS
    clerk.save()
    with translation.override("de"):
        languages.note_language(clerk)

    password = {"password1": "a new long password", "password2": "a new long password", "usable_password": "true"}
    address = reverse("admin:auth_user_password_change", args=[clerk.pk])
    assert as_user(administrator).post(address, password, headers={"accept-language": "en"}).status_code == 302
    queued()

    assert "Ein Administrator hat ein neues Passwort gesetzt." in mail.outbox[0].body


def test_a_language_is_that_of_the_latest_login_and_else_the_portals(clerk, settings):
    assert languages.language_of(clerk) == settings.LANGUAGE_CODE
    for language in ("de", "en"):
        with translation.override(language):
            languages.note_language(clerk)
        assert languages.language_of(clerk) == language
