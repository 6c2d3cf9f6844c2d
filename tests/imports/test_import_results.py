"""The results of an import: its page, the files to download, and the link from a grant to its row."""

import hashlib
from io import BytesIO

import pytest
from openpyxl import load_workbook

from licences.domain.codes import grouped
from licences.imports import lifecycle
from licences.models import Event, LicenceGrant, Serial
from licences.spreadsheets.escaping import unescaped
from tests import factories
from tests.imports.entry_points import INSTALLATIONS, State, advance, at_once, confirmed, preview, receive
from tests.imports.files import PURCHASE_COLUMNS, csv_bytes, installation, installations_csv, read_csv, row, xlsx_bytes
from tests.imports.import_pages import downloaded, page, shown
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def applied():
    """Three lines for two new serial numbers, and two rejected ones."""
    rows = csv_bytes(
        row("PO-1", 1, customer_number="K-1", city="Tübingen", site_name="Werk Süd"),
        row("PO-1", 2, customer_number="K-1", product="XCH-USR", site_name="Werk Süd"),
        row("PO-2", customer_number="K-2", customer_name="=cmd|' /C calc'!A0"),
        row("PO-3", product="XCH-NIL", contact_phone="+49 7071 555 0163"),
        row("PO-4", quantity="1.000"),
    )
    return confirmed(preview(rows, name="november.csv"), accept_valid=True)


def files_of(browser, file_import, name):
    return browser.get(f"{file_import.get_absolute_url()}{name}")


def sheet(content):
    return [[cell or "" for cell in row] for row in load_workbook(BytesIO(content)).active.iter_rows(values_only=True)]


# --- The page --------------------------------------------------------------------------------------------


def test_it_says_how_many_rows_were_imported_and_by_whom(applied, staff):
    said = page(staff, applied)

    assert "3 rows imported Confirmed by clerk" in said
    assert "3 rows for new serial numbers, allocated here" in said
    assert "2 rows are rejected and left out" in said


def test_it_lists_the_serial_numbers_that_were_allocated(applied, staff):
    content = staff.get(applied.get_absolute_url()).content.decode()

    for serial in Serial.objects.all():
        assert f'href="{serial.get_absolute_url()}"' in content
    assert "Allocated serial numbers 2" in page(staff, applied)
    assert "Bäckerei Müller & Söhne GmbH K-1 Werk Süd Tübingen" in page(staff, applied)


def test_it_leads_to_the_grants_that_it_made(applied, staff):
    factories.bought()
    address = f"/admin/licences/licencegrant/?file_import__id__exact={applied.pk}"

    assert f'href="{address}"' in staff.get(applied.get_absolute_url()).content.decode()
    rows = staff.get(address).context["cl"].result_list
    assert {grant.file_import for grant in rows} == {applied}
    assert len(rows) == 3


def test_it_still_says_what_is_wrong_with_the_rejected_rows(applied, staff):
    said = page(staff, applied, "?show=rejected")

    assert "5 PO-3 · 1 · Bäckerei Müller & Söhne GmbH Product (SKU) XCH-NIL" in said
    assert "6 PO-4" in said


def test_an_address_of_a_preview_still_leads_somewhere(applied, staff):
    assert "3 rows imported" in page(staff, applied, "?show=top_up&after=17")


def test_it_names_the_file_by_its_digest_and_how_it_was_read(applied, staff):
    said = page(staff, applied)

    assert applied.sha256 in said
    assert "Read as CSV, UTF-8, with commas" in said


def test_a_workbook_names_its_sheet(staff):
    assert "Read as XLSX, sheet Sheet" in page(staff, preview(xlsx_bytes(row()), name="november.xlsx"))


def test_an_import_by_the_command_has_a_page_as_well(tmp_path, staff):
    done = at_once(tmp_path / "november.csv", csv_bytes(row("PO-1"), row("PO-2", quantity="x")), accept_valid=True)

    said = page(staff, done)

    assert "1 row imported Confirmed by command" in said
    assert "1 row is rejected" in said


# --- Failure ---------------------------------------------------------------------------------------------


@each_row(
    ("content", "reason"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"serial,site_id,name\nA,B,C\n", "(purchase_reference), "),
        (b"a,b\n", "No column titles found"),
        (b"purchase_reference,line,product,quantity,customer_name\n\n", "no rows below the header"),
        (b"PK\x03\x04 not a workbook", "is damaged at"),
        (csv_bytes(row()).replace(b"site_name", b"site\0name"), "NUL"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(content, reason, staff):
    found = preview(content)

    said = page(staff, found)
    assert found.state == State.FAILED
    assert "This file cannot be imported" in said
    assert reason in said
    assert "Nothing was imported from this file." in said
    assert "upload it again" in said


def test_a_file_of_the_other_kind_is_told_by_its_columns(staff):
    said = page(staff, preview(installations_csv(installation("AAAA-BBBB"))))

    assert "It was read as: Purchases. If it is something else" in said


def test_an_import_that_was_given_up_sends_to_an_administrator(staff):
    found = receive(csv_bytes(row()))
    found.attempts = lifecycle.MAX_ATTEMPTS
    found.save()

    said = page(staff, advance(found))

    assert "The import failed 3 times." in said
    assert "Tell an administrator" in said
    assert "Compare it with the template" not in said


# --- Files to download -------------------------------------------------------------------------------------


def test_the_serial_numbers_come_as_a_file_for_the_reseller(applied, staff):
    answer = files_of(staff, applied, "serials.csv")

    first, second = read_csv(downloaded(answer))
    assert answer["Content-Disposition"] == 'attachment; filename="november-serials.csv"'
    assert (first["Serial number"], second["Serial number"]) == tuple(
        grouped(code) for code in Serial.objects.order_by("pk").values_list("code", flat=True)
    )
    assert (first["Customer number"], first["Site"], first["Town"]) == ("K-1", "Werk Süd", "Tübingen")
    assert (first["Purchase reference"], second["Purchase reference"]) == ("PO-1", "PO-2")
    assert second["Customer"].startswith("'=cmd")


def test_both_formats_hold_the_same(applied, staff):
    for name in ("serials", "rejected"):
        rows = read_csv(downloaded(files_of(staff, applied, f"{name}.csv")))
        table = sheet(downloaded(files_of(staff, applied, f"{name}.xlsx")))

        without_guards = [{column: unescaped(text) for column, text in row.items()} for row in rows]
        assert [dict(zip(table[0], each, strict=True)) for each in table[1:]] == without_guards


def test_rejected_rows_come_back_with_their_cells_and_what_is_wrong(applied, staff):
    unknown, grouped_quantity = read_csv(downloaded(files_of(staff, applied, "rejected.csv")))

    assert list(unknown) == [*PURCHASE_COLUMNS, "row", "error"]
    assert (unknown["product"], unknown["error"]) == (
        "XCH-NIL",
        "product: The catalogue has no product “XCH-NIL”. Check the spelling.",
    )
    assert unknown["contact_phone"] == "'+49 7071 555 0163"
    assert grouped_quantity["quantity"] == "1.000"


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_rejected_rows_can_be_mended_and_uploaded(extension, applied, staff):
    content = downloaded(files_of(staff, applied, f"rejected.{extension}"))
    if extension == "csv":
        content = content.replace(b"XCH-NIL", b"XCH-FAX").replace(b"1.000", b"1000")
    else:
        book = load_workbook(BytesIO(content))
        for cells in book.active.iter_rows():
            for cell in cells:
                cell.value = {"XCH-NIL": "XCH-FAX", "1.000": "1000"}.get(cell.value, cell.value)
        out = BytesIO()
        book.save(out)
        content = out.getvalue()

    mended = confirmed(preview(content, name=f"mended.{extension}"))

    assert mended.rows_applied == 2
    assert mended.format["unknown_columns"] == []
    assert LicenceGrant.objects.get(purchase_reference="PO-4").quantity == 1000


@each_row("name", ["serials.csv", "serials.xlsx", "rejected.csv", "rejected.xlsx"])
def test_there_is_no_file_of_nothing(name, staff):
    assert files_of(staff, receive(csv_bytes(row())), name).status_code == 404


@pytest.mark.parametrize("name", ["serials.pdf", "rejected.", "rejected.csv.exe", "templates.csv"])
def test_there_is_no_file_of_another_kind(name, applied, staff):
    assert files_of(staff, applied, name).status_code == 404


@pytest.mark.parametrize("name", ["serials", "rejected"])
def test_more_rows_than_a_workbook_holds_are_refused_in_words(name, applied, staff, monkeypatch):
    monkeypatch.setattr("licences.downloads.XLSX_ROWS", 1)

    answer = staff.get(f"{applied.get_absolute_url()}{name}.xlsx", follow=True)

    assert "An Excel file can have at most 1 rows" in shown(answer)
    assert downloaded(files_of(staff, applied, f"{name}.csv"))


@each_row("name", ["Käufe\n“2026”.csv", "two\nlines.csv", 'a "quoted" name.csv', "\udcff.csv", "%s;.csv"])
def test_a_file_name_that_no_header_takes_is_no_obstacle(name, tmp_path, staff):
    done = at_once(tmp_path / name, csv_bytes(row("PO-1"), row("PO-2", quantity="x")), accept_valid=True)

    assert downloaded(files_of(staff, done, "rejected.csv"))
    assert page(staff, done)


# --- The way back from a grant -------------------------------------------------------------------------------


def test_the_site_card_leads_from_a_grant_to_its_file_and_row(applied, staff):
    grant = LicenceGrant.objects.get(purchase_reference="PO-1", line=2)

    answer = staff.get(grant.serial.get_absolute_url())

    assert f"november.csv , row 3 SHA-256 {applied.sha256}" in shown(answer)
    assert f'href="{applied.get_absolute_url()}"' in answer.content.decode()
    assert "<details><summary" in answer.content.decode()  # the digest is shown on demand


def test_a_support_agent_reads_nothing_about_files(applied, support_agent, as_user):
    answer = as_user(support_agent).get(LicenceGrant.objects.filter(file_row=2).get().serial.get_absolute_url())

    assert "november.csv" not in shown(answer)
    assert "SHA-256" not in shown(answer)
    assert b"/purchases/imports/" not in answer.content


def test_a_purchase_that_no_file_brought_says_nothing_of_one(staff):
    serial = factories.bought()

    assert "SHA-256" not in shown(staff.get(serial.get_absolute_url()))


def test_the_administration_leads_from_a_grant_to_its_file_and_row(applied, staff):
    grant = LicenceGrant.objects.get(purchase_reference="PO-2")

    listed = staff.get("/admin/licences/licencegrant/").content.decode()
    alone = staff.get(f"/admin/licences/licencegrant/{grant.pk}/change/").content.decode()

    assert f'<a href="{applied.get_absolute_url()}">november.csv, row 4</a>' in listed
    assert applied.sha256 in alone


def test_the_administration_lists_the_imports(applied, staff):
    listed = staff.get("/admin/licences/fileimport/?q=november").content.decode()
    alone = staff.get(f"/admin/licences/fileimport/{applied.pk}/change/").content.decode()

    assert "november.csv" in listed
    assert applied.sha256 in alone
    assert 'name="_save"' not in alone


def test_what_happened_leads_to_the_import(applied, staff):
    event = Event.objects.get(kind=Event.Kind.PURCHASES_RECORDED)

    assert event.details["digest"] == applied.sha256
    assert "Purchases recorded : 3 rows, november.csv" in shown(staff.get("/"))


def test_a_registration_that_was_taken_over_is_an_event_with_its_file(staff):
    serial = factories.bought()
    content = installations_csv(installation(serial))

    confirmed(preview(content, kind=INSTALLATIONS, name="old.csv"))

    assert "Installations taken over : 1 row, old.csv" in shown(staff.get("/"))
    assert Event.objects.latest("pk").details["digest"] == hashlib.sha256(content).hexdigest()
