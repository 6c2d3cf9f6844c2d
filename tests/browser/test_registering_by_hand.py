"""``/register/``: a customer whose server has no internet, on another PC, without a login."""

from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from licences.models import Serial
from tests.browser.test_every_page import LANGUAGES, faults, faults_shown


@pytest.fixture
def unregistered(demo_loaded):
    return Serial.objects.filter(installations=None, balances__quantity__gt=0, blocked_at=None)[0]


@pytest.fixture
def server(tmp_path):
    """``server("new")`` is what the customer's server says to such a command."""

    def command(*arguments):
        output = StringIO()
        call_command("xchange_server", *arguments, "--state", str(tmp_path / "server.json"), stdout=output)
        return output.getvalue()

    return command


def site_id_of(server) -> str:
    return next(word for word in server("new").split() if word.count("-") == 2)


def fill(page, serial: str, site_id: str) -> None:
    page.goto("/register/")
    values = {
        "serial": serial,
        "site_id": site_id,
        "server_version": "2.4",
        "client_version": "2.4",
        "name": "Müller Backwaren",
        "address_line1": "Hauptstraße 12a",
        "contact_name": "Sabine Vogel",
        "contact_phone": "07071 555 0163",
    }
    for name, value in values.items():
        page.locator(f"main [name={name}]").fill(value)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_customer_takes_a_code_to_a_server_without_internet(new_context, unregistered, server, scripts):
    page = new_context(java_script_enabled=scripts).new_page()
    fill(page, unregistered.code, site_id_of(server))
    page.get_by_role("button", name="Register", exact=True).click()

    expect(page.get_by_role("heading", name="The server is registered")).to_be_visible()
    code = "-".join(page.locator(".code-large .group").all_inner_texts())
    assert "unlock code accepted" in server("apply", unregistered.code, code)

    with page.expect_download() as download:
        page.get_by_role("button", name="Download the licence file").click()
    assert download.value.path().read_text().count(".") == 2


def test_what_was_typed_stays_in_groups_where_the_serial_number_is_mistyped(new_context, unregistered, server):
    page = new_context().new_page()
    fill(page, unregistered.code[:-1], site_id_of(server))
    page.get_by_role("button", name="Register", exact=True).click()

    page.locator(".error-summary").wait_for()
    expect(page.locator("main [name=name]")).to_have_value("Müller Backwaren")
    expect(page.locator("main [name=serial]")).to_have_value(f"{unregistered.code[:4]}-{unregistered.code[4:-1]}")


@LANGUAGES
def test_its_pages(new_context, unregistered, server, language):
    page = new_context(locale=language).new_page()
    found = faults(page, "/register/")
    page.locator("main form").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    page.locator(".error-summary").wait_for()
    found += faults_shown(page, "/register/ (refused)")
    fill(page, unregistered.code, site_id_of(server))
    page.locator("main form button.primary").click()
    page.locator(".code-large").wait_for()

    assert found + faults_shown(page, "/register/ (registered)") == []
