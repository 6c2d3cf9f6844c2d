"""Signing in with a real browser: password, authenticator app, recovery code, passkey; and how the pages look."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core.cache import cache
from playwright.sync_api import Page, expect

from tests.accounts.people import code_for, with_app
from tests.browser.checklist import log_in
from tests.browser.test_every_page import LANGUAGES, faults, faults_shown

SECOND_FACTOR = "**/accounts/login/second-factor/"


@pytest.fixture(autouse=True)
def required(demo_loaded, settings):
    settings.SECOND_FACTOR = "required"
    cache.clear()


@pytest.fixture
def authenticator(page):
    """A device in the browser that holds passkeys and says yes to everything."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def log_out(page: Page) -> None:
    page.locator(".topbar-account summary").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/accounts/login/")


def enter(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Log in", exact=True).click()


def set_up_app(page: Page) -> str:
    """From the page that everybody is sent to; returns the secret."""
    page.get_by_role("link", name="Set up an authenticator app").click()
    secret = page.locator("[data-secret]").inner_text()
    page.get_by_label("Authenticator code").fill(code_for(secret))
    page.get_by_role("button", name="Set up").click()
    return secret


def forget_used_codes() -> None:
    """So that the test need not wait half a minute for the next code."""
    cache.clear()


def test_an_app_is_set_up_and_lets_in_with_a_code_and_with_a_recovery_code(page):
    log_in(page, "clerk")
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    page.goto("/relicensing/")
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    secret = set_up_app(page)
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="Continue to the desk").click()
    expect(page.get_by_role("link", name="Re-license", exact=True)).to_be_visible()

    forget_used_codes()
    for code in (code_for(secret), codes[0]):
        log_out(page)
        log_in(page, "clerk")
        page.wait_for_url(SECOND_FACTOR)
        enter(page, code)
        expect(page.get_by_role("link", name="Re-license", exact=True)).to_be_visible()


def test_without_scripts_an_app_can_be_set_up_as_well(new_context):
    page = new_context(java_script_enabled=False).new_page()
    log_in(page, "clerk")
    set_up_app(page)

    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/accounts/second-factor/passkeys/add/")
    expect(page.get_by_role("heading", name="This browser cannot use passkeys here")).to_be_visible()


def demo_password() -> str:
    return django_settings.DEMO_PASSWORD


def test_a_passkey_is_added_and_lets_in_without_a_password_and_as_a_second_factor(page, authenticator):
    log_in(page, "clerk")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill("Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()

    log_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("link", name="Re-license", exact=True)).to_be_visible()

    log_out(page)
    log_in(page, "clerk")
    page.wait_for_url(SECOND_FACTOR)
    page.get_by_role("button", name="Use the passkey").click()
    expect(page.get_by_role("link", name="Re-license", exact=True)).to_be_visible()

    page.goto("/accounts/")
    expect(page.get_by_text("Passkey “Laptop”")).to_be_visible()
    page.goto("/accounts/confirm/passkey/?next=/accounts/")
    page.get_by_role("button", name="Use the passkey").click()
    page.get_by_role("link", name="Remove Laptop").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()


def test_a_passkey_that_is_not_there_is_said_in_words(page):
    page.goto("/accounts/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('nobody pressed the key')); }")
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_text("The passkey was not used.")).to_be_visible()


def test_other_sessions_are_seen_and_ended(new_context, settings):
    settings.SECOND_FACTOR = "optional"
    here, there = new_context().new_page(), new_context().new_page()
    for page in (here, there):
        log_in(page, "clerk")
    here.goto("/accounts/sessions/")
    expect(here.locator("tbody tr")).to_have_count(2)
    here.get_by_role("button", name="End all others").click()
    expect(here.get_by_text("1 other session has ended.")).to_be_visible()

    there.goto("/relicensing/")
    there.wait_for_url("**/accounts/login/**")


@LANGUAGES
def test_the_pages_for_everybody(new_context, language):
    page = new_context(locale=language).new_page()
    paths = ["", "sent/", "done/", "1-made-up/"]
    found = [fault for path in paths for fault in faults(page, f"/accounts/password/reset/{path}")]
    found += [fault for path in ("inactive/", "sso/cancelled/") for fault in faults(page, f"/accounts/{path}")]

    assert found == []


@LANGUAGES
def test_the_pages_of_the_account(new_context, language, settings):
    user = User.objects.get(username="clerk")
    page = new_context(locale=language).new_page()
    log_in_in_any_language(page)
    found = faults_shown(page, "set up")
    found += faults(page, "/accounts/second-factor/app/")
    found += faults(page, "/accounts/second-factor/passkeys/add/")
    settings.SECOND_FACTOR = "optional"
    secret = with_app(user)
    RecoveryCodes.activate(user)
    found += faults(page, "/accounts/confirm/")
    found += faults(page, "/accounts/confirm/code/")
    page.locator("[name=code]").fill(code_for(secret))
    page.locator("main form button").click()
    for path in ("", "sessions/", "password/", "logout/", "second-factor/app/remove/", "second-factor/codes/new/"):
        found += faults(page, f"/accounts/{path}")
    found += faults(page, "/accounts/second-factor/codes/")
    page.context.clear_cookies()
    log_in_in_any_language(page)
    found += faults_shown(page, "second factor")

    assert found == []


def log_in_in_any_language(page: Page) -> None:
    page.goto("/accounts/login/")
    page.locator("[name=username]").fill("clerk")
    page.locator("[name=password]").fill(demo_password())
    page.locator("main form button").first.click()
    page.wait_for_load_state()


@LANGUAGES
def test_the_lists_of_the_administration(as_someone, language, settings):
    settings.SECOND_FACTOR = "optional"
    page = as_someone("admin", locale=language)

    lists = ("accounts/lockout", "accounts/signinevent", "auth/user")
    assert [fault for path in lists for fault in faults(page, f"/admin/{path}/")] == []
