"""Calls in which something is wrong, misheard or lost."""

from playwright.sync_api import expect

from tests.browser.checklist import code_on_the_sheet, issue_button, take_down, verdicts


def misheard(code: str) -> str:
    """The code with another symbol at its end."""
    return code[:-1] + ("A" if code[-1] != "A" else "B")


def test_a_wrong_house_number_is_a_mismatch_and_passes_once_corrected_in_place(as_someone, call):
    page = as_someone("clerk")
    right = call.answers["address_line1"]
    take_down(page, {**call.answers, "address_line1": f"{right}9"})

    assert verdicts(page) == {"customer_name": "close", "address_line1": "mismatch"}
    expect(issue_button(page)).to_be_disabled()
    expect(page.locator("[name=address_line1]")).to_be_focused()

    page.locator("[name=address_line1]").fill(right)
    page.get_by_role("button", name="Check again").click()

    expect(page.get_by_role("heading", name="Ask again")).to_be_visible()
    assert verdicts(page) == {"customer_name": "close"}
    page.get_by_label("I asked again").click()
    expect(issue_button(page)).to_be_enabled()


def test_a_wrong_release_code_blocks_until_the_right_one_is_read_out(as_someone, call):
    page = as_someone("clerk")
    right = call.answers["release_code"]
    take_down(page, {**call.answers, "release_code": misheard(right)})

    assert verdicts(page)["release_code"] == "mismatch"
    expect(issue_button(page)).to_be_disabled()
    assert right not in page.content()

    page.locator("[name=release_code]").fill(right)
    page.keyboard.press("Enter")

    page.get_by_label("I asked again").click()
    expect(issue_button(page)).to_be_enabled()


def test_of_a_dead_pc_the_supervisor_decides_and_the_clerk_issues(as_someone, call):
    clerk, supervisor = as_someone("clerk"), as_someone("supervisor")
    take_down(clerk, call.answers, without=("release_code",))

    assert verdicts(clerk) == {"release_code": "unprovable", "customer_name": "close"}
    expect(clerk.get_by_text("Any supervisor who has not worked on this call.")).to_be_visible()
    clerk.get_by_label("I asked again").click()
    expect(clerk.get_by_text("asked again", exact=True)).to_be_visible()
    expect(issue_button(clerk)).to_be_disabled()
    clerk.get_by_role("button", name="Hand over to a supervisor").click()

    supervisor.goto("/")
    supervisor.locator("section", has_text="Open re-licensing requests").get_by_role("link").first.click()
    supervisor.get_by_label("Reason").fill("The mainboard burnt; invoice of the repair seen.")
    supervisor.get_by_role("button", name="Accept", exact=True).click()
    expect(supervisor.get_by_role("heading", name="Everything is fine")).to_be_visible()

    expect(clerk.get_by_text("The mainboard burnt")).to_be_visible()  # the page follows by itself
    issue_button(clerk).click()
    assert len(code_on_the_sheet(clerk)) > 0
