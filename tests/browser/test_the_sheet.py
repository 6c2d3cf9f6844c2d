"""The read-back sheet: copying and printing."""

import pytest
from playwright.sync_api import expect

from licences.domain.codes import canonical
from licences.models import UnlockCode


@pytest.fixture
def code(demo_loaded):
    return UnlockCode.objects.latest("pk")


def test_the_copy_button_copies_the_code_and_says_so(as_someone, code):
    page = as_someone("clerk", permissions=["clipboard-read", "clipboard-write"])
    page.goto(code.get_absolute_url())

    page.get_by_role("button", name="Copy").click()

    expect(page.locator("[data-copied]")).to_have_text("Copied.")
    assert canonical(page.evaluate("navigator.clipboard.readText()")) == code.code


def test_without_scripts_there_is_no_button_that_does_nothing(as_someone, code):
    page = as_someone("clerk", java_script_enabled=False)
    page.goto(code.get_absolute_url())

    expect(page.locator("[data-copy]")).to_be_hidden()
    expect(page.locator("[data-print]")).to_be_hidden()


def test_print_shows_the_code_and_neither_header_nor_buttons(as_someone, code):
    page = as_someone("clerk")
    page.goto(code.get_absolute_url())

    page.emulate_media(media="print")

    expect(page.locator(".code-large")).to_be_visible()
    expect(page.locator(".site-header")).to_be_hidden()
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
