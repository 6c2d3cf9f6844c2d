"""A clerk imports an ugly file, with the keyboard alone: upload, progress, preview, decision, result, downloads."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from licences import imports
from licences.domain.codes import grouped
from licences.models import FileImport, Serial
from tests.browser.test_every_page import LANGUAGES, faults, faults_shown
from tests.imports.entry_points import INSTALLATIONS, confirm, confirmed, preview, receive
from tests.imports.files import csv_bytes, read_csv, row

State = FileImport.State
COLUMNS = ["Purchase Reference", "LINE", "Purchased-On", "Serial", "product", "Quantity", "Customer-Number"]
COLUMNS += ["customer_name", "Site_Name", "Verkäufer"]


@pytest.fixture
def ugly(demo_loaded, tmp_path):
    """UTF-16, semicolons, German dates, 0 for O in a serial number, an empty row, and a row that is rejected."""
    known = Serial.objects.filter(code__contains="O").select_related("site__customer").first()
    known = known or Serial.objects.select_related("site__customer").first()
    customer = known.site.customer
    rows = [
        ["PO-26-1", "1", "15.01.2026", "", "XCH-SRV", "1", "K-90001", "Käserei Überlingen GmbH", "", "Huber"],
        ["PO-26-2", "1", "16.01.2026", grouped(known.code).replace("O", "0"), "XCH-USR", "5", customer.number,
         customer.name, known.site.name, "Huber"],
        [""] * 10,
        ["PO-26-3", "1", "17.01.2026", "", "XCH-USR", "1.000", "K-90002", "Groß & Klein oHG", "", "Meier"],
    ]  # fmt: skip
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([COLUMNS, *rows])
    path = tmp_path / "Käufe November.csv"
    path.write_bytes(text.getvalue().encode("utf-16"))
    return path


def tab_to(page, selector):
    """Press Tab until the element has the focus."""
    wanted = page.locator(selector).first
    for _turn in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {selector}")


def press(page, selector):
    tab_to(page, selector)
    page.keyboard.press("Enter")


def choose(page, path):
    page.on("filechooser", lambda chooser: None)  # so that the driver is ready for it before the key is pressed
    tab_to(page, "input[type=file]")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(path)


def in_between(**values):
    """The one import that waits, as it stands while a worker is at it."""
    waiting = FileImport.objects.latest("pk")
    FileImport.objects.filter(pk=waiting.pk).update(heartbeat_at=timezone.now(), began_at=timezone.now(), **values)
    return waiting


# --- The story -------------------------------------------------------------------------------------------


def test_an_ugly_file_from_upload_to_downloads_with_the_keyboard_alone(as_someone, ugly):
    page = as_someone("clerk")
    upload(page, ugly)
    watch_it_being_read(page)
    look_at_the_preview(page)
    confirm_the_valid_rows(page)
    look_at_the_result(page)
    take_the_downloads(page)


def upload(page, path):
    page.goto("/")
    press(page, "nav a[href='/purchases/imports/']")
    page.wait_for_url("**/purchases/imports/")
    choose(page, path)
    expect(page.locator("[data-chosen]")).to_contain_text("Käufe November.csv")
    press(page, "text=Upload and check")


def watch_it_being_read(page):
    page.wait_for_url("**/purchases/imports/*/")
    expect(page.get_by_text("Waiting to be read.")).to_be_visible()
    in_between(state=State.READING, rows_read=120_000, fraction_read=0.5)
    expect(page.get_by_text("120,000 rows")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Read")).to_have_attribute("value", "50")
    expect(page.get_by_role("status").filter(has_text="being read")).to_have_text("being read: 50 %")
    assert faults_shown(page, "progress") == []


def look_at_the_preview(page):
    imports.advance_import(FileImport.objects.latest("pk").pk)
    expect(page.get_by_role("heading", name="What will happen when you confirm")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.get_by_text("One unknown column is ignored")).to_be_visible()
    expect(page.get_by_text("Verkäufer").first).to_be_visible()
    expect(page.get_by_role("row", name="5 PO-26-3")).to_contain_text("Quantity 1.000 Not a whole number.")
    assert faults_shown(page, "preview") == []


def confirm_the_valid_rows(page):
    press(page, ".tabs >> text=Top-ups")
    expect(page.locator("tbody tr")).to_contain_text("PO-26-2")
    press(page, "text=Import 2 rows")
    expect(page.get_by_role("heading", name="1 row is rejected. Import the others?")).to_be_visible()
    press(page, "text=Import 2 rows")


def look_at_the_result(page):
    expect(page.get_by_text("Confirmed; waiting to be imported.")).to_be_visible()
    imports.advance_import(FileImport.objects.latest("pk").pk)
    expect(page.get_by_role("heading", name="2 rows imported")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert faults_shown(page, "result") == []


def take_the_downloads(page):
    [allocated] = read_csv(download(page, "text=Serial numbers, CSV"))
    assert allocated["Customer"] == "Käserei Überlingen GmbH"
    press(page, ".tabs >> text=Rejected")
    expect(page.locator("tbody tr")).to_contain_text("PO-26-3")
    [rejected] = read_csv(download(page, "text=Rejected rows, CSV"), delimiter=";")
    assert rejected["Quantity"] == "1.000"
    assert rejected["error"].startswith("quantity: Not a whole number.")


def download(page, selector):
    tab_to(page, selector)
    with page.expect_download() as started:
        page.keyboard.press("Enter")
    return started.value.path().read_bytes()


def test_a_file_can_be_dropped_and_more_than_one_is_refused(as_someone, demo_loaded):
    page = as_someone("importer")
    page.goto("/purchases/imports/")

    drop(page, ["one.csv", "two.csv"])
    expect(page.locator("[data-chosen]")).to_have_text("Only one file at a time: drop them one after the other.")
    drop(page, ["one.csv"])
    expect(page.locator("[data-chosen]")).to_contain_text("one.csv")
    page.get_by_role("button", name="Upload and check").click()
    page.wait_for_url("**/purchases/imports/*/")

    assert FileImport.objects.latest("pk").file_name == "one.csv"


def drop(page, names):
    files = page.evaluate_handle(
        """names => {
            const transfer = new DataTransfer();
            for (const name of names) transfer.items.add(new File(["line\\n1\\n"], name));
            return transfer;
        }""",
        names,
    )
    page.dispatch_event("[data-dropzone]", "drop", {"dataTransfer": files})


def test_a_file_beyond_the_limit_is_not_even_sent(as_someone, demo_loaded, settings, tmp_path):
    settings.IMPORT_MAX_BYTES = 1024
    before = FileImport.objects.count()
    page = as_someone("clerk")
    page.goto("/purchases/imports/")
    page.locator("input[type=file]").set_input_files(files=[{"name": "big.csv", "mimeType": "", "buffer": b"x" * 2048}])

    expect(page.locator("[data-chosen]")).to_contain_text("the limit is 1.0 KB")
    page.get_by_role("button", name="Upload and check").click()

    expect(page.locator("[data-sending]")).to_be_hidden()
    assert FileImport.objects.count() == before


def test_an_upload_that_the_server_refuses_shows_why(as_someone, demo_loaded):
    page = as_someone("clerk")
    page.goto("/purchases/imports/")
    page.locator("input[type=file]").set_input_files(files=[{"name": "empty.csv", "mimeType": "", "buffer": b""}])

    page.get_by_role("button", name="Upload and check").click()

    expect(page.locator(".error-summary")).to_contain_text("This file is empty. Choose another file.")


def test_without_scripts_the_page_lives_as_well(as_someone, ugly):
    page = as_someone("clerk", java_script_enabled=False)
    page.goto("/purchases/imports/")
    page.locator("input[type=file]").set_input_files(ugly)
    page.get_by_role("button", name="Upload and check").click()
    page.wait_for_url("**/purchases/imports/*/")

    waiting = in_between(state=State.READING, rows_read=120_000, fraction_read=0.5)
    expect(page.get_by_text("120,000 rows")).to_be_visible()
    imports.advance_import(waiting.pk)

    page.get_by_role("button", name="Import 2 rows").click()
    page.get_by_role("button", name="Import 2 rows").click()
    imports.advance_import(waiting.pk)
    expect(page.get_by_role("heading", name="2 rows imported")).to_be_visible()


# --- Every state, in both languages --------------------------------------------------------------------------


@LANGUAGES
def test_the_pages_of_imports(as_someone, demo_loaded, language):
    page = as_someone("supervisor", locale=language)
    known = Serial.objects.first()
    similar = known.code[:-1] + ("A" if known.code[-1] != "A" else "B")
    long_name = "Käufe_aller_Standorte_" * 9 + ".csv"
    states = {
        "list": "/purchases/imports/",
        "failed": preview(b"%PDF-1.7", name=long_name).get_absolute_url(),
        "similar": preview(
            csv_bytes(row(serial=similar, customer_number="K-9"), row("PO-2", customer_name="x" * 300)), name=long_name
        ).get_absolute_url(),
        "unknown columns": (asked := preview(b"a;b;c\n1;2;3\n", name=long_name)).get_absolute_url(),
        "columns": f"{asked.get_absolute_url()}columns/",
        "of the other kind": preview(b"serial,site_id,name\nx,y,z\n", kind=INSTALLATIONS).get_absolute_url(),
        "changed": changed().get_absolute_url(),
        "applied": confirmed(preview(csv_bytes(row("PO-5", customer_number="K-5")))).get_absolute_url(),
        "same again": preview(csv_bytes(row("PO-5", customer_number="K-5"))).get_absolute_url(),
        "no worker": abandoned().get_absolute_url(),
        "desk": "/",
    }

    assert [f"{name}: {fault}" for name, path in states.items() for fault in faults(page, path)] == []


def changed():
    """A preview that was judged again, for a purchase was recorded meanwhile."""
    found = confirm(preview(csv_bytes(row("PO-6", customer_number="K-6", quantity=2))))
    confirmed(preview(csv_bytes(row("PO-6", customer_number="K-6", quantity=3))))
    imports.advance_import(found.pk)
    return found


def abandoned():
    found = receive(csv_bytes(row("PO-7")))
    FileImport.objects.filter(pk=found.pk).update(uploaded_at=timezone.now() - timedelta(minutes=5))
    return found
