"""Files as senders make them are imported rightly without an edit, or one precise question is asked."""

import pytest

from licences.models import FileImport, LicenceGrant, Serial
from tests.imports.entry_points import State, at_once, confirmed, preview
from tests.imports.senders import COLUMNS, LINES, sender_files
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")
FILES = sender_files()
READ_TODAY = {title: file for title, file in FILES.items() if not file.needs and not file.asks}
ASKED = {title: file for title, file in FILES.items() if file.asks}
BEGUN_TODAY = {title: file for title, file in FILES.items() if file.needs and not file.asks}


def recorded():
    grants = LicenceGrant.objects.select_related("product", "serial__site__customer").order_by("pk")
    return [
        (each.purchase_reference, each.line, each.product.sku, each.quantity, customer.number, customer.name,
         customer.address_line1, customer.postcode, customer.city)
        for each in grants for customer in [each.serial.site.customer]
    ]  # fmt: skip


def skipped(file_import):
    return {kind: rows["rows"] for kind, rows in file_import.format["skipped_rows"].items()}


def test_there_are_thirty_files():
    assert len(FILES) == 30


@each_row("file", READ_TODAY.values())
def test_a_file_is_imported_rightly_without_an_edit_by_the_page(file):
    found = confirmed(preview(file.content, name=file.name))

    assert found.state == State.APPLIED, found.failure
    assert recorded() == list(LINES)
    assert Serial.objects.count() == 2
    assert skipped(found) == file.skipped


@each_row("file", READ_TODAY.values())
def test_a_file_is_imported_rightly_without_an_edit_by_the_command(file, tmp_path):
    found = at_once(tmp_path / file.name, file.content)

    assert found.state == State.APPLIED, found.counts
    assert recorded() == list(LINES)


@each_row("file", ASKED.values())
def test_a_file_with_titles_of_its_own_asks_which_column_is_what(file):
    found = preview(file.content, name=file.name)

    assert file.asks == COLUMNS
    assert (found.state, found.failure["code"]) == (State.COLUMNS, "file-no-table")
    assert not LicenceGrant.objects.exists()


@each_row("file", BEGUN_TODAY.values())
def test_what_depends_on_the_meaning_of_a_cell_is_never_half_imported(file):
    found = preview(file.content, name=file.name)

    assert found.state in (State.PREVIEW, State.COLUMNS)
    assert FileImport.objects.count() == 1
    assert not LicenceGrant.objects.exists()
