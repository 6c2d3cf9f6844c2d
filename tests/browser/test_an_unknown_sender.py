"""Somebody who never saw the page drops an unknown sender's file, says which column is what, and confirms."""

import pytest
from playwright.sync_api import expect

from licences import imports
from licences.models import FileImport, LicenceGrant, SenderProfile
from tests.browser.test_every_page import faults_shown
from tests.imports.entry_points import State
from tests.imports.senders import LINES, sender_files

CHOICES = {
    "Commande": "Purchase reference",
    "Ligne": "Line",
    "Référence article": "Product (SKU)",
    "Qté": "Quantity",
    "Code client": "Customer number",
    "Raison sociale": "Customer name",
    "Rue": "Street and number",
    "CP": "Postcode",
    "Ville": "Town",
}


def work():
    """A worker takes the newest import as far as it can."""
    imports.advance_import(FileImport.objects.latest("pk").pk)


def drop(page, content, name):
    files = page.evaluate_handle(
        """([bytes, name]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], name));
            return transfer;
        }""",
        [list(content), name],
    )
    page.dispatch_event("[data-dropzone]", "drop", {"dataTransfer": files})


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_from_an_unknown_file_to_a_confirmed_import(as_someone, demo_loaded, scripts):
    page = as_someone("importer", java_script_enabled=scripts)
    page.goto("/purchases/imports/")
    file = sender_files()["French"]
    if scripts:
        drop(page, file.content, "commandes.csv")
    else:
        payload = {"name": "commandes.csv", "mimeType": "text/csv", "buffer": file.content}
        page.locator("input[type=file]").set_input_files(files=[payload])
    page.get_by_role("button", name="Upload and check").click()
    page.wait_for_url("**/purchases/imports/*/")
    work()

    page.get_by_role("link", name="Choose the columns").click()
    page.get_by_label("Sender", exact=True).fill("Fromages Réunis")
    for title, ours in CHOICES.items():
        page.get_by_label(title, exact=True).select_option(label=ours)
    if scripts:
        assert faults_shown(page, "columns") == []
    page.get_by_role("button", name="Save and check the file").click()
    page.wait_for_url("**/purchases/imports/*/")
    work()

    expect(page.get_by_role("heading", name="Read as a file from Fromages Réunis")).to_be_visible()
    page.get_by_role("button", name="Import 3 rows").click()
    work()
    expect(page.get_by_role("heading", name="3 rows imported")).to_be_visible()

    assert FileImport.objects.latest("pk").state == State.APPLIED
    assert SenderProfile.objects.get().columns[0] == "purchase_reference"
    assert LicenceGrant.objects.filter(purchase_reference__in={line[0] for line in LINES}).count() == 3
