"""The pages of signing in speak to people as the rest of the portal does, and say what to do."""

import re

import pytest

from tests.accounts.people import PASSWORD, log_in, with_app, wrong_code
from tests.tables import each_row

pytestmark = pytest.mark.django_db

TOO_FAMILIAR = re.compile(r"\b([Dd]u|[Dd]ich|[Dd]ir|[Dd]ein\w*|[Gg]ib)\b")
GERMAN = {"accept-language": "de"}


def texts(person) -> dict[str, str]:
    """What is said when things go wrong, and when they went right."""
    browser, _ = log_in(person.username, **GERMAN)
    wrong = {"oldpassword": "wrong", "password1": "one", "password2": "two"}
    right = {"oldpassword": PASSWORD, "password1": "another long password", "password2": "another long password"}
    unlike = {**right, "password2": "another long passwort"}
    said = {
        "wrong passwords": browser.post("/accounts/password/", wrong),
        "unlike passwords": browser.post("/accounts/password/", unlike),
        "changed password": browser.post("/accounts/password/", right, follow=True),
        "wrong code": browser.post("/accounts/second-factor/app/", {"code": "1"}),
        "wrong confirmation": browser.post("/accounts/confirm/", {"password": "wrong"}),
        "logged out": browser.post("/accounts/logout/", follow=True),
        "reset": browser.post("/accounts/password/reset/", {"email": "nobody"}),
    }
    secret = with_app(person)
    halfway, answer = log_in(person.username, "another long password", **GERMAN)
    said["wrong second factor"] = halfway.post(answer["Location"], {"code": wrong_code(secret)})
    return {what: page.content.decode() for what, page in said.items()}


def test_nobody_is_spoken_to_as_a_friend_in_german(clerk, mailoutbox):
    clerk.email = "clerk@example.com"
    clerk.save()

    said = texts(clerk)

    said |= {f"message {number}": each.subject + each.body for number, each in enumerate(mailoutbox)}
    assert len(mailoutbox) >= 2
    assert {what: TOO_FAMILIAR.findall(text) for what, text in said.items() if TOO_FAMILIAR.search(text)} == {}
    assert "Sie haben sich abgemeldet." in said["logged out"]
    assert "Das ist nicht Ihr aktuelles Passwort." in said["wrong passwords"]
    assert "Ihr Passwort wurde geändert." in said["changed password"]


def test_a_wrong_code_says_what_to_do(clerk):
    secret = with_app(clerk)
    browser, answer = log_in("clerk")

    page = browser.post(answer["Location"], {"code": wrong_code(secret)}).content.decode()

    assert page.count("Wait until the app shows the next one.") == 1


@each_row("path", ["password/", "confirm/", "second-factor/app/", "password/reset/"])
def test_the_focus_is_where_one_types(path, clerk):
    browser, _ = log_in("clerk")

    assert browser.get(f"/accounts/{path}").content.decode().count(" autofocus") == 1


def test_after_a_wrong_password_the_focus_is_on_the_password(clerk):
    secret = with_app(clerk)
    page = log_in("clerk", "wrong")[1].content.decode()
    halfway = log_in("clerk")[0].get("/accounts/login/second-factor/").content.decode()

    assert secret
    assert re.search(r'<input[^>]*name="password"[^>]* autofocus', page)
    assert re.search(r'<input[^>]*name="code"[^>]* autofocus', halfway)
