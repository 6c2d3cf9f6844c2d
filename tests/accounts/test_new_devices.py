"""A message when an account is used in a browser that it was not used in before."""

import pytest

from licensing_portal.accounts.devices import device_name
from tests.accounts.people import LOGIN, PASSWORD, log_in
from tests.tables import each_row

pytestmark = pytest.mark.django_db

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.fixture(autouse=True)
def with_address(clerk):
    clerk.email = "clerk@example.com"
    clerk.save()


def test_a_new_browser_is_told_by_e_mail_and_only_the_first_time(mailoutbox):
    browser, _ = log_in("clerk", **{"user-agent": CHROME})
    browser.post("/accounts/logout/")
    log_in("clerk", client=browser)

    assert len(mailoutbox) == 1
    message = mailoutbox[0]
    assert message.to == ["clerk@example.com"]
    assert "clerk" in message.body
    assert "Chrome, Windows" in message.body
    assert "127.0.0.1" in message.body
    log_in("clerk")
    assert len(mailoutbox) == 2


def test_a_browser_that_another_person_used_is_new(supervisor, mailoutbox):
    browser, _ = log_in("supervisor")
    browser.post("/accounts/logout/")
    log_in("clerk", client=browser)
    browser.post("/accounts/logout/")
    log_in("supervisor", client=browser)
    browser.post("/accounts/logout/")
    log_in("clerk", client=browser)

    assert [message.to for message in mailoutbox] == [["clerk@example.com"]]


def test_a_made_up_cookie_makes_no_browser_known(clerk, mailoutbox, client):
    client.cookies["known_device"] = f"{clerk.pk}:made:up"

    client.post(LOGIN, {"username": "clerk", "password": PASSWORD})

    assert len(mailoutbox) == 1


def test_the_cookie_is_signed_and_not_for_scripts(clerk):
    _, answer = log_in("clerk")

    cookie = answer.cookies["known_device"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie.value.startswith(f"{clerk.pk}:")


def test_a_line_break_in_what_the_browser_calls_itself_adds_no_header(mailoutbox):
    log_in("clerk", **{"user-agent": "Firefox/1\r\nBcc: x@example.com"})

    assert mailoutbox[0].recipients() == ["clerk@example.com"]


def test_without_an_address_there_is_no_message(supervisor, mailoutbox):
    log_in("supervisor")

    assert mailoutbox == []


def test_a_failed_login_sends_nothing(mailoutbox):
    log_in("clerk", "wrong")

    assert mailoutbox == []


@each_row(
    ("user_agent", "name"),
    [
        (CHROME, "Chrome, Windows"),
        (CHROME + " Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/605", "Safari, macOS"),
        ("Mozilla/5.0 (Linux; Android 15) Firefox/140.0", "Firefox, Android"),
        ("curl/8", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_devices_have_names(user_agent, name):
    assert device_name(user_agent) == name
