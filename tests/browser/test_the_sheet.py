"""The read-back sheet: copying and printing, its keys, reading back, and sending."""

from io import BytesIO

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from licences import operations
from licences.domain.codes import canonical, grouped, groups
from licences.models import CodeDelivery, Product, UnlockCode
from tests import factories


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


def test_keys_copy_print_and_begin_the_next_call_but_not_while_a_field_has_the_focus(as_someone, code):
    page = as_someone("clerk", permissions=["clipboard-read", "clipboard-write"])
    page.add_init_script("window.print = () => document.body.dataset.printed = 'yes'")
    page.goto(code.get_absolute_url())
    expect(page.locator(".code-large")).to_be_focused()

    page.keyboard.press("c")
    expect(page.locator("[data-copied]")).to_have_text("Copied.")
    page.keyboard.press("p")
    assert page.locator("body").get_attribute("data-printed") == "yes"

    page.get_by_label("What the caller reads").focus()
    page.keyboard.press("n")
    expect(page.get_by_label("What the caller reads")).to_have_value("n")

    page.locator("h1").click()
    page.keyboard.press("n")
    page.wait_for_url("**/relicensing/new/")


def test_keys_that_were_switched_off_stay_off(as_someone, code):
    page = as_someone("clerk")
    page.goto(code.get_absolute_url())
    page.get_by_role("checkbox", name="Keys C P N").uncheck()

    page.reload()
    page.keyboard.press("n")

    expect(page.get_by_role("checkbox", name="Keys C P N")).not_to_be_checked()
    assert page.url.endswith(code.get_absolute_url())


def test_a_code_is_read_back_by_keyboard_alone(as_someone, code):
    page = as_someone("clerk")
    page.goto(code.get_absolute_url())
    parts = groups(code.code)
    page.get_by_label("What the caller reads").fill("-".join([parts[1], parts[0], *parts[2:]]))

    page.keyboard.press("Enter")

    expect(page.get_by_role("status").filter(has_text="Read groups 1, 2 again.")).to_be_visible()
    expect(page.get_by_label("What the caller reads")).to_be_focused()
    expect(page.get_by_text("Group 2 was read here.")).to_be_visible()


def test_eight_groups_print_on_one_page_with_serial_site_id_and_registered_name(as_someone, code):
    for product in Product.objects.order_by("slot")[:6]:
        factories.top_up(code.serial, product=product.sku, customer_name=code.serial.customer_name)
    operations.update_installation(
        serial=code.serial.code, site_id=None, versions=None, by="clerk", today=factories.TODAY
    )
    longest = UnlockCode.objects.select_related("serial", "installation").latest("pk")
    assert len(groups(longest.code)) >= 8
    page = as_someone("clerk")
    page.goto(longest.get_absolute_url())

    pages = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages

    text = pages[0].extract_text()
    assert len(pages) == 1
    for shown in (grouped(longest.serial.code), grouped(longest.installation.site_id)):
        assert shown in text.replace(" ", "")
    assert "Read back" not in text


def test_the_state_of_an_e_mail_follows_by_itself(as_someone, code):
    page = as_someone("supervisor")
    page.goto(code.get_absolute_url())
    page.get_by_role("button", name="Send by e-mail").click()
    expect(page.locator(".deliveries")).to_contain_text("waiting to be sent")

    operations.record_delivery_sent(CodeDelivery.objects.get().pk)

    expect(page.locator(".deliveries .badge")).to_have_text("sent")
