"""Exports and imports of the administration in a browser: their looks, what is downloaded, with and without scripts."""

import csv
import io

import pytest
from django.contrib.auth.models import User
from openpyxl import load_workbook

from licences import operations
from licences.models import Event, Product
from tests.browser.test_every_page import LANGUAGES, faults, faults_shown

EXPORTS = (
    "/admin/customers/customer/export/",
    "/admin/licences/unlockcode/export/",
    "/admin/licences/event/export/?q=clerk",
    "/admin/licences/checkeditem/export/",
)
PRODUCTS = "/admin/licences/product/"
GOOD = "SKU;Name;Slot;Note\nXCH-SRV;Xchange Server;1;\nxch-usr;Xchange seat;2;\nXCH-NEW;Something new;30;\n"
BAD = GOOD + f"XCH-BAD;=1+1;99;\n;;4;\nXCH-NEW;{'x' * 300};31;;surplus\n"


def upload(page, content, *, name="products.csv"):
    page.goto(f"{PRODUCTS}import/")
    page.locator("[name=import_file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.locator(".submit-row input.default").click()


# --- What it looks like ----------------------------------------------------------------------------


@LANGUAGES
def test_the_export_pages(as_someone, demo_loaded, language):
    page = as_someone("auditor", locale=language)
    found = []
    for path in EXPORTS:
        assert page.goto(path).status == 200
        found += faults_shown(page, path)

    assert found == []


@LANGUAGES
def test_an_export_of_nothing(as_someone, demo_loaded, language):
    page = as_someone("auditor", locale=language)
    page.goto(EXPORTS[0])
    for box in page.locator("[name=columns]").all():
        box.uncheck()
    page.locator(".submit-row input.default").click()
    page.locator(".errorlist").wait_for()

    assert faults_shown(page, "an export without columns") == []


@LANGUAGES
def test_the_import_page_and_what_it_refuses(as_someone, demo_loaded, language):
    page = as_someone("admin", locale=language)
    found = faults(page, f"{PRODUCTS}import/")
    page.locator(".submit-row input.default").click()
    page.locator(".errorlist").wait_for()

    assert found + faults_shown(page, "an import without a file") == []


@LANGUAGES
def test_previews_good_and_bad(as_someone, demo_loaded, language):
    page = as_someone("admin", locale=language)
    upload(page, BAD, name=f"{'a very long name ' * 12}.csv")
    found = faults_shown(page, "a preview with rejected rows")
    upload(page, GOOD)

    assert found + faults_shown(page, "a preview to confirm") == []


@LANGUAGES
def test_a_preview_that_the_records_have_overtaken(as_someone, demo_loaded, language):
    page = as_someone("admin", locale=language)
    upload(page, GOOD)
    product = Product.objects.get(sku="XCH-USR")
    product.name = "Renamed meanwhile"
    operations.save_product(product, by="somebody else")
    page.locator(".submit-row input.default").click()
    page.locator(".messagelist .error").wait_for()

    assert page.locator(".import-preview del").inner_text() == "Renamed meanwhile"
    assert faults_shown(page, "a preview that came too late") == []


# --- What it does ----------------------------------------------------------------------------------


def download(page):
    with page.expect_download() as started:
        page.locator(".submit-row input.default").click()
    with open(started.value.path(), "rb") as file:
        return started.value.suggested_filename, file.read()


def test_a_filtered_list_is_downloaded_as_it_is_shown(as_someone, demo_loaded):
    page = as_someone("auditor")
    page.goto("/admin/customers/customer/?country=AT&o=0")
    shown = page.locator("#result_list .field-name").all_inner_texts()
    page.locator("a.export_link").click()
    page.get_by_label("Customer number").uncheck()

    name, content = download(page)

    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert name.startswith("customer-")
    assert name.endswith(".csv")
    assert rows[0][0] == "Name"
    assert [row[0] for row in rows[1:]] == shown


def test_a_workbook_is_downloaded(as_someone, demo_loaded):
    page = as_someone("auditor")
    page.goto(f"{PRODUCTS}export/")
    page.get_by_label("Excel").check()

    name, content = download(page)

    sheet = load_workbook(io.BytesIO(content)).active
    assert name.endswith(".xlsx")
    assert sheet.max_row == 1 + Product.objects.count()


@pytest.mark.parametrize("scripts", [True, False])
def test_products_are_exported_changed_and_imported_again(scripts, as_someone, demo_loaded):
    page = as_someone("admin", java_script_enabled=scripts)
    page.goto(f"{PRODUCTS}?q=XCH-USR")
    page.locator("a.export_link").click()
    _name, content = download(page)

    page.goto(PRODUCTS)
    page.locator("a.import_link").click()
    changed = content.decode("utf-8-sig").replace("Xchange user licence", "Xchange seat")
    upload(page, changed + "XCH-NEW,Something new,30\n")
    assert page.locator(".import-counts").inner_text().split() == ["1", "new", "1", "changed", "0", "unchanged"]
    page.locator(".submit-row input.default").click()

    assert page.locator(".messagelist .success").inner_text() == "Imported: 1 new row, 1 changed row."
    assert Product.objects.get(sku="XCH-USR").name == "Xchange seat"
    assert Event.objects.filter(actor="admin", kind=Event.Kind.CATALOGUE_CHANGED).count() == 1


def test_who_may_not_import_is_not_led_there(as_someone, demo_loaded):
    page = as_someone("auditor")
    page.goto(PRODUCTS)

    assert page.locator("a.import_link").count() == 0
    assert page.goto(f"{PRODUCTS}import/").status == 403


@LANGUAGES
def test_the_lists_that_only_a_superuser_sees(as_someone, demo_loaded, language):
    User.objects.create_superuser("root", password="a long test password")
    page = as_someone("root", locale=language)
    lists = ("/admin/auth/user/", "/admin/auth/group/", "/admin/django_tasks_database/dbtaskresult/")
    paths = [path for each in lists for path in (each, f"{each}export/")]

    assert [fault for path in paths for fault in faults(page, path)] == []
