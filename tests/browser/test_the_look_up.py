"""The look-up while one types: with the keyboard alone, announced, and the same without scripts."""

import pytest
from playwright.sync_api import expect

from licences.domain.codes import grouped
from licences.models import Serial, UnlockCode
from tests.browser.checklist import log_in

BOX = "#topbar-search"


@pytest.fixture
def serial(demo_loaded):
    return Serial.objects.select_related("site__customer").filter(installations__ended_at=None).order_by("pk")[0]


def test_the_key_slash_leads_to_the_box_and_the_keyboard_to_the_site(as_someone, serial):
    page = as_someone("support")
    page.goto("/facts/")

    page.keyboard.press("/")
    expect(page.locator(BOX)).to_be_focused()
    page.keyboard.type(serial.customer_name[:14], delay=20)
    options = page.locator(".topbar [role=option]")
    expect(options.first).to_contain_text(serial.customer_name)
    expect(page.locator(BOX)).to_have_attribute("aria-expanded", "true")

    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(page.locator(BOX)).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/serials/**")
    expect(page.locator("h1")).to_contain_text(serial.customer_name)


def test_screen_readers_hear_what_was_found(as_someone, serial):
    page = as_someone("clerk")
    page.goto("/lookup/")

    page.locator("#id_q").fill(serial.code)
    status = page.locator(".search-large [role=status]")
    expect(status).to_have_text("1 site found.")
    page.locator("#id_q").fill("Quetzalcoatl")
    expect(status).to_have_text("Nothing found.")


def test_escape_closes_the_list_and_leaves_the_text(as_someone, serial):
    page = as_someone("clerk")
    page.goto("/facts/")
    page.locator(BOX).fill(serial.code)
    expect(page.locator(".topbar .lookup-panel")).to_be_visible()

    page.locator(BOX).press("Escape")

    expect(page.locator(".topbar .lookup-panel")).to_be_hidden()
    expect(page.locator(BOX)).to_have_value(serial.code)


def test_enter_without_a_choice_opens_the_page_of_results(as_someone, serial):
    page = as_someone("clerk")
    page.goto("/admin/")

    page.locator(BOX).fill(grouped(serial.code))
    page.locator(BOX).press("Enter")

    page.wait_for_url("**/lookup/**")
    expect(page.locator("main .band h2")).to_have_text("Registered")


def test_it_is_the_same_without_scripts(as_someone, serial):
    page = as_someone("support", java_script_enabled=False)
    page.goto("/lookup/")
    page.locator("#id_q").fill(serial.customer_name)
    page.locator("main form button").click()

    expect(page.locator("main table tbody tr").first).to_contain_text(grouped(serial.code))
    expect(page.locator("main p[role=status]")).to_contain_text("found")
    expect(page.locator("#recent")).to_be_hidden()
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()


def test_only_the_last_answer_counts(as_someone, serial):
    page = as_someone("clerk")
    page.goto("/facts/")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "format=json" in request.url else None)

    page.locator(BOX).press_sequentially(serial.code, delay=10)
    expect(page.locator(".topbar .lookup-status")).to_have_text("1 site found.")

    assert len(asked) < len(serial.code)


# --- Recent look-ups -----------------------------------------------------------------------------------


def look_up_each(page, *texts):
    for text in texts:
        page.goto("/lookup/")
        page.locator("#id_q").fill(text)
        page.locator("#id_q").press("Enter")
        page.wait_for_url("**q=*")


def recent(page) -> list[str]:
    """The texts of the list on the page of the look-up, as it is shown without a search."""
    page.goto("/lookup/")
    return page.locator("#recent li > a").all_text_contents()


def test_the_last_look_ups_are_listed_the_latest_first_and_lead_to_the_same(as_someone, serial):
    page = as_someone("clerk")
    look_up_each(page, "Quetzalcoatl", grouped(serial.code), "+49 30 5550", "quetzalcoatl")

    assert recent(page) == ["quetzalcoatl", "+49 30 5550", grouped(serial.code)]
    row = page.locator("#recent li").nth(2)
    expect(row).to_contain_text(serial.customer_name)
    row.get_by_role("link").click()
    expect(page.locator("main .band h2")).to_have_text("Registered")
    page.goto("/lookup/")
    page.locator("#recent").get_by_role("link", name="+49 30 5550").click()
    expect(page.locator("#id_q")).to_have_value("+49 30 5550")


def test_twenty_are_kept_beside_the_pinned_and_each_can_be_removed_or_all(as_someone, serial):
    page = as_someone("support")
    look_up_each(page, "first of all")
    page.goto("/lookup/")
    page.get_by_role("button", name="Pin: first of all").click()
    expect(page.get_by_role("button", name="Unpin: first of all")).to_be_focused()
    page.evaluate("for (let each = 1; each <= 25; each++) window.recentLookUps.add(`number ${each}`)")

    assert recent(page) == ["first of all", *(f"number {each}" for each in range(25, 5, -1))]
    page.get_by_role("button", name="Remove: number 25", exact=True).click()
    expect(page.get_by_role("button", name="Remove: number 24", exact=True)).to_be_focused()
    expect(page.locator("#recent [role=status]")).to_have_text("Removed.")
    assert recent(page)[:2] == ["first of all", "number 24"]
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator("#recent")).to_be_hidden()
    assert recent(page) == []


def test_under_the_empty_bar_are_the_recent_ones_and_what_was_chosen_in_it(as_someone, serial):
    page = as_someone("clerk")
    page.goto("/facts/")
    page.locator(BOX).fill(serial.customer_name)
    options = page.locator(".topbar [role=option]")
    expect(options.first).to_contain_text(serial.customer_name)
    options.first.click()
    page.wait_for_url("**/serials/**")
    page.goto("/facts/")

    page.locator(BOX).focus()
    expect(page.locator(".topbar .lookup-status")).to_have_text("Recent look-ups")
    expect(options).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/serials/**")
    expect(page.locator("h1")).to_contain_text(serial.customer_name)


def test_the_empty_box_of_the_desk_shows_the_recent_ones_by_the_arrow_and_not_by_itself(as_someone, serial):
    page = as_someone("support")
    page.goto("/facts/")
    page.evaluate("window.recentLookUps.add('number 1')")
    page.goto("/")
    box, panel = page.locator("#desk-search"), page.locator(".search-large .lookup-panel")
    expect(box).to_be_focused()
    expect(panel).to_be_hidden()

    page.keyboard.press("ArrowDown")

    expect(panel.get_by_role("option", name="number 1")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lookup/?q=number+1")


def test_facts_are_in_the_bar_with_their_kind_before_the_sites(as_someone, demo_loaded):
    page = as_someone("support")
    page.goto("/")
    page.locator(BOX).fill("support austria")

    option = page.locator(".topbar [role=option]").first
    expect(option).to_contain_text("Support in Austria")
    expect(option.locator(".badge")).to_have_text("Support contact")
    option.click()
    page.wait_for_url("**/facts/#contact-*")
    expect(page.locator("h3:target")).to_have_text("Austria")


def test_they_are_gone_at_log_out_and_for_everybody_else(page, serial):
    log_in(page, "clerk")
    look_up_each(page, "Quetzalcoatl")
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('portal.recent.')).length"
    assert page.evaluate(kept) == 1
    page.context.clear_cookies(name="sessionid")  # the session ended without a log-out
    log_in(page, "support")
    assert recent(page) == []
    assert page.evaluate(kept) == 0

    look_up_each(page, "Popocatepetl")
    page.locator(".topbar-account summary").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/accounts/login/**")
    assert page.evaluate(kept) == 0


def test_no_unlock_code_is_kept(as_someone, demo_loaded):
    page = as_someone("clerk")
    code = grouped(UnlockCode.objects.first().code)
    look_up_each(page, code)
    expect(page.locator("main tbody tr")).to_have_count(1)
    page.goto("/facts/")
    page.locator(BOX).fill(code)
    page.locator(".topbar [role=option]").first.click()
    page.wait_for_url("**/serials/**")

    assert recent(page) == []


def test_the_link_of_a_result_can_be_copied(as_someone, serial):
    page = as_someone("clerk", permissions=["clipboard-read", "clipboard-write"])
    look_up_each(page, "+49 30 5550")

    page.get_by_role("button", name="Copy link").click()

    expect(page.locator("[data-copied]")).to_have_text("Link copied.")
    assert page.evaluate("navigator.clipboard.readText()").endswith("/lookup/?q=%2B49+30+5550")
