"""``import_purchases --json``: the outcome as one object; and what is new, told everywhere."""

import json

import pytest
from django.core.management import CommandError, call_command

from licences.models import FileImport
from tests import factories
from tests.imports.entry_points import confirmed, preview
from tests.imports.files import csv_bytes, row, xlsx_bytes
from tests.imports.import_pages import page

pytestmark = pytest.mark.usefixtures("catalogue")

ROWS = (
    row("PO-1", 1, customer_number="K-1"),
    row("PO-1", 2, customer_number="K-1", product="XCH-USR"),
    row("PO-2", customer_number="K-2", customer_name="Other Ltd"),
    row("PO-3", customer_number="K-3", site_name="North"),
    row("PO-4", customer_number="K-3", site_name="South"),
)
BAD = (row("PO-5", product="XCH-NIL"), row("PO-6", quantity="1.000", line="x"))
FILES = {"csv": csv_bytes, "xlsx": xlsx_bytes}


@pytest.fixture
def outcome(tmp_path, capsys):
    def command(content, extension="csv", **options):
        path = tmp_path / f"purchases.{extension}"
        path.write_bytes(content)
        try:
            call_command("import_purchases", path, json=True, **options)
            code = 0
        except SystemExit as ended:
            code = ended.code
        return json.loads(capsys.readouterr().out), code

    return command


@pytest.mark.parametrize("extension", FILES)
def test_one_object_tells_what_was_imported(extension, outcome):
    told, code = outcome(FILES[extension](*ROWS), extension)

    assert code == 0
    assert (told["state"], told["new_serials"], told["new_customers"]) == ("applied", 4, 3)
    assert told["counts"] == {"new": 5, "top_up": 0, "return": 0, "taken_over": 0, "unchanged": 0, "rejected": 0}
    assert (told["to_confirm"], told["rejected"], told["skipped_rows"]) == ({}, [], {})
    assert (told["header_row"], told["profile"], told["failure"]) == (1, None, None)
    assert told["encoding"] == ("utf-8" if extension == "csv" else None)
    assert told["import"] == FileImport.objects.get().pk


@pytest.mark.parametrize("extension", FILES)
def test_rejected_rows_are_told_with_row_column_and_reason(extension, outcome):
    told, code = outcome(FILES[extension](*ROWS[:1], *BAD), extension, accept_valid=True)

    assert code == 1
    assert {"row": 3, "column": "product", "reason": "product-unknown"} in told["rejected"]
    assert {each["column"] for each in told["rejected"] if each["row"] == 4} == {"line", "quantity"}
    assert told["state"] == "applied"


def test_a_dry_run_tells_the_same_and_changes_nothing(outcome):
    told, code = outcome(csv_bytes(*ROWS), dry_run=True)

    assert (code, told["state"], told["new_serials"], told["new_customers"]) == (0, "withdrawn", 4, 3)
    assert not FileImport.objects.exists()


def test_what_waits_to_be_confirmed_is_counted(outcome):
    known = factories.bought(customer_number="K-8").code
    slip = known[:-1] + ("B" if known[-1] != "B" else "C")

    told, code = outcome(csv_bytes(row("PO-9", customer_number="K-9", serial=slip)))

    assert (code, told["to_confirm"]) == (1, {"similar_serials": 1})


def test_a_file_that_cannot_be_read_is_told_too(tmp_path, capsys):
    (tmp_path / "a.csv").write_bytes(b"one,two\n1,2\n")

    with pytest.raises(CommandError):
        call_command("import_purchases", tmp_path / "a.csv", json=True)

    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["failure"], told["rejected"]) == ("failed", "file-no-table", [])


def test_the_same_file_again_has_nothing_new(outcome):
    outcome(csv_bytes(*ROWS))

    told, _code = outcome(csv_bytes(*ROWS))

    assert (told["new_serials"], told["new_customers"], told["counts"]["unchanged"]) == (0, 0, 5)


def test_preview_and_result_tell_new_serial_numbers_and_customers(staff):
    waiting = preview(csv_bytes(*ROWS))

    assert page(staff, waiting).count("4 new serial numbers") == 1
    assert "4 new serial numbers 3 new customers" in page(staff, waiting)
    assert "4 new serial numbers 3 new customers" in page(staff, confirmed(waiting))


def test_a_dry_run_tells_them_as_text(tmp_path, capsys):
    (tmp_path / "a.csv").write_bytes(csv_bytes(*ROWS))

    call_command("import_purchases", tmp_path / "a.csv", dry_run=True)

    said = capsys.readouterr().out
    assert "new serial numbers: 4\n" in said
    assert "new customers: 3\n" in said
