"""The login page, logging out, and the pages that there are not."""

import pytest
from django.urls import NoReverseMatch, reverse

from licensing_portal.accounts.models import SignInEvent
from tests.accounts.people import LOGIN, PASSWORD, is_signed_in, log_in
from tests.tables import each_row

pytestmark = pytest.mark.django_db


def test_a_right_password_opens_the_desk(clerk):
    client, answer = log_in("clerk")

    assert answer["Location"] == "/"
    assert is_signed_in(client)


def test_it_goes_on_to_the_page_that_was_asked_for(clerk, client):
    first = client.get("/relicensing/")
    answer = client.post(first["Location"], {"username": "clerk", "password": PASSWORD, "next": "/relicensing/"})

    assert answer["Location"] == "/relicensing/"


@each_row("target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_it_does_not_go_on_to_another_site(clerk, client, target):
    answer = client.post(LOGIN, {"username": "clerk", "password": PASSWORD, "next": target})

    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
    assert "javascript" not in answer["Location"]


@each_row(("username", "password"), [("clerk", "wrong"), ("nobody", PASSWORD), ("nobody", "wrong")])
def test_a_wrong_name_and_a_wrong_password_are_refused_in_the_same_words(clerk, username, password):
    client, answer = log_in(username, password)

    assert answer.status_code == 200
    assert "Wrong username or password." in answer.content.decode()
    assert not is_signed_in(client)


def test_an_account_that_is_switched_off_is_refused_in_the_same_words(clerk):
    clerk.is_active = False
    clerk.save()

    client, answer = log_in("clerk")

    assert "Wrong username or password." in answer.content.decode()
    assert not is_signed_in(client)


def test_the_administration_has_no_login_page_of_its_own(clerk, client):
    answer = client.get("/admin/login/?next=/admin/", follow=True)

    assert answer.redirect_chain[-1][0].startswith(LOGIN)
    posted = client.post("/admin/login/", {"username": "clerk", "password": PASSWORD, "next": "/admin/"})
    assert posted.status_code == 302
    assert not is_signed_in(client)


def test_logging_out_ends_the_session(clerk):
    client, _ = log_in("clerk")

    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)
    assert client.post("/accounts/logout/")["Location"] == LOGIN
    assert not is_signed_in(client)


@each_row(
    "path", ["signup/", "email/", "confirm-email/", "password/set/", "3rdparty/", "social/signup/", "login/code/"]
)
def test_pages_that_are_not_offered_do_not_exist(path, clerk, as_user, client):
    assert client.get(f"/accounts/{path}").status_code == 404
    assert as_user(clerk).get(f"/accounts/{path}").status_code == 404


def test_there_is_no_address_to_sign_up_at():
    for name in ("account_signup", "socialaccount_signup", "mfa_signup_webauthn", "socialaccount_connections"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_the_demo_says_that_a_password_is_enough(client, settings):
    assert "In this demonstration a password is enough." in client.get(LOGIN).content.decode()

    settings.SECOND_FACTOR = "required"

    assert "a password is enough" not in client.get(LOGIN).content.decode()


def test_what_happened_is_there_for_auditors_and_only_for_them(clerk, auditor, supervisor, as_user):
    log_in("clerk")
    log_in("clerk", "wrong")
    log_in("a password typed as a name", "wrong")

    kinds = list(SignInEvent.objects.order_by("at").values_list("kind", "username"))
    assert kinds == [("signed-in", "clerk"), ("failed", "clerk"), ("failed", "")]
    page = as_user(auditor).get("/admin/accounts/signinevent/").content.decode()
    assert "wrong name or password" in page
    assert as_user(supervisor).get("/admin/accounts/signinevent/").status_code == 403


def test_the_log_names_nobody_and_cannot_be_written_into(clerk, caplog):
    with caplog.at_level("INFO", logger="licensing_portal.accounts"):
        log_in("clerk")
        log_in("clerk\r\nINFO licensing_portal.accounts: event=signed-in user=1", "wrong")
        log_in("clerk", "wrong", **{"user-agent": "a\nb"})

    lines = [record.getMessage() for record in caplog.records if record.name == "licensing_portal.accounts"]
    assert lines == [
        f"event=signed-in user={clerk.pk} detail=password",
        "event=failed user=- detail=-",
        f"event=failed user={clerk.pk} detail=-",
    ]
