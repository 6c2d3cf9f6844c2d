"""What a clerk has typed survives whatever happens around it, and is gone once it is sent (docs/telephone-call.md)."""

import re

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from licences.models import Relicensing
from tests.browser.checklist import log_in, take_down
from tests.browser.test_every_page import faults_shown

NEW = "/relicensing/new/"
TYPED = {"serial": "K7QN-3WXB", "site_id": "4K7M-PO2W-QZ8R", "customer_name": "Fränkische Werkstätten für Menschen"}


def begin(page) -> None:
    page.goto(NEW)
    for name, text in TYPED.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=release_code_unavailable]").check()


def expect_everything(page) -> None:
    for name, text in TYPED.items():
        expect(page.locator(f"[name={name}]")).to_have_value(text)
    expect(page.locator("[name=release_code_unavailable]")).to_be_checked()


def drafts(page) -> list[str]:
    return page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('portal.'))")


def strip(page):
    return page.locator("#call-strip")


def test_a_checklist_survives_a_look_up_reloading_and_the_language(as_someone, call):
    before = Relicensing.objects.count()
    page = as_someone("clerk")
    begin(page)

    page.locator("#topbar-search").fill("Hotel")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/lookup/"))
    expect(strip(page)).to_contain_text("K7QN-3WXB, Fränkische Werkstätten für …, 0 minutes")
    page.go_back()
    expect_everything(page)
    expect(page.get_by_text("They were not sent.")).to_be_visible()

    page.reload()
    expect_everything(page)
    page.get_by_role("button", name="DE Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect_everything(page)
    page.goto("/")
    expect(strip(page)).to_contain_text("0 Minuten")
    strip(page).get_by_role("link").click()
    expect_everything(page)
    assert Relicensing.objects.count() == before


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/registrations/new/", {"name": "Ciboulette", "contact_name": "A. Roth"}),
        ("/serials/K7QN3WXB/registrations/new/", {"name": "Ciboulette", "reason": "They moved in November."}),
    ],
)
def test_other_forms_survive_a_look_up_reloading_and_the_language(as_someone, call, path, typed):
    page = as_someone("supervisor")
    page.goto(path)
    for name, text in typed.items():
        page.locator(f"[name={name}]").fill(text)

    def expect_what_was_typed():
        for name, text in typed.items():
            expect(page.locator(f"[name={name}]")).to_have_value(text)

    page.goto("/lookup/?q=Hotel")
    page.go_back()
    expect_what_was_typed()
    page.reload()
    expect_what_was_typed()
    page.get_by_role("button", name="DE Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect_what_was_typed()


def test_a_checklist_survives_the_end_of_the_session_and_the_login_leads_back_to_it(page, call):
    before = Relicensing.objects.count()
    log_in(page, "clerk")
    begin(page)
    page.locator("[name=purpose]").first.check()
    Session.objects.all().delete()

    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.get_by_label("Username").fill("clerk")
    page.get_by_label("Password").fill(settings.DEMO_PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()

    expect(page).to_have_url(re.compile(f"{NEW}$"))
    expect_everything(page)
    assert Relicensing.objects.count() == before


def test_a_checklist_survives_a_failed_csrf_check(as_someone, call):
    page = as_someone("clerk")
    begin(page)
    page.locator("[name=purpose]").first.check()
    page.context.clear_cookies(name="csrftoken")

    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_role("link", name="Open the form again").click()

    expect_everything(page)


def test_it_is_gone_when_it_was_sent_and_the_strip_leads_to_the_request_until_it_ends(as_someone, call):
    page = as_someone("clerk")
    take_down(page, call.answers)
    request = Relicensing.objects.latest("pk")

    assert drafts(page) == ["portal.call"]
    page.goto("/facts/")
    expect(strip(page)).to_contain_text(call.answers["serial"])
    strip(page).get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"{request.get_absolute_url()}$"))
    page.get_by_label("I asked again").click()
    page.get_by_role("button", name="Issue unlock code").click()
    expect(page.locator(".code-large")).to_be_visible()

    assert drafts(page) == []
    page.goto(NEW)
    expect(page.locator("[name=serial]")).to_have_value("")
    expect(page.locator("[name=serial]")).to_be_focused()


def test_logging_out_and_another_user_leave_nothing(as_someone, call, live_server):
    page = as_someone("clerk")
    begin(page)
    other = page.context.new_page()
    other.goto(NEW)
    other.locator("[name=serial]").fill("AAAA-AAAA")
    assert len(drafts(other)) == 2

    page.locator(".topbar-account summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Password")).to_be_visible()

    assert drafts(page) == []
    other.wait_for_function("!Object.keys(sessionStorage).length")


def test_another_user_in_the_same_tab_sees_nothing_of_it(page, call):
    log_in(page, "clerk")
    begin(page)
    Session.objects.all().delete()

    log_in(page, "supervisor")
    page.goto(NEW)

    expect(page.locator("[name=serial]")).to_have_value("")
    assert drafts(page) == []


def test_entries_can_be_discarded_and_cancelling_discards_them(as_someone, call):
    page = as_someone("clerk")
    begin(page)
    page.reload()
    page.get_by_role("button", name="Discard them").click()
    expect(page.locator("[name=serial]")).to_have_value("")
    assert drafts(page) == []

    begin(page)
    page.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url(re.compile(r":\d+/$"))
    assert drafts(page) == []


def test_another_tab_hears_of_the_call_and_can_take_it_over(as_someone, call):
    page = as_someone("clerk")
    begin(page)
    other = page.context.new_page()
    other.goto("/facts/")

    expect(strip(other)).to_contain_text("Call in progress in another tab")
    expect(strip(other)).to_contain_text("K7QN-3WXB")
    other.get_by_role("button", name="Continue here").click()

    expect_everything(other)
    expect(page).to_have_url(re.compile(r":\d+/$"))
    assert drafts(page) == []


def test_the_end_of_the_session_is_announced_and_a_button_stays(as_someone, call, monkeypatch):
    monkeypatch.setattr(settings, "SESSION_IDLE_MINUTES", 4)
    page = as_someone("clerk")
    page.goto("/facts/")

    expect(page.locator("#session-end")).to_contain_text("Your session ends at")
    monkeypatch.setattr(settings, "SESSION_IDLE_MINUTES", 60)
    page.get_by_role("button", name="Stay logged in").click()
    expect(page.locator("#session-end")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "de"])
def test_enter_never_jumps_over_the_purpose_and_the_form_fits_a_laptop(as_someone, call, language):
    before = Relicensing.objects.count()
    page = as_someone("clerk", viewport={"width": 1366, "height": 650}, locale=language)
    page.goto(NEW)

    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    page.locator("[name=customer_name]").fill("Hotel")
    page.keyboard.press("Enter")
    expect(page.locator("[name=purpose]").first).to_be_focused()
    page.keyboard.press("Enter")
    assert Relicensing.objects.count() == before
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("table.checklist")).to_be_visible()


def test_the_field_that_gets_the_focus_has_its_text_selected(as_someone, call):
    page = as_someone("clerk")
    page.goto("/registrations/new/?serial=K7QN3WXB")
    page.get_by_role("button", name="Register and issue the unlock code").click()

    assert page.evaluate("getSelection().toString()") == page.evaluate("document.activeElement.value")


@pytest.mark.parametrize("language", ["en-GB", "de-DE"])
def test_axe_finds_nothing_in_what_is_announced(as_someone, call, language, monkeypatch):
    monkeypatch.setattr(settings, "SESSION_IDLE_MINUTES", 4)
    page = as_someone("clerk", locale=language)
    begin(page)
    other = page.context.new_page()
    begin(other)
    page.reload()

    expect(page.locator(".draft-notice p")).not_to_be_empty()
    expect(page.locator("#session-end")).to_be_visible()
    expect(strip(page)).to_contain_text("K7QN-3WXB")
    assert faults_shown(page, NEW) == []
    page.goto("/facts/")
    expect(strip(page).locator(".notice-row")).to_have_count(2)
    assert faults_shown(page, "/facts/") == []
