"""``EMAIL_URL=none``: what needs e-mail is switched off, and the pages say so."""

import pytest
from django.core import mail

from licensing_portal.accounts.models import SignInEvent
from tests.accounts.people import log_in
from tests.tables import each_row

pytestmark = pytest.mark.django_db

RESET = "/accounts/password/reset/"


@pytest.fixture(autouse=True)
def without_mail(settings):
    settings.MAIL_IS_SENT = False


def test_the_login_page_offers_no_link_for_a_new_password(client):
    page = client.get("/accounts/login/").content.decode()

    assert RESET not in page
    assert "Ask an administrator for a new password" in page


@each_row("method", ["get", "post"])
def test_the_page_for_a_forgotten_password_says_that_no_mail_is_sent(method, client, clerk):
    clerk.email = "clerk@example.com"
    clerk.save()

    answer = getattr(client, method)(RESET, {"email": "clerk@example.com"} if method == "post" else None)

    assert answer.status_code == 200
    assert "This portal sends no e-mail" in answer.content.decode()
    assert 'name="email"' not in answer.content.decode()
    assert mail.outbox == []


def test_the_account_says_that_nothing_is_told_by_mail(clerk):
    browser, _ = log_in("clerk")

    page = browser.get("/accounts/").content.decode()

    assert "you will not be told about new devices" in page
    assert "Messages about your account go to this address" not in page
    assert SignInEvent.objects.filter(kind="signed-in").exists()


def test_with_mail_the_pages_promise_it(client, settings):
    settings.MAIL_IS_SENT = True

    assert RESET in client.get("/accounts/login/").content.decode()
    assert 'name="email"' in client.get(RESET).content.decode()
