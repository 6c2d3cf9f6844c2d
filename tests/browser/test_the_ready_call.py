"""The call that ``quickstart`` prints, played from the login page to a code that the customer's server accepts."""

from io import StringIO

from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Page, expect

from tests.browser.checklist import FIELDS, code_on_the_sheet, issue_button, log_in, take_down, verdicts


def apply(call, unlock_code: str) -> str:
    """What the customer's new server answers to the code."""
    output = StringIO()
    call_command(
        "xchange_server",
        "apply",
        call.answers["serial"],
        *unlock_code.split(),
        "--state",
        str(call.new_server),
        stdout=output,
    )
    return output.getvalue()


def test_the_call_ends_in_a_code_that_the_new_server_accepts(page, call):
    log_in(page, "clerk")
    page.get_by_role("link", name="Re-license", exact=True).click()
    take_down(page, call.answers)

    assert verdicts(page) == {"customer_name": "close"}
    expect(issue_button(page)).to_be_disabled()

    page.get_by_label("I asked again").click()
    expect(page.get_by_role("heading", name="Everything is fine")).to_be_visible()
    issue_button(page).click()

    assert "unlock code accepted" in apply(call, code_on_the_sheet(page))


def test_the_call_works_without_scripts(new_context, call):
    page = new_context(java_script_enabled=False).new_page()
    log_in(page, "clerk")
    take_down(page, call.answers)

    page.get_by_label("I asked again").click()
    expect(issue_button(page)).to_be_disabled()
    page.get_by_role("button", name="Confirm ticked items").click()
    issue_button(page).click()

    assert "unlock code accepted" in apply(call, code_on_the_sheet(page))


def focused(page: Page) -> str:
    """The name of the field that has the focus, or the words on the button or link."""
    return page.evaluate("document.activeElement.name || document.activeElement.innerText")


def press_until(page: Page, key: str, name: str) -> None:
    for _ in range(40):
        if focused(page) == name:
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} never reaches {name}")


def press_and_load(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def test_the_call_is_played_by_keyboard_alone_and_the_focus_lands_where_work_goes_on(page, call):
    page.goto("/")
    assert focused(page) == "username"
    page.keyboard.type("clerk")
    page.keyboard.press("Tab")
    page.keyboard.type(settings.DEMO_PASSWORD)
    press_and_load(page, "Enter")

    assert focused(page) == "q"
    press_until(page, "Shift+Tab", "Re-license")
    press_and_load(page, "Enter")

    assert focused(page) == "serial"
    for name in FIELDS:
        press_until(page, "Tab", name)
        page.keyboard.type(call.answers[name])
    press_until(page, "Tab", "purpose")
    page.keyboard.press("Space")
    press_and_load(page, "Enter")

    assert focused(page) == "asked_again"
    press_and_load(page, "Space")

    assert focused(page) == "Issue unlock code"
    press_and_load(page, "Enter")

    assert "unlock code accepted" in apply(call, code_on_the_sheet(page))
