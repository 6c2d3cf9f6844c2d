"""Rejected rows are a file to download, correct and upload (docs/surface.md#purchase-file)."""

import csv
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from customers.models import Customer
from licences.imports.result_tables import allocated_table, rejected_table, write_rejected
from licences.models import LicenceGrant
from licences.spreadsheets.escaping import unescaped
from tests import factories
from tests.imports.entry_points import (
    INSTALLATIONS,
    State,
    at_once,
    balances,
    confirmed,
    counts,
    preview,
    through_the_page,
)
from tests.imports.files import (
    INSTALLATION_COLUMNS,
    PURCHASE_COLUMNS,
    csv_bytes,
    installation,
    installations_csv,
    read_csv,
    row,
)
from tests.imports.import_pages import downloaded
from tests.spreadsheets.files import write_csv, write_xlsx
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")

# Texts that a spreadsheet program would change or run, in rows rejected for another reason.
AWKWARD = {
    "customer_name": '=HYPERLINK("http://example.com") & Söhne',
    "contact_name": "'Quoted' \"twice\"",
    "contact_phone": "+49 7071 555-0163",
    "postcode": "01067",
    "address_line1": "Hof 3, Hinterhaus; links",
    "site_name": "@home \U0001f9c1",
    "customer_number": "-0012",
}


def rejected_csv(file_import):
    out = BytesIO()
    write_rejected(file_import, out)
    return out.getvalue()


def rejected_xlsx(file_import):
    out = BytesIO()
    table = rejected_table(file_import)
    write_xlsx(out, table.titles, table.rows)
    return out.getvalue()


def corrected_csv(content, **values):
    rows = read_csv(content)
    return csv_bytes(*[each | values for each in rows], columns=rows[0], encoding="utf-8-sig")


def corrected_xlsx(content, **values):
    """The file as it is corrected in a spreadsheet program."""
    book = load_workbook(BytesIO(content))
    header = [cell.value for cell in book.active[1]]
    for name, value in values.items():
        for cells in book.active.iter_rows(min_row=2):
            cells[header.index(name)].value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


# --- The file --------------------------------------------------------------------------------------


def test_it_has_the_same_columns_and_the_error_beside():
    found = preview(csv_bytes(row("PO-1"), row("PO-2", product="XCH-NIL"), row("PO-3", quantity="x", line="-1")))

    rows = read_csv(rejected_csv(found))

    assert list(rows[0]) == [*PURCHASE_COLUMNS, "row", "error"]
    assert [each["purchase_reference"] for each in rows] == ["PO-2", "PO-3"]
    assert rows[0]["error"].startswith("product: ")
    assert "XCH-NIL" in rows[0]["error"]
    assert [part.split(":")[0] for part in rows[1]["error"].split("; ")] == ["line", "quantity"]


def test_cells_that_could_not_be_read_are_as_they_were():
    cells = row(quantity="1.000", purchased_on="31.02.2026", serial="AB1C") | AWKWARD

    (came_back,) = read_csv(rejected_csv(preview(csv_bytes(cells))))

    assert {name: unescaped(came_back[name]) for name in cells} == cells


@each_row(("returned", "mended"), [(rejected_csv, corrected_csv), (rejected_xlsx, corrected_xlsx)])
@each_row("wrong", [{"quantity": "x"}, {"product": "XCH-NIL"}])
def test_once_mended_it_is_imported_and_nothing_is_lost(returned, mended, wrong):
    good = {"quantity": "12", "product": "XCH-USR"}
    first = confirmed(preview(csv_bytes(row("PO-1"), row("PO-2", **(AWKWARD | good | wrong)))), accept_valid=True)
    assert counts(first) == {"new": 1, "rejected": 1}

    done = through_the_page(mended(returned(first), **good))

    assert (done.state, counts(done)) == (State.APPLIED, {"new": 1})
    assert done.format["unknown_columns"] == []
    assert LicenceGrant.objects.get(purchase_reference="PO-2").quantity == 12
    customer = Customer.objects.get(number="-0012")
    assert {name: getattr(customer, name.removeprefix("customer_")) for name in AWKWARD if name != "site_name"} == {
        name: value for name, value in AWKWARD.items() if name != "site_name"
    }
    assert customer.sites.get().name == AWKWARD["site_name"]


@each_row("returned", [rejected_csv, rejected_xlsx])
def test_unmended_it_is_rejected_again_for_the_same(returned):
    found = preview(csv_bytes(row("PO-1", product="XCH-NIL"), row("PO-2", quantity="1.000")))

    again = preview(returned(found))

    assert counts(again) == {"rejected": 2}
    assert read_csv(rejected_csv(again)) == read_csv(rejected_csv(found))


def test_rows_that_were_mended_top_up_what_the_valid_ones_were_given():
    first = confirmed(preview(csv_bytes(row("PO-1", 1), row("PO-1", 2, quantity="x"))), accept_valid=True)

    done = through_the_page(corrected_csv(rejected_csv(first), quantity="5"))

    assert counts(done) == {"top_up": 1}
    assert list(balances().values()) == [6]


def test_rejected_installations_come_back_as_well(tmp_path):
    serial = factories.bought()
    wrong = installation(serial, server_version="two")
    first = at_once(tmp_path / "old.csv", installations_csv(wrong), kind=INSTALLATIONS)

    rows = read_csv(rejected_csv(first))
    assert list(rows[0]) == [*INSTALLATION_COLUMNS, "row", "error"]
    done = through_the_page(corrected_csv(rejected_csv(first), server_version="2.4"), kind=INSTALLATIONS)

    assert counts(done) == {"taken_over": 1}


def test_they_can_be_fetched_after_the_import_has_ended(tmp_path):
    applied = confirmed(preview(csv_bytes(row("PO-1"), row("PO-2", product="XCH-NIL"))), accept_valid=True)
    withdrawn = at_once(tmp_path / "purchases.csv", csv_bytes(row("PO-3"), row("PO-4", product="XCH-NIL")))

    for ended, reference in ((applied, "PO-2"), (withdrawn, "PO-4")):
        assert [each["purchase_reference"] for each in read_csv(rejected_csv(ended))] == [reference]


def test_without_rejected_rows_it_is_a_header():
    assert read_csv(rejected_csv(preview(csv_bytes(row())))) == []


# --- What the reseller is sent ---------------------------------------------------------------------


def test_the_serial_numbers_allocated_are_a_file_to_send():
    done = confirmed(
        preview(
            csv_bytes(
                row("PO-1", site_name="Werk 2", city="Tübingen"),
                row("PO-2", serial="HHHH-HHHH", customer_number="K-2"),
                row("PO-3", customer_number="K-3", customer_name="=1+1"),
            )
        )
    )

    out = BytesIO()
    table = allocated_table(done)
    write_csv(out, table.titles, table.rows)
    rows = read_csv(out.getvalue())

    assert [(each["Purchase reference"], each["Customer number"], each["Site"], each["Town"]) for each in rows] == [
        ("PO-1", "K-1", "Werk 2", "Tübingen"),
        ("PO-3", "K-3", "", ""),
    ]
    assert rows[1]["Customer"] == "'=1+1"
    assert {each["Serial number"].replace("-", "") for each in rows} < {code for code, _product in balances()}


# --- As they came ------------------------------------------------------------------------------------

OWN_HEADER = ["Remark", "QUANTITY", "Product", "Line", "Purchase Reference", "Customer-Name"]
OWN_ROWS = [
    ["first", "1", "XCH-SRV", "1", "PO-1", "Alte Post GmbH"],
    ["wrong", "1", "XCH-NIL", "1", "PO-2", "Alte Post GmbH"],
    ["", "", "", "", "", ""],
    ["worse; really", "1.000", "XCH-USR", "1", "PO-3", "Łódź & Söhne"],
]


def own_file(extension, delimiter=";"):
    out = BytesIO()
    if extension == "xlsx":
        write_xlsx(out, OWN_HEADER, OWN_ROWS)
        return out.getvalue()
    text = StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([OWN_HEADER, *OWN_ROWS])
    return text.getvalue().encode()


@each_row("delimiter", [";", ",", "\t"])
def test_a_csv_file_comes_back_with_its_own_header_order_and_delimiter(delimiter, staff):
    file_import = preview(own_file("csv", delimiter))

    content = downloaded(staff.get(f"{file_import.get_absolute_url()}rejected.csv")).decode("utf-8-sig")

    header, *rows = csv.reader(StringIO(content, newline=""), delimiter=delimiter)
    assert header == [*OWN_HEADER, "row", "error"]
    assert [each[:-1] for each in rows] == [[*OWN_ROWS[1], "3"], [*OWN_ROWS[3], "5"]]
    assert "XCH-NIL" in rows[0][-1]


def test_a_workbook_comes_back_with_its_own_header_and_order(staff):
    file_import = preview(own_file("xlsx"), name="own.xlsx")

    content = downloaded(staff.get(f"{file_import.get_absolute_url()}rejected.xlsx"))

    header, *rows = load_workbook(BytesIO(content)).active.iter_rows(values_only=True)
    assert list(header) == [*OWN_HEADER, "row", "error"]
    assert [list(each[:-1]) for each in rows] == [[*OWN_ROWS[1], "3"], [*OWN_ROWS[3], "5"]]


def test_the_command_writes_them_as_they_came(tmp_path):
    path, rejects = tmp_path / "own.csv", tmp_path / "rejects.csv"
    path.write_bytes(own_file("csv"))

    with pytest.raises(SystemExit):
        call_command("import_purchases", path, rejects=rejects, accept_valid=True)

    assert rejects.read_text("utf-8-sig").splitlines()[0] == ";".join([*OWN_HEADER, "row", "error"])


def test_a_file_that_comes_back_again_has_one_column_of_errors(staff):
    first = preview(own_file("csv"))
    once = downloaded(staff.get(f"{first.get_absolute_url()}rejected.csv"))

    again = preview(once)

    assert again.format["unknown_columns"] == ["Remark"]
    content = downloaded(staff.get(f"{again.get_absolute_url()}rejected.csv")).decode("utf-8-sig")
    header, *rows = csv.reader(StringIO(content, newline=""), delimiter=";")
    assert header == [*OWN_HEADER, "row", "error"]
    assert [each[-2] for each in rows] == ["2", "3"]


def test_without_its_file_the_columns_are_those_of_the_portal(staff):
    file_import = preview(own_file("csv"))
    file_import.upload.delete(save=True)

    content = downloaded(staff.get(f"{file_import.get_absolute_url()}rejected.csv")).decode("utf-8-sig")

    assert content.splitlines()[0] == ";".join([*PURCHASE_COLUMNS, "row", "error"])


def test_german_readers_get_semicolons_and_excel_first(staff):
    file_import = preview(csv_bytes(row("PO-1"), row("PO-2", product="XCH-NIL")), name="a.csv")
    done = confirmed(file_import, accept_valid=True)
    german = {"headers": {"accept-language": "de"}}

    page = staff.get(f"{done.get_absolute_url()}?show=rejected", **german).content.decode()
    serials = downloaded(staff.get(f"{done.get_absolute_url()}serials.csv", **german)).decode("utf-8-sig")

    assert page.index("rejected.xlsx") < page.index("rejected.csv")
    assert serials.startswith("Seriennummer;Kaufreferenz;Kundennummer;")
