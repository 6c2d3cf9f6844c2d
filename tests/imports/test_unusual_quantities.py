"""Quantities far above what is usual are hinted at, and never held back (docs/imports.md#unusual-quantities)."""

import json

import pytest
from django.core.management import call_command

from licences import imports
from licences.models import FileImport, LicenceGrant
from tests.imports.entry_points import confirmed, preview
from tests.imports.files import csv_bytes, row, xlsx_bytes
from tests.imports.import_pages import page
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")
KNOWN = {"customer_number": "K-1", "customer_name": "Huber Bau GmbH"}


def hints(*rows, content=csv_bytes):
    """The hints of a preview: row number, quantity, what is usual, of what."""
    unusual = preview(content(*rows)).format["unusual_quantities"]
    return [(each["row"], each["quantity"], each["usual"], each["of"]) for each in unusual.get("rows", [])]


def many(count=11, **values):
    return [row(f"PO-{number}", customer_number=f"C-{number}", **values) for number in range(count)]


@pytest.fixture
def site():
    """A site that bought 5 licences and, at once, 9."""
    return confirmed(preview(csv_bytes(row("PO-A", quantity=5, **KNOWN), row("PO-B", quantity=9, **KNOWN))))


@each_row("content", [csv_bytes, xlsx_bytes])
@each_row(("quantity", "hinted"), [(500, [(2, 500, 9, "site")]), (90, [(2, 90, 9, "site")]), (89, []), (-9, [])])
def test_ten_times_the_largest_purchase_of_the_site_is_hinted_at(site, content, quantity, hinted):
    assert hints(row("PO-C", quantity=quantity, **KNOWN), content=content) == hinted


def test_below_fifty_nothing_is_said():
    confirmed(preview(csv_bytes(row("PO-A", quantity=1, **KNOWN))))

    assert hints(row("PO-C", quantity=49, **KNOWN)) == []
    assert hints(row("PO-C", quantity=50, **KNOWN)) == [(2, 50, 1, "site")]


def test_another_product_and_what_was_taken_back_say_nothing_of_what_is_usual(site):
    assert hints(row("PO-C", quantity=500, product="XCH-USR", **KNOWN)) == []

    imports.take_back_import(file_import_id=site.pk, reason="The file of another reseller.", by="boss")
    assert LicenceGrant.objects.filter(quantity__lt=0).count() == 2
    assert hints(row("PO-C", quantity=500, **KNOWN)) == []


def test_for_a_new_site_the_other_rows_of_the_file_say_what_is_usual():
    assert hints(*many(10, quantity=4), row("PO-X", quantity=400, customer_number="X")) == [(12, 400, 4, "file")]
    assert hints(*many(9, quantity=4), row("PO-X", quantity=400, customer_number="X")) == []
    assert hints(*many(10, quantity=100), row("PO-X", quantity=400, customer_number="X")) == []


def test_the_preview_names_the_row_and_the_import_goes_on(site, staff):
    waiting = preview(csv_bytes(row("PO-C", quantity=500, **KNOWN)))
    text = page(staff, waiting)

    assert "1 row has an unusually large quantity" in text
    assert "Row 2: 500 licences. The most that this site bought of it at once is 9." in text
    assert confirmed(waiting).state == FileImport.State.APPLIED


@each_row("as_json", [False, True])
def test_a_dry_run_and_json_name_it_too(site, as_json, tmp_path, capsys):
    (tmp_path / "a.csv").write_bytes(csv_bytes(row("PO-C", quantity=500, **KNOWN)))

    call_command("import_purchases", tmp_path / "a.csv", dry_run=True, json=as_json)

    told = capsys.readouterr()
    if as_json:
        expected = {"count": 1, "rows": [{"row": 2, "quantity": 500, "usual": 9, "of": "site"}]}
        assert json.loads(told.out)["unusual_quantities"] == expected
    else:
        assert "warning: Row 2: 500 licences. The most that this site bought of it at once is 9." in told.err


def test_of_many_the_first_twenty_are_named(site):
    rows = [row("PO-C", number, quantity=500, **KNOWN) for number in range(1, 26)]

    unusual = preview(csv_bytes(*rows)).format["unusual_quantities"]

    assert (unusual["count"], len(unusual["rows"])) == (25, 20)
