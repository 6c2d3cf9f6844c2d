"""Changing a password, and choosing a new one by e-mail."""

import re
from datetime import datetime, timedelta

import pytest
from allauth.account.forms import default_token_generator
from django.core import mail
from django.core.cache import cache

from licensing_portal.accounts.models import SignInEvent
from tests.accounts.people import PASSWORD, is_signed_in, log_in, with_app
from tests.tables import each_row

pytestmark = pytest.mark.django_db

RESET = "/accounts/password/reset/"
NEW = "another long password"


def ask(client, email="clerk@example.com"):
    return client.post(RESET, {"email": email}, follow=True)


def link() -> str:
    return re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]


def without_tokens(answer) -> str:
    return re.sub(r'(?<=csrfmiddlewaretoken" value=")\w+', "", answer.content.decode())


def follow(client, address: str, password: str = NEW):
    form = client.get(address, follow=True)
    return client.post(form.redirect_chain[-1][0], {"password1": password, "password2": password}, follow=True)


def test_a_link_leads_to_a_new_password_and_works_once(with_address, client):
    older, _ = log_in("clerk")
    ask(client)
    address = link()

    done = follow(client, address)

    assert "Password changed" in done.content.decode()
    assert not is_signed_in(client)
    assert not is_signed_in(older)
    assert not is_signed_in(log_in("clerk", PASSWORD)[0])
    assert is_signed_in(log_in("clerk", NEW)[0])
    assert "no longer valid" in client.get(address).content.decode()
    assert SignInEvent.objects.filter(kind="password-reset", username="clerk").exists()
    assert "clerk@example.com" in [to for message in mail.outbox for to in message.to]


def test_whoever_was_locked_out_gets_in_with_the_new_password(with_address, client):
    for _ in range(6):
        log_in("clerk", "forgotten")
    ask(client)
    follow(client, link())

    assert is_signed_in(log_in("clerk", NEW)[0])


def test_a_new_password_does_not_stand_in_for_the_second_factor(with_address, client):
    with_app(with_address)
    ask(client)
    follow(client, link())

    assert log_in("clerk", NEW)[1]["Location"] == "/accounts/login/second-factor/"


def test_a_weak_password_is_refused(with_address, client):
    ask(client)

    answer = follow(client, link(), "12345678")

    assert answer.status_code == 200
    assert "too common" in answer.content.decode()
    assert is_signed_in(log_in("clerk", PASSWORD)[0])


def test_an_unknown_address_is_answered_in_the_same_way(with_address, client):
    known, unknown = ask(client), ask(client, "nobody@example.com")

    assert known.redirect_chain == unknown.redirect_chain
    assert without_tokens(known) == without_tokens(unknown)
    assert [message.to for message in mail.outbox] == [["clerk@example.com"]]


def test_the_link_goes_to_the_address_that_the_account_has(with_address, client):
    ask(client, "CLERK@example.com")

    assert [message.to for message in mail.outbox] == [["clerk@example.com"]]


def test_a_link_is_good_for_an_hour(with_address, client, monkeypatch):
    ask(client)
    for minutes, words in ((59, "password1"), (61, "no longer valid")):
        now = datetime.now() + timedelta(minutes=minutes)  # noqa: DTZ005  (as Django's tokens have it)
        monkeypatch.setattr(type(default_token_generator), "_now", lambda self, now=now: now)

        assert words in client.get(link(), follow=True).content.decode()


def test_whoever_comes_by_single_sign_on_only_gets_no_password(with_address, client, as_user):
    with_address.set_unusable_password()
    with_address.save()

    ask(client)

    assert mail.outbox == []
    assert as_user(with_address).get("/accounts/password/").status_code == 404


def test_someone_who_is_switched_off_gets_no_link(with_address, client):
    with_address.is_active = False
    with_address.save()

    ask(client)

    assert mail.outbox == []


def test_it_can_be_asked_for_a_few_times_in_a_minute_only(with_address, client):
    answers = [client.post(RESET, {"email": "clerk@example.com"}).status_code for _ in range(7)]

    assert answers[:5] == [302] * 5
    assert set(answers[5:]) == {429}
    assert len(mail.outbox) == 5


def test_a_made_up_link_is_refused(with_address, client):
    for key in ("1-abc", "1-abc-def", "zz-set-password", "x" * 300 + "-y"):
        answer = client.get(f"{RESET}{key}/")
        assert answer.status_code in (200, 404)
        assert b'name="password1"' not in answer.content


def test_the_present_password_is_asked_for(clerk):
    client, _ = log_in("clerk")

    answer = client.post("/accounts/password/", {"oldpassword": "wrong", "password1": NEW, "password2": NEW})

    assert answer.status_code == 200
    assert is_signed_in(log_in("clerk", PASSWORD)[0])


def test_a_new_password_is_told_by_e_mail(with_address):
    client, _ = log_in("clerk")
    mail.outbox.clear()

    client.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert [message.to for message in mail.outbox] == [["clerk@example.com"]]
    assert NEW not in mail.outbox[0].body


def test_a_wrong_present_password_is_counted(clerk):
    client, _ = log_in("clerk")
    for _ in range(5):
        client.post("/accounts/password/", {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
    cache.clear()  # allauth's own limit, which the lock-out does not need

    answer = client.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert "Too many failed attempts." in answer.content.decode()
    assert is_signed_in(log_in("clerk", PASSWORD)[0])  # another browser, and so another count


@each_row("method", ["get", "post"])
def test_the_administration_has_no_page_of_its_own_for_it(method, with_address, as_user):
    new = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}

    answer = getattr(as_user(with_address), method)("/admin/password_change/", new)

    assert answer["Location"] == "/accounts/password/"
    assert is_signed_in(log_in("clerk", PASSWORD)[0])


# --- By an administrator -----------------------------------------------------------------------------


def set_password(browser, user):
    return browser.post(
        f"/admin/auth/user/{user.pk}/password/",
        {"usable_password": "true", "password1": NEW, "password2": NEW, "set-password": "Change password"},
    )


def test_an_administrator_who_sets_one_is_written_down_and_its_owner_told(with_address, administrator, as_user):
    theirs, _ = log_in("clerk")
    mail.outbox.clear()

    set_password(as_user(administrator), with_address)

    assert not is_signed_in(theirs)
    assert is_signed_in(log_in("clerk", NEW)[0])
    event = SignInEvent.objects.get(kind="password-changed")
    assert (event.username, event.by) == ("clerk", "admin")
    assert mail.outbox[0].to == ["clerk@example.com"]
    assert "An administrator set a new password." in mail.outbox[0].body
    assert "Administrator: admin" in mail.outbox[0].body


def test_nobody_sets_his_own_without_the_present_one(administrator, as_user):
    answer = set_password(as_user(administrator), administrator)

    assert answer["Location"] == "/accounts/password/"
    assert is_signed_in(log_in("admin", PASSWORD)[0])


def test_a_new_address_is_told_at_the_former_one(with_address, administrator, as_user):
    dates = {"date_joined_0": "2026-11-24", "date_joined_1": "08:00:00"}
    changed = {"username": "clerk", "email": "other@example.com", "is_active": "on", "is_staff": "on", **dates}

    assert as_user(administrator).post(f"/admin/auth/user/{with_address.pk}/change/", changed).status_code == 302

    assert [message.to for message in mail.outbox] == [["clerk@example.com"]]
    assert "An administrator changed the e-mail address." in mail.outbox[0].body
