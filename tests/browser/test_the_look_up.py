"""The look-up while one types: with the keyboard alone, announced, and the same without scripts."""

import pytest
from playwright.sync_api import expect

from licences.domain.codes import grouped
from licences.models import Serial

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
    expect(page.locator("main [role=status]")).to_contain_text("found")


def test_only_the_last_answer_counts(as_someone, serial):
    page = as_someone("clerk")
    page.goto("/facts/")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "format=json" in request.url else None)

    page.locator(BOX).press_sequentially(serial.code, delay=10)
    expect(page.locator(".topbar .lookup-status")).to_have_text("1 site found.")

    assert len(asked) < len(serial.code)
