"""What helps while one types: counts, groups, the letter O, swapped codes, pasted text, and the list of keys."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checklist import FIELDS
from tests.browser.test_every_page import faults_shown
from tests.domain.pasted_texts import CASES, GERMAN_MAIL, RELEASE_CODE, SERIAL, SITE_ID

pytestmark = pytest.mark.usefixtures("demo_loaded")

PASTE = """([name, text]) => {
    const input = document.querySelector(`[name=${name}]`);
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    input.focus();
    return input.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""

READ = """text => {
    const rules = JSON.parse(document.querySelector("[data-typing-rules]").dataset.typingRules);
    return new pasting.Reader(rules).read(text).values;
}"""


def paste(page: Page, name: str, text: str) -> None:
    page.evaluate(PASTE, [name, text])


def field(page: Page, name: str):
    return page.locator(f"[name={name}]")


def count_at(page: Page, name: str):
    return page.locator(f"#id_{name}_count")


def caret(page: Page, name: str) -> int:
    return field(page, name).evaluate("input => input.selectionStart")


def announced(page: Page):
    return page.locator("[data-typing-status]")


def test_a_code_is_counted_grouped_and_its_zeros_are_read_as_the_letter_o(as_someone):
    page = as_someone("clerk")
    page.goto("/relicensing/new/")

    field(page, "serial").press_sequentially("ab1c0")
    assert field(page, "serial").input_value() == "AB1C-O"
    expect(count_at(page, "serial")).to_have_text("0 is read as the letter O · 5 of 8 characters")
    field(page, "serial").press_sequentially("9xz")
    assert field(page, "serial").input_value() == "AB1C-O9XZ"
    expect(announced(page)).to_contain_text("8 of 8 characters")

    field(page, "release_code").press_sequentially("5tghj8u")
    assert field(page, "release_code").input_value() == "5TGHJ-8U"
    field(page, "site_id").press_sequentially("4ü")
    expect(count_at(page, "site_id")).to_have_text("“ü” cannot be part of a code")


def test_the_caret_stays_where_one_corrects(as_someone):
    page = as_someone("clerk")
    page.goto("/relicensing/new/")
    serial = field(page, "serial")
    serial.press_sequentially("AB1C9XZ")
    for _ in range(3):
        serial.press("ArrowLeft")
    serial.press_sequentially("o")
    assert (serial.input_value(), caret(page, "serial")) == ("AB1C-O9XZ", 6)

    serial.press("Backspace")
    serial.press("Backspace")
    assert serial.input_value() == "AB19-XZ"
    serial.press_sequentially("c")
    assert serial.input_value() == "AB1C-9XZ"
    assert caret(page, "serial") in (4, 5)
    serial.press("Home")
    for _ in range(4):
        serial.press("Delete")
    assert serial.input_value() == "9XZ"


def test_two_codes_in_each_others_field_are_swapped_by_one_key(as_someone):
    page = as_someone("clerk")
    page.goto("/relicensing/new/")
    field(page, "site_id").press_sequentially(RELEASE_CODE)
    expect(page.locator(".code-hint", has_text="10 characters: that is a release code.")).to_be_visible()
    expect(page.get_by_role("button", name="Move to “Release code”")).to_be_visible()
    field(page, "release_code").press_sequentially(SITE_ID)
    expect(page.get_by_role("button", name="Swap with “Release code”")).to_be_visible()
    assert faults_shown(page, "with a hint") == []

    page.keyboard.press("F8")

    assert field(page, "site_id").input_value() == SITE_ID
    assert field(page, "release_code").input_value() == RELEASE_CODE
    expect(page.locator(".code-hint")).to_have_count(0)
    expect(announced(page)).to_have_text("Swapped: “Release code” and “Site ID of the PC to be licensed”.")


def test_a_hint_does_not_move_away_what_is_being_clicked(as_someone):
    page = as_someone("clerk")
    page.goto("/relicensing/new/")
    field(page, "release_code").fill(SITE_ID)

    page.locator("[name=purpose]").first.check()

    expect(page.locator(".code-hint")).to_be_visible()


def test_an_e_mail_is_taken_apart_and_the_paste_can_be_undone(as_someone):
    page = as_someone("clerk")
    page.goto("/relicensing/new/")
    field(page, "customer_name").fill("Bäckerei")
    paste(page, "serial", GERMAN_MAIL)

    assert {name: field(page, name).input_value() for name in FIELDS} == {
        "serial": SERIAL,
        "site_id": SITE_ID,
        "release_code": RELEASE_CODE,
        "server_version": "2.5",
        "client_version": "2.4.1",
        "customer_name": "Bäckerei",
        "address_line1": "Bauerngasse 12",
    }
    notice = page.locator("[data-paste-notice]")
    expect(notice).to_contain_text("Kept as it was: Customer's name (pasted text: Fränkische Bäckerei GmbH).")
    assert faults_shown(page, "after a paste") == []

    notice.get_by_role("button", name="Use the pasted values").click()
    assert field(page, "customer_name").input_value() == "Fränkische Bäckerei GmbH"
    page.keyboard.press("Control+z")
    assert [field(page, name).input_value() for name in FIELDS] == ["", "", "", "", "", "Bäckerei", ""]
    expect(notice).to_be_hidden()


def test_the_page_takes_apart_the_same_texts_as_the_server(as_someone):
    page = as_someone("clerk")
    page.goto("/registrations/new/")
    wrong = []
    for name, text, fields in CASES:
        read = page.evaluate(READ, text)
        if read != fields:
            wrong.append((name, read))
    assert wrong == []


def test_a_question_mark_shows_the_keys_but_not_while_one_types(as_someone):
    page = as_someone("clerk")
    page.goto("/relicensing/new/")
    keys = page.get_by_role("dialog", name="Keys of this page")
    field(page, "customer_name").press_sequentially("?")
    expect(keys).to_be_hidden()
    assert field(page, "customer_name").input_value() == "?"

    page.locator("h1").click()
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    expect(keys.get_by_text("Swap two codes")).to_be_visible()
    assert faults_shown(page, "with the list of keys") == []
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()

    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator(".topbar-account summary").click()
    page.get_by_role("button", name="Keys of this page").click()
    keys.get_by_label("Key ? opens this list").uncheck()
    keys.get_by_role("button", name="Close").click()
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(keys).to_be_hidden()
