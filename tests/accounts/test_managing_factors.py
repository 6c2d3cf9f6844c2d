"""Second factors on one's own page, sealed when stored, told by e-mail; and what an administrator may do."""

from pathlib import Path

import allauth
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.fernet import Fernet, InvalidToken
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from licensing_portal.accounts import notices, sealing
from licensing_portal.accounts.models import SignInEvent
from tests.accounts.people import PASSWORD, aged, code_for, factors, is_signed_in, log_in, shown_secret, with_app
from tests.tables import each_row

pytestmark = pytest.mark.django_db

APP = "/accounts/second-factor/app/"


def later(browser) -> None:
    """Let the login be so long ago that it does not count as a confirmation."""
    session = browser.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()


def test_right_after_the_login_it_need_not_be_confirmed(clerk):
    browser, _ = log_in("clerk")

    assert browser.get(APP).status_code == 200


def test_later_it_has_to_be_confirmed(clerk):
    browser, _ = log_in("clerk")
    later(browser)

    asked = browser.get(APP)
    assert asked["Location"] == "/accounts/confirm/?next=%2Faccounts%2Fsecond-factor%2Fapp%2F"
    assert browser.post(asked["Location"], {"password": "wrong"}).status_code == 200
    assert browser.post(asked["Location"], {"password": PASSWORD, "next": APP})["Location"] == APP
    assert browser.get(APP).status_code == 200


@each_row("path", ["app/remove/", "passkeys/add/", "codes/new/"])
def test_who_has_a_factor_confirms_before_changing_any(path, clerk):
    secret = with_app(clerk)
    RecoveryCodes.activate(clerk)
    browser, answer = log_in("clerk")
    browser.post(answer["Location"], {"code": code_for(secret)})
    later(browser)

    assert browser.get(f"/accounts/second-factor/{path}")["Location"].startswith("/accounts/confirm/")
    assert browser.post(f"/accounts/second-factor/{path}")["Location"].startswith("/accounts/confirm/")
    assert factors(clerk) == {"totp", "recovery_codes"}


def test_the_code_is_drawn_into_the_page_and_obeys_the_policy(clerk):
    browser, _ = log_in("clerk")

    page = browser.get(APP)

    content = page.content.decode()
    assert '<svg class="qr-code"' in content
    assert "data:" not in content
    assert "style=" not in content
    assert "img-src 'self';" in page["Content-Security-Policy"] + ";"


def test_seeds_are_sealed_when_stored(clerk, real_transactions):
    browser, _ = log_in("clerk")
    secret = shown_secret(browser.get(APP).content)
    browser.post(APP, {"code": code_for(secret)})

    app, codes = Authenticator.objects.order_by("pk")
    assert secret not in str(app.data)
    assert sealing.unseal(app.data["secret"]) == secret
    assert len(sealing.unseal(codes.data["seed"])) == 80
    assert codes.data["seed"].startswith("gAAAA")


def test_a_new_key_goes_in_front_and_the_old_one_may_go_after_resealing(clerk, settings, capsys):
    old, new = "o" * 40, "n" * 40
    settings.MFA_ENCRYPTION_KEYS = [old]
    secret = with_app(clerk)
    RecoveryCodes.activate(clerk)
    settings.MFA_ENCRYPTION_KEYS = [new, old]
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code_for(secret))

    call_command("reseal_factors")

    assert "2" in capsys.readouterr().out
    settings.MFA_ENCRYPTION_KEYS = [new]
    assert sealing.unseal(Authenticator.objects.get(type="totp").data["secret"]) == secret
    settings.MFA_ENCRYPTION_KEYS = [old]
    with pytest.raises(ImproperlyConfigured, match="MFA_ENCRYPTION_KEY"):
        sealing.unseal(Authenticator.objects.get(type="totp").data["secret"])


def test_the_key_itself_is_not_what_seals(settings):
    settings.MFA_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(InvalidToken):
        Fernet(settings.MFA_ENCRYPTION_KEYS[0]).decrypt(sealing.seal("x"))


def test_recovery_codes_are_shown_once(clerk, real_transactions):
    browser, _ = log_in("clerk")
    secret = shown_secret(browser.get(APP).content)
    browser.post(APP, {"code": code_for(secret)})
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()

    first = browser.get("/accounts/second-factor/codes/").content.decode()
    second = browser.get("/accounts/second-factor/codes/").content.decode()

    assert len(codes) == 10
    assert all(code in first for code in codes)
    assert not any(code in second for code in codes)


def test_a_change_of_factors_is_told_by_e_mail_and_written_down(with_address, real_transactions, mailoutbox):
    browser, _ = log_in("clerk")
    mailoutbox.clear()
    secret = shown_secret(browser.get(APP).content)
    browser.post(APP, {"code": code_for(secret)})
    browser.post("/accounts/second-factor/app/remove/")

    assert [message.to for message in mailoutbox] == [["clerk@example.com"]] * 2
    assert all(message.subject.startswith("Xchange Licensing: ") for message in mailoutbox)
    assert secret not in "".join(message.body for message in mailoutbox)
    assert "An authenticator app was set up as second factor." in mailoutbox[0].body
    assert "The authenticator app was removed." in mailoutbox[1].body
    kinds = list(SignInEvent.objects.filter(kind__startswith="factor").values_list("kind", "detail"))
    assert set(kinds) == {
        ("factor-added", "totp"),
        ("factor-added", "recovery_codes"),
        ("factor-removed", "totp"),
        ("factor-removed", "recovery_codes"),
    }


def test_every_message_of_allauth_about_factors_has_a_sentence_of_ours():
    folder = Path(allauth.__file__).parent / "templates" / "mfa" / "email"
    theirs = {f"mfa/email/{path.name.removesuffix('_subject.txt')}" for path in folder.glob("*_subject.txt")}

    assert theirs
    assert theirs <= set(notices.CHANGES)


def test_when_the_key_is_lost_factors_can_still_be_removed(clerk, administrator, as_user, settings):
    with_app(clerk)
    settings.MFA_ENCRYPTION_KEYS = ["another key that sealed nothing until now"]

    remove_factors(as_user(administrator), clerk)

    assert factors(clerk) == set()


def test_nobody_opens_or_changes_another_persons_passkey(clerk, supervisor):
    theirs = Authenticator.objects.create(user=supervisor, type="webauthn", data={"name": "Key", "credential": {}})
    browser, _ = log_in("clerk")

    for path in (f"passkeys/{theirs.pk}/", f"passkeys/{theirs.pk}/remove/"):
        assert browser.get(f"/accounts/second-factor/{path}").status_code == 404
        assert browser.post(f"/accounts/second-factor/{path}", {"name": "mine"}).status_code == 404
    assert Authenticator.objects.get(pk=theirs.pk).data["name"] == "Key"


# --- A lost telephone ----------------------------------------------------------------------------------


def remove_factors(browser, *people):
    data = {"action": "remove_second_factors", "_selected_action": [person.pk for person in people]}
    return browser.post("/admin/auth/user/", data)


def test_an_administrator_removes_the_factors_of_someone_who_lost_them(
    with_address, clerk, administrator, as_user, mailoutbox
):
    secret = with_app(clerk)
    RecoveryCodes.activate(clerk)
    theirs, answer = log_in("clerk")
    theirs.post(answer["Location"], {"code": code_for(secret)})

    remove_factors(as_user(administrator), clerk)

    assert factors(clerk) == set()
    assert not is_signed_in(theirs)
    removed = SignInEvent.objects.filter(kind="factor-removed")
    assert {(event.username, event.by) for event in removed} == {("clerk", "admin")}
    assert mailoutbox[-1].to == ["clerk@example.com"]
    assert "An administrator removed the second factors." in mailoutbox[-1].body


def test_nobody_else_may_and_nobody_may_to_a_superuser(clerk, supervisor, administrator, auditor, as_user):
    superuser = User.objects.create_superuser("root", password=PASSWORD)
    with_app(clerk)
    with_app(superuser)
    for person in (supervisor, auditor):
        remove_factors(as_user(person), clerk)

    remove_factors(as_user(administrator), superuser)

    assert factors(clerk) == factors(superuser) == {"totp"}


def test_allauths_own_lists_are_not_in_the_administration(admin_user, as_user):
    browser = as_user(admin_user)
    for path in ("mfa/authenticator", "account/emailaddress", "socialaccount/socialapp", "usersessions/usersession"):
        assert browser.get(f"/admin/{path}/").status_code == 404


def test_the_page_of_an_idle_session_is_not_shown(clerk):
    browser, _ = log_in("clerk")
    aged(browser, idle=3 * 3600)

    assert browser.get(APP)["Location"].startswith("/accounts/login/")
