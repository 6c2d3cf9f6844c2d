"""An importer looks at pairs of a row and a record side by side, and says of each whether they are the same."""

import pytest
from playwright.sync_api import expect

from customers.models import Customer
from licences import imports
from licences.models import FileImport, LicenceGrant
from tests.browser.test_every_page import LANGUAGES, faults_shown
from tests.imports import entry_points
from tests.imports.files import csv_bytes
from tests.imports.test_who_is_this_customer import row

BOUGHT = {"product": "XCH-SRV"}
KNOWN = row("PO-1", "Notariat Kretzschmer und Lößnig", number="K-1", contact_phone="0351 1234567", **BOUGHT)
LIKE_IT = row("PO-2", "Notariat Kretschmer & Lössnig", **BOUGHT)
TAKES_THE_NUMBER = row("PO-3", "Ganz Anders AG", number="K-1", address_line1="Am Markt 1", postcode="80331", **BOUGHT)


@pytest.fixture
def waiting(demo_loaded):
    """An import with one pair on each of two tabs."""
    entry_points.through_the_page(csv_bytes(KNOWN))
    return entry_points.preview(csv_bytes(LIKE_IT, TAKES_THE_NUMBER))


def choose_in(page, heading, choice):
    page.locator(".tabs").get_by_role("link", name=heading).click()
    page.get_by_role("radio", name=choice).check()
    page.get_by_role("button", name="Save choices").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_two_pairs_are_decided_and_the_file_is_imported(as_someone, waiting, scripts):
    page = as_someone("importer", java_script_enabled=scripts)
    page.goto(f"/purchases/imports/{waiting.pk}/")
    expect(page.get_by_text("2 pairs need your decision")).to_be_visible()

    choose_in(page, "Customer differs from the number", "Another")
    choose_in(page, "New customer like a known one", "The same")
    imports.advance_import(waiting.pk)
    page.goto(f"/purchases/imports/{waiting.pk}/")
    page.get_by_role("button", name="Import 2 rows").click()
    imports.advance_import(waiting.pk)

    expect(page.get_by_role("heading", name="2 rows imported")).to_be_visible()
    assert FileImport.objects.get(pk=waiting.pk).state == entry_points.State.APPLIED
    buyer = dict(LicenceGrant.objects.values_list("purchase_reference", "serial__site__customer__name"))
    assert (buyer["PO-2"], buyer["PO-3"]) == (KNOWN["customer_name"], "Ganz Anders AG")
    assert not Customer.objects.filter(name=LIKE_IT["customer_name"]).exists()


@LANGUAGES
@pytest.mark.parametrize("tab", ["number", "lookalike"])
def test_a_pair_is_readable_on_every_screen(as_someone, waiting, language, tab):
    page = as_someone("importer", locale=language)
    page.goto(f"/purchases/imports/{waiting.pk}/?show={tab}")

    for value in (KNOWN["customer_name"], KNOWN["address_line1"]):
        expect(page.locator("fieldset.pair").get_by_text(value, exact=True).first).to_be_visible()
    assert faults_shown(page, f"{tab}, {language}") == []


@LANGUAGES
@pytest.mark.parametrize("tab", ["number", "lookalike"])
def test_a_pair_of_two_rows_is_readable_on_every_screen(as_someone, demo_loaded, language, tab):
    waiting = entry_points.preview(csv_bytes(KNOWN, LIKE_IT, TAKES_THE_NUMBER))
    page = as_someone("importer", locale=language)
    page.goto(f"/purchases/imports/{waiting.pk}/?show={tab}")

    title = "Row 2 of this file" if language.startswith("en") else "Zeile 2 dieser Datei"
    expect(page.get_by_role("columnheader", name=title)).to_be_visible()
    for value in (KNOWN["customer_name"], KNOWN["address_line1"]):
        expect(page.locator("fieldset.pair").get_by_text(value, exact=True).first).to_be_visible()
    assert faults_shown(page, f"{tab} within a file, {language}") == []
