"""``manage.py import_purchases``: what it says, what it writes, and how it ends (docs/surface.md#purchase-file)."""

import csv
import os
import re
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from customers.models import Customer
from licences.imports.rows.purchase_lines import COLUMNS
from licences.models import Balance, Event, LicenceGrant, Serial
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


def row(reference="PO-1", **values):
    """The cells of a valid row, as text."""
    defaults = {
        "purchase_reference": reference,
        "line": "1",
        "purchased_on": "2026-01-15",
        "product": "XCH-SRV",
        "quantity": "1",
        "customer_name": "Bäckerei Müller & Söhne GmbH",
        "address_line1": "Hauptstraße 12a",
        "postcode": "72074",
    }
    return {**defaults, **values}


@pytest.fixture
def write(tmp_path):
    """``write(rows)`` is the path of a purchase file with these rows."""

    def write_file(*rows, columns=COLUMNS, encoding="utf-8", delimiter=",", name="purchases.csv"):
        text = StringIO(newline="")
        writer = csv.DictWriter(text, columns, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
        path = tmp_path / name
        path.write_bytes(text.getvalue().encode(encoding))
        return path

    return write_file


def run(path, *options):
    """Run the command; returns its exit code and its output."""
    said = StringIO()
    try:
        call_command("import_purchases", str(path), *map(str, options), stdout=said, stderr=said)
    except SystemExit as end:
        return end.code, said.getvalue()
    except CommandError as error:
        return error.returncode, said.getvalue() + str(error)
    return 0, said.getvalue()


def counts(said):
    """The printed counts: (new, unchanged, rejected)."""
    return tuple(int(re.search(rf"^{word}: (\d+)", said, re.MULTILINE)[1]) for word in ("new", "unchanged", "rejected"))


def written():
    return [model.objects.count() for model in (Customer, Serial, LicenceGrant, Balance, Event)]


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# --- A good file -----------------------------------------------------------------------------------


def test_it_records_every_row_and_says_how_many(write):
    path = write(row("PO-1", quantity="3"), row("PO-1", line="2", product="XCH-USR", quantity="20"))

    code, said = run(path)

    assert (code, counts(said)) == (0, (2, 0, 0))
    held = {balance.product.sku: balance.quantity for balance in Balance.objects.select_related("product")}
    assert held == {"XCH-SRV": 3, "XCH-USR": 20}
    assert Serial.objects.count() == 1


def test_a_file_is_one_event_that_names_it(write):
    before = Event.objects.count()

    run(write(row("PO-1"), row("PO-2", quantity="2"), name="november.csv"))

    assert Event.objects.count() == before + 1
    event = Event.objects.first()
    assert (event.kind, event.details["new"], event.personal["file"]) == ("purchases-recorded", 2, "november.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_it_reads_what_spreadsheets_write(write, encoding, delimiter):
    code, _ = run(write(row(city="Tübingen; Stadt, Kreis"), encoding=encoding, delimiter=delimiter))

    assert code == 0
    customer = Customer.objects.get()
    assert (customer.name, customer.city) == ("Bäckerei Müller & Söhne GmbH", "Tübingen; Stadt, Kreis")


def test_columns_come_in_any_order_and_case_and_only_five_are_required(write):
    columns = ["Quantity", "CUSTOMER NAME", "Line", "product", "Purchase_Reference"]
    values = ["4", "Kanzlei Wüst", "1", "XCH-SRV", "PO-1"]

    code, _ = run(write(dict(zip(columns, values, strict=True)), columns=columns))

    assert code == 0
    assert LicenceGrant.objects.get().quantity == 4


def test_a_column_that_is_unknown_is_named_and_left_out(write):
    code, said = run(write(row(colour="red"), columns=[*COLUMNS, "colour"]))

    assert (code, counts(said)) == (0, (1, 0, 0))
    assert "colour" in said


@pytest.mark.parametrize("day", ["2026-11-24", "24.11.2026"])
def test_dates_come_in_two_spellings(write, day):
    run(write(row(purchased_on=day)))

    assert LicenceGrant.objects.get().purchased_on == factories.TODAY


# --- Once more -------------------------------------------------------------------------------------


def test_the_same_file_again_is_unchanged(write):
    path = write(row("PO-1"), row("PO-2", quantity="2"))
    run(path)
    before = written()

    code, said = run(path)

    assert (code, counts(said)) == (0, (0, 2, 0))
    assert written() == before


def test_a_grown_file_adds_what_is_new(write):
    run(write(row("PO-1")))

    code, said = run(write(row("PO-1"), row("PO-2", quantity="2")))

    assert (code, counts(said)) == (0, (1, 1, 0))
    assert Balance.objects.get().quantity == 3


def test_the_same_key_with_other_content_is_rejected_and_says_what_differs(write):
    run(write(row(quantity="3")))

    code, said = run(write(row(quantity="4")))

    assert (code, counts(said)) == (1, (0, 0, 1))
    assert "Quantity" in said
    assert Balance.objects.get().quantity == 3


# --- All or none -----------------------------------------------------------------------------------


def test_a_rejected_row_keeps_all_others_out_and_the_exit_code_says_so(write):
    before = written()

    code, said = run(write(row("PO-1"), row("PO-2", product="XCH-NIL"), row("PO-3", quantity="many")))

    assert (code, counts(said)) == (1, (1, 0, 2))
    assert written() == before


def test_it_says_which_row_which_column_and_why(write):
    _, said = run(write(row("PO-1"), row("PO-2", product="XCH-NIL"), row("PO-3", quantity="0", line="x")))

    rows = {line.split(":")[0]: line for line in said.splitlines() if line.startswith("row ")}
    assert list(rows) == ["row 3", "row 4"]
    assert "product" in rows["row 3"]
    assert "XCH-NIL" in rows["row 3"]
    assert "quantity" in rows["row 4"]
    assert "line" in rows["row 4"]


def test_the_valid_rows_are_recorded_when_asked_for_and_the_exit_code_is_1_all_the_same(write):
    path = write(row("PO-1"), row("PO-2", product="XCH-NIL"), row("PO-3", quantity="many"))

    code, said = run(path, "--accept-valid")

    assert (code, counts(said)) == (1, (1, 0, 2))
    assert [grant.purchase_reference for grant in LicenceGrant.objects.all()] == ["PO-1"]


def test_a_dry_run_says_what_would_happen_and_writes_nothing(write):
    path = write(row("PO-1"), row("PO-2", quantity="2"))
    before = written()

    code, said = run(path, "--dry-run")

    assert (code, counts(said)) == (0, (2, 0, 0))
    assert written() == before
    assert counts(run(path)[1]) == (2, 0, 0)


@pytest.mark.parametrize("options", [[], ["--accept-valid"]], ids=["all or none", "the valid ones"])
def test_a_dry_run_with_a_rejected_row_ends_with_1_as_well(write, options):
    path = write(row("PO-1"), row("PO-2", product="XCH-NIL"))
    before = written()

    code, said = run(path, "--dry-run", *options)

    assert (code, counts(said)) == (1, (1, 0, 1))
    assert written() == before


# --- Rejected rows come back -----------------------------------------------------------------------


def test_rejected_rows_come_back_as_they_were_with_the_error_beside(write, tmp_path):
    out = tmp_path / "rejected.csv"
    path = write(
        row("PO-1"),
        row("PO-2", product="XCH-NIL", city="Łódź", serial=""),
        row("PO-3", quantity=" many "),
    )

    code, _ = run(path, "--accept-valid", "--rejects", out)

    assert code == 1
    rejected = read(out)
    assert list(rejected[0]) == [*COLUMNS, "row", "error"]
    assert [each["purchase_reference"] for each in rejected] == ["PO-2", "PO-3"]
    assert (rejected[0]["product"], rejected[0]["city"]) == ("XCH-NIL", "Łódź")
    assert "XCH-NIL" in rejected[0]["error"]
    assert rejected[1]["quantity"].strip() == "many"
    assert "quantity" in rejected[1]["error"]


def test_the_rejected_rows_may_be_mended_and_read_again(write, tmp_path):
    out = tmp_path / "rejected.csv"
    path = write(row("PO-1", quantity="3"), row("PO-1", line="2", product="XCH-USER", quantity="20"))
    run(path, "--accept-valid", "--rejects", out)
    mended = tmp_path / "mended.csv"
    mended.write_bytes(out.read_bytes().replace(b"XCH-USER", b"XCH-USR"))

    code, said = run(mended)

    assert (code, counts(said)) == (0, (1, 0, 0))
    assert "error" not in said
    held = {balance.product.sku: balance.quantity for balance in Balance.objects.select_related("product")}
    assert held == {"XCH-SRV": 3, "XCH-USR": 20}
    assert Serial.objects.count() == 1


def test_rejected_rows_that_cannot_be_written_are_said_in_a_sentence(write, tmp_path):
    path = write(row("PO-1", product="XCH-NIL"))

    code, said = run(path, "--rejects", tmp_path / "no such folder" / "rejected.csv")

    assert code == 1
    assert "no such folder" in said


# --- What is no purchase file ----------------------------------------------------------------------

UNREADABLE = {
    "empty": b"",
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0",
    "another text": b"Dear colleagues,\nplease find attached\n",
    "a table of something else": b"colour,size\nred,4\n",
    "without the required columns": b"purchase_reference,line\nPO-1,1\n",
    "a column twice": b"purchase_reference,line,line,product,quantity,customer_name\nPO-1,1,1,XCH-SRV,1,Wust\n",
}


def one_sentence(said):
    return said.strip() and len(said.strip().splitlines()) == 1 and "Traceback" not in said


@each_row("content", UNREADABLE.values())
def test_a_file_that_is_no_purchase_file_is_refused_in_one_sentence(tmp_path, content):
    path = tmp_path / "purchases.csv"
    path.write_bytes(content)
    before = written()

    code, said = run(path)

    assert code == 1
    assert one_sentence(said), said
    assert written() == before


def test_the_columns_that_are_missing_are_named(tmp_path):
    path = tmp_path / "purchases.csv"
    path.write_bytes(UNREADABLE["without the required columns"])

    _, said = run(path)

    assert all(column in said for column in ("product", "quantity", "customer_name"))


def test_a_file_that_is_not_there_and_a_folder_are_refused_in_one_sentence(tmp_path):
    for path in (tmp_path / "missing.csv", tmp_path):
        code, said = run(path)

        assert code == 1
        assert one_sentence(said), said


def test_a_shell_sees_the_exit_code_and_the_sentence_and_no_traceback(tmp_path):
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}"}
    command = [sys.executable, "manage.py", "import_purchases", str(tmp_path / "missing.csv")]

    ended = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60, check=False
    )

    assert ended.returncode == 1
    assert one_sentence(ended.stderr), ended.stderr
