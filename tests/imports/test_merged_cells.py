"""Merged cells of a workbook are filled down and told; numbers that each row has of its own are rejected."""

from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from customers.models import Customer
from licences.models import LicenceGrant, Serial
from tests.imports.entry_points import confirmed, preview, problems
from tests.imports.files import PURCHASE_COLUMNS, row, xlsx_bytes
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")

PARTY = {"customer_name": "Huber GmbH", "customer_number": "", "address_line1": "Hauptstraße 12", "postcode": "01067"}


def order(*merged):
    """Three lines of one purchase, with these columns merged over them."""
    rows = [row("PO-1", number, product=product, **PARTY)
            for number, product in enumerate(["XCH-SRV", "XCH-USR", "XCH-USR"], start=1)]  # fmt: skip
    book = load_workbook(BytesIO(xlsx_bytes(*rows)))
    for column in merged:
        place = PURCHASE_COLUMNS.index(column) + 1
        book.active.merge_cells(start_row=2, end_row=4, start_column=place, end_column=place)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_lines_of_one_order_with_a_merged_address_are_of_one_customer_and_the_page_says_so(importer, as_user):
    found = preview(order("purchase_reference", "customer_name", "address_line1", "postcode"), name="order.xlsx")

    shown = as_user(importer).get(found.get_absolute_url()).content.decode()
    confirmed(found)

    assert "8 merged cells were filled down" in shown
    assert (LicenceGrant.objects.count(), Serial.objects.count()) == (3, 1)
    assert Customer.objects.values_list("name", "address_line1", "postcode").get() == (
        "Huber GmbH", "Hauptstraße 12", "01067",
    )  # fmt: skip


def test_the_command_says_how_many_cells_it_filled(tmp_path):
    path, said = tmp_path / "order.xlsx", StringIO()
    path.write_bytes(order("address_line1"))

    call_command("import_purchases", str(path), stdout=said, stderr=said)

    assert "2 merged cells were filled down" in said.getvalue()
    assert Customer.objects.count() == 1


@each_row("column", ["quantity", "line"])
def test_a_merged_quantity_or_line_is_rejected_and_never_multiplied(column):
    found = preview(order(column), name="order.xlsx")

    assert problems(found) == {number: [(column, "1", "cell-is-merged")] for number in (2, 3, 4)}
