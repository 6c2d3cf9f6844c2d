"""The call of a dead PC, from the request to the permanent code: clerk, supervisor, and the customer's two servers."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from licences.models import Emergency
from tests.browser.checklist import code_on_the_sheet, issue_button, take_down, verdicts
from tests.browser.test_every_page import LANGUAGES, faults

WHY = "The mainboard burnt; invoice of the repair seen."


def server(state, *arguments):
    """What the customer's server says to a command."""
    said = StringIO()
    call_command("xchange_server", *arguments, "--state", str(state), stdout=said)
    return said.getvalue()


@pytest.fixture
def asked(as_someone, call):
    """The clerk's window: everything fits, but no release code can be had. The name is close and asked again."""
    clerk = as_someone("clerk")
    take_down(clerk, call.answers, without=("release_code",))
    clerk.get_by_label("I asked again").click()
    expect(clerk.get_by_text("asked again", exact=True)).to_be_visible()
    clerk.get_by_role("button", name="Hand over to a supervisor").click()
    return clerk


@pytest.fixture
def begun(as_someone, asked):
    """The supervisor's window, with the emergency code on the sheet."""
    supervisor = as_someone("supervisor")
    supervisor.goto("/")
    supervisor.get_by_role("region", name="Waiting for you").get_by_role("link").first.click()
    supervisor.get_by_label("Reason").fill(WHY)
    supervisor.get_by_role("button", name="Issue emergency code for 14 days").click()
    expect(supervisor.get_by_role("heading", name="This is an emergency code")).to_be_visible()
    return supervisor


def test_from_the_request_to_the_permanent_code(asked, begun, call):
    clerk, supervisor = asked, begun
    last_day = timezone.localdate() + timedelta(days=14)
    said = server(call.new_server, "apply", call.answers["serial"], code_on_the_sheet(supervisor))
    assert f"expires on: {last_day}" in said

    # The clerk sees it on the desk, with the days left.
    clerk.goto("/")
    follow_up = clerk.get_by_role("region", name="Open emergencies")
    expect(follow_up.get_by_text("14 days left").first).to_be_visible()
    follow_up.get_by_role("listitem").filter(has_text=call.answers["serial"]).get_by_role("link").click()
    expect(clerk.get_by_text(WHY)).to_be_visible()

    # A wrong code first, then the disk was saved after all, and the old server shows the right one.
    clerk.get_by_role("textbox", name="Release code").fill("11111-11111")
    clerk.get_by_role("button", name="Make permanent").click()
    expect(clerk.get_by_text("This release code is not from that installation.")).to_be_visible()
    clerk.get_by_role("textbox", name="Release code").fill(call.answers["release_code"])
    clerk.get_by_role("button", name="Make permanent").click()

    expect(clerk.get_by_text("Release code accepted: the code is permanent now.")).to_be_visible()
    said = server(call.new_server, "apply", call.answers["serial"], code_on_the_sheet(clerk))
    assert "unlock code accepted" in said
    assert "expires on" not in said
    clerk.goto("/")
    expect(follow_up.get_by_text(call.answers["serial"])).to_have_count(0)


def test_the_clerk_is_told_why_it_waits_and_cannot_issue(asked):
    expect(asked.get_by_role("heading", name="Waiting for a supervisor")).to_be_visible()
    assert verdicts(asked)["release_code"] == "unprovable"
    expect(issue_button(asked)).to_be_disabled()
    expect(asked.get_by_role("button", name=re.compile("emergency"))).to_have_count(0)


def test_a_supervisor_decides_for_good_with_a_reason(begun):
    begun.get_by_role("link", name="Follow-up").click()
    decision = begun.get_by_role("region", name="Decide without the release code")
    make_permanent = decision.get_by_role("button", name="Make permanent")
    make_permanent.click()
    expect(decision.get_by_text("Give the reason.")).to_be_visible()

    reason = decision.get_by_label("Reason")
    reason.fill("scrapped")
    make_permanent.click()
    expect(begun.get_by_text("at least 10 letters or digits")).to_be_visible()
    reason.fill("The old PC was scrapped; certificate seen.")
    make_permanent.click()

    expect(begun.get_by_text("Decided: the code is permanent now.")).to_be_visible()
    assert len(code_on_the_sheet(begun)) > 0


def test_a_supervisor_withdraws_it(begun):
    begun.get_by_role("link", name="Follow-up").click()
    begun.get_by_text("Withdraw the emergency code").click()
    begun.locator("details").get_by_label("Reason").fill("The old PC was seen to run.")
    begun.locator("details").get_by_role("button", name="Withdraw").click()

    expect(begun.get_by_role("heading", name="Withdrawn")).to_be_visible()


@LANGUAGES
def test_every_page_of_it(as_someone, begun, call, language):
    page = as_someone("supervisor", locale=language)
    found = Emergency.objects.latest("pk")
    card = found.serial.get_absolute_url()
    pages = [
        "/",
        found.get_absolute_url(),
        found.request.get_absolute_url(),
        card,
        f"/lookup/?q={call.answers['serial']}",
        found.installation.unlock_codes.get().get_absolute_url(),
    ]
    wrong = [fault for path in pages for fault in faults(page, path)]

    Emergency.objects.filter(pk=found.pk).update(expires_on=timezone.localdate() - timedelta(days=2))
    wrong += [fault for path in pages for fault in faults(page, path)]

    assert wrong == []
