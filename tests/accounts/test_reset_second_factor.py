"""``reset_second_factor`` on the server: the way back in when no administrator can open it on a page."""

from io import StringIO

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from licensing_portal.accounts.models import SignInEvent
from tests.accounts.people import code_for, factors, is_signed_in, log_in, shown_secret, with_app
from tests.tables import each_row

pytestmark = pytest.mark.django_db
REASON = "Lost the telephone; identity card seen"


def reset(*arguments: str, reason: str = REASON) -> str:
    output = StringIO()
    call_command("reset_second_factor", *arguments, reason=reason, stdout=output)
    return output.getvalue()


def test_factors_go_sessions_end_the_reason_stays_and_the_owner_is_told(required, with_address, clerk, mailoutbox):
    secret = with_app(clerk)
    RecoveryCodes.activate(clerk)
    theirs, answer = log_in("clerk")
    theirs.post(answer["Location"], {"code": code_for(secret)})
    assert is_signed_in(theirs)

    said = reset("Clerk")

    assert "second factors removed: 2" in said
    assert factors(clerk) == set()
    assert not is_signed_in(theirs)
    removed = SignInEvent.objects.filter(kind="factor-removed")
    assert set(removed.values_list("username", "by", "reason", "detail")) == {
        ("clerk", "server", REASON, "totp"),
        ("clerk", "server", REASON, "recovery_codes"),
    }
    assert mailoutbox[-1].to == ["clerk@example.com"]
    assert "An administrator removed the second factors." in mailoutbox[-1].body
    assert "Administrator: server" in mailoutbox[-1].body
    assert REASON not in mailoutbox[-1].body


def test_with_a_link_the_only_administrator_gets_back_in_without_the_old_password(required):
    """With an e-mail address, too, which nothing verifies here."""
    root = User.objects.create_superuser("root", email="root@example.com", password=None)
    with_app(root)

    link = reset("root", "--password-link").strip().splitlines()[-1]

    browser = Client()
    page = browser.get(link.partition("://")[2].partition("/")[2].join(["/", ""]), follow=True)
    new = "another quite long password"
    browser.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    _, answer = log_in("root", new, client=browser)
    assert answer.status_code == 302
    secret = shown_secret(browser.get("/accounts/second-factor/app/").content)
    browser.post("/accounts/second-factor/app/", {"code": code_for(secret)})
    assert "totp" in factors(root)
    assert SignInEvent.objects.get(kind="link-made").reason == REASON
    assert not any(link in event.detail + event.reason for event in SignInEvent.objects.all())


@each_row(
    ("arguments", "reason", "said"),
    [
        (("nobody",), REASON, "There is no user 'nobody'"),
        (("clerk",), "lost", "at least 10 letters"),
        (("clerk",), "x" * 501, "at most 500 characters"),
    ],
)
def test_a_wrong_name_or_reason_is_named_and_changes_nothing(clerk, arguments, reason, said):
    with_app(clerk)

    with pytest.raises(CommandError, match=said):
        reset(*arguments, reason=reason)

    assert factors(clerk) == {"totp"}
    assert not SignInEvent.objects.filter(kind="factor-removed").exists()


def test_somebody_without_a_factor_or_an_address_is_no_error(clerk, mailoutbox):
    assert reset("clerk") == "second factors removed: 0\n"
    with_app(clerk)
    assert "They have no e-mail address" in reset("clerk")
    assert mailoutbox == []


def test_an_account_made_on_the_page_is_a_login_event(administrator, as_user):
    password = "a password of quite some length"
    fields = {"username": "newcomer", "usable_password": "true", "password1": password, "password2": password}

    as_user(administrator).post("/admin/auth/user/add/", fields)

    assert SignInEvent.objects.get(kind="created").by == administrator.get_username()
    assert User.objects.filter(username="newcomer").exists()
