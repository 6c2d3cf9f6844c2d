"""One request, two people: what the clerk's and the supervisor's pages do by themselves."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.checklist import code_on_the_sheet, issue_button, take_down
from tests.browser.test_dead_pc import WHY
from tests.browser.test_every_page import faults_shown

FOLLOWED = 3_500  # milliseconds: three seconds, and the time to load the page


@pytest.fixture
def waiting(as_someone, call):
    """The clerk's and the supervisor's windows: the clerk has handed a dead PC over while the desk was open."""
    clerk, supervisor = as_someone("clerk"), as_someone("supervisor")
    supervisor.goto("/")
    take_down(clerk, call.answers, without=("release_code",))
    clerk.get_by_label("I asked again").click()
    expect(clerk.get_by_text("asked again", exact=True)).to_be_visible()
    clerk.get_by_role("button", name="Hand over to a supervisor").click()
    expect(clerk.get_by_role("heading", name="Waiting for a supervisor")).to_be_visible()
    return clerk, supervisor


def open_from_the_desk(supervisor):
    link = supervisor.get_by_role("region", name="Waiting for you").get_by_role("link").first
    expect(link).to_be_visible(timeout=FOLLOWED)
    expect(supervisor).to_have_title("(1) Desk · Xchange Licensing")
    link.click()


def test_accept_and_issue_opens_the_sheet_for_the_clerk(waiting):
    clerk, supervisor = waiting
    open_from_the_desk(supervisor)
    assert faults_shown(supervisor, "decision") == []
    supervisor.get_by_label("Reason").fill(WHY)

    supervisor.get_by_role("button", name="Accept and issue").click()
    expect(supervisor.get_by_text("Unlock code issued")).to_be_visible()
    decided = time.monotonic()

    clerk.wait_for_url("**/unlock-codes/*/", timeout=FOLLOWED)
    assert time.monotonic() - decided < FOLLOWED / 1000
    assert code_on_the_sheet(clerk)


def test_after_accept_the_clerk_only_presses_enter(waiting):
    clerk, supervisor = waiting
    open_from_the_desk(supervisor)
    supervisor.get_by_label("Reason").fill(WHY)
    supervisor.get_by_role("button", name="Accept", exact=True).click()

    expect(clerk.get_by_role("heading", name="Everything is fine")).to_be_visible(timeout=FOLLOWED)
    expect(issue_button(clerk)).to_be_focused()
    clerk.keyboard.press("Enter")
    assert code_on_the_sheet(clerk)


def test_nothing_moves_while_the_clerk_types_and_without_the_draft_they_only_press_enter(waiting):
    clerk, supervisor = waiting
    clerk.locator("[name=customer_name]").fill("Somebody else")
    open_from_the_desk(supervisor)
    supervisor.get_by_label("Reason").fill(WHY)
    supervisor.get_by_role("button", name="Accept", exact=True).click()

    expect(clerk.get_by_role("link", name="This request has changed. Show it")).to_be_visible(timeout=FOLLOWED)
    expect(clerk.locator("[name=customer_name]")).to_have_value("Somebody else")
    assert faults_shown(clerk, "notice") == []
    clerk.get_by_role("link", name="This request has changed. Show it").click()

    # What was typed is back, and the cursor in it: Enter must not issue what differs from the page.
    expect(clerk.locator("[name=customer_name]")).to_have_value("Somebody else")
    expect(clerk.locator("[name=customer_name]")).to_be_focused()
    clerk.get_by_role("button", name="Discard them").click()
    expect(issue_button(clerk)).to_be_focused()
    clerk.keyboard.press("Enter")
    assert code_on_the_sheet(clerk)


def test_the_reason_outlives_check_again(waiting):
    _clerk, supervisor = waiting
    open_from_the_desk(supervisor)
    supervisor.get_by_label("Reason").fill(WHY)

    supervisor.get_by_role("button", name="Check again").click()

    expect(supervisor.get_by_text("2, supervisor")).to_be_visible()
    expect(supervisor.get_by_label("Reason")).to_have_value(WHY)
    supervisor.get_by_role("button", name="Accept and issue").click()
    expect(supervisor.get_by_text("Unlock code issued")).to_be_visible()


def test_the_reason_outlives_check_again_without_scripts(waiting, as_someone):
    clerk, _desk = waiting
    supervisor = as_someone("supervisor", java_script_enabled=False)
    supervisor.goto(clerk.url)
    supervisor.get_by_label("Reason").fill(WHY)

    supervisor.get_by_role("button", name="Check again").click()

    expect(supervisor.get_by_text("2, supervisor")).to_be_visible()
    expect(supervisor.get_by_label("Reason")).to_have_value(WHY)
    supervisor.get_by_role("button", name="Accept and issue").click()
    expect(supervisor.get_by_text("Unlock code issued")).to_be_visible()


def test_a_supervisor_who_types_a_reason_has_no_call_of_their_own(waiting):
    _clerk, supervisor = waiting
    open_from_the_desk(supervisor)
    supervisor.get_by_label("Reason").fill(WHY)

    supervisor.goto("/")

    expect(supervisor.locator("#call-strip")).to_be_hidden()
