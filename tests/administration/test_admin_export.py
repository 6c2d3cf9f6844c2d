"""Every list of the administration can be exported, as CSV and as XLSX: what is in the file, and what is not."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from customers.models import Customer
from licences.models import Event, Installation, LicenceGrant, Product, Serial
from licences.spreadsheets.escaping import unescaped
from tests import factories
from tests.administration.admin_lists import DESKS, MODELS, address, columns_of, csv_rows, export, xlsx_cells
from tests.tables import each_row

pytestmark = pytest.mark.django_db

each_list = each_row("model", MODELS)


# --- Every list ------------------------------------------------------------------------------------


@each_row(("model", "desk"), DESKS)
def test_every_list_leads_to_its_export(model, desk, lists, as_root):
    page = as_root.get(address(model, "changelist")).content.decode()

    assert f'href="{address(model, "export")}?"' in page or f'href="{address(model, "export")}"' in page
    assert desk.export_table._meta.model is model


@each_list
def test_the_page_offers_every_column_and_both_formats(model, lists, root, as_root):
    answer = as_root.get(address(model, "export"))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count('name="columns"') == len(columns_of(model, root))
    assert 'value="csv"' in page
    assert 'value="xlsx"' in page


@each_list
def test_csv_and_xlsx_hold_all_rows_and_say_the_same(model, lists, root, as_root):
    columns = columns_of(model, root)

    count = model._default_manager.count()
    as_csv = csv_rows(export(as_root, model, columns=columns))
    as_xlsx = xlsx_cells(export(as_root, model, columns=columns, format="xlsx"))
    if model is Event:
        del as_xlsx[1]  # the newest: that the CSV was taken

    assert len(as_csv) == 1 + count > 1
    assert len(as_csv[0]) == len(columns)
    assert [[as_text(cell) for cell in row] for row in as_xlsx] == [[unescaped(cell) for cell in row] for row in as_csv]


def as_text(cell):
    value = cell.value.date() if cell.number_format == "yyyy-mm-dd" else cell.value
    return "" if value is None else str(value)


# --- Which rows ------------------------------------------------------------------------------------


@pytest.fixture
def three_customers(catalogue):
    for number, (name, country) in enumerate([("Ost GmbH", "DE"), ("West AG", "AT"), ("Ostwind KG", "AT")], start=1):
        factories.bought(customer_number=f"K-{number}", customer_name=name, country=country)


def names(as_root, query):
    return [row[0] for row in csv_rows(export(as_root, Customer, columns=["name"], query=query))[1:]]


@each_row(
    ("query", "expected"),
    [
        ("?o=0", ["Ost GmbH", "Ostwind KG", "West AG"]),
        ("?o=-0", ["West AG", "Ostwind KG", "Ost GmbH"]),
        ("?q=ost&o=0", ["Ost GmbH", "Ostwind KG"]),
        ("?country=AT&o=0", ["Ostwind KG", "West AG"]),
        ("?q=ost&country=AT", ["Ostwind KG"]),
        ("?q=nobody", []),
        ("?p=7&o=0", ["Ost GmbH", "Ostwind KG", "West AG"]),
    ],
)
def test_search_filter_and_order_of_the_list_apply_and_its_pages_do_not(query, expected, three_customers, as_root):
    assert names(as_root, query) == expected


def test_the_list_hands_its_search_and_filter_to_the_export(three_customers, as_root):
    page = as_root.get(f"{address(Customer, 'changelist')}?country=AT&q=ost").content.decode()

    assert f'href="{address(Customer, "export")}?country=AT&amp;q=ost"' in page


def test_the_page_says_how_many_rows_and_that_the_filter_applies(three_customers, as_root):
    whole = as_root.get(address(Customer, "export")).content.decode()
    part = as_root.get(f"{address(Customer, 'export')}?country=AT").content.decode()

    assert "3 rows will be exported" in whole
    assert "the filters and the order of the list apply" not in whole
    assert "2 rows will be exported" in part
    assert "the filters and the order of the list apply" in part


def test_a_filter_that_is_nonsense_leads_back_to_the_list(three_customers, as_root):
    answer = as_root.get(f"{address(Customer, 'export')}?id=nonsense")

    assert answer.status_code == 302
    assert answer["Location"] == "../?e=1"


# --- Which columns ---------------------------------------------------------------------------------


def test_only_the_ticked_columns_come_in_the_order_of_the_table(three_customers, as_root):
    rows = csv_rows(export(as_root, Customer, columns=["city", "number"]))

    assert rows[0] == ["Customer number", "Town"]
    assert sorted(rows[1:]) == [["K-1", "Tübingen"], ["K-2", "Tübingen"], ["K-3", "Tübingen"]]


@each_row(
    ("posted", "sentence"),
    [
        ({"format": "csv"}, "Tick at least one column."),
        ({"columns": ["name"]}, "Choose a format."),
        ({}, "Choose a format."),
        ({"format": "ods", "columns": ["name"]}, "ods is not one of the available choices"),
        ({"format": "csv", "columns": ["name", "match_key"]}, "match_key is not one of the available choices"),
        ({"format": "csv", "columns": ["name\0"]}, "is not one of the available choices"),
    ],
)
def test_a_choice_that_cannot_be_is_answered_in_words(posted, sentence, three_customers, as_root):
    answer = as_root.post(address(Customer, "export"), posted)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_a_password_is_no_column(root, as_root):
    rows = csv_rows(export(as_root, User, columns=columns_of(User, root)))

    assert "root" in rows[1]
    assert not [cell for row in rows for cell in row if "password" in cell.lower() or "$" in cell]


# --- What a cell holds -----------------------------------------------------------------------------


def test_a_cell_reads_as_it_does_on_screen(catalogue, root, as_root):
    code = factories.registered()
    columns = ["site_id", "serial", "origin", "began_at", "ended_at", "end_reason"]

    header, row = csv_rows(export(as_root, Installation, columns=columns))

    began = timezone.localtime(Installation.objects.get().began_at)
    assert header == ["Site ID", "Serial number", "Origin", "Since", "Until", "How it ended"]
    assert row[0] == str(code.installation)
    assert row[1:3] == [str(code.serial), "registered"]
    assert row[3] == f"{began:%Y-%m-%d %H:%M:%S}"
    assert row[4:] == ["", ""]


def test_in_a_workbook_numbers_and_dates_are_what_they_are_and_codes_are_texts(catalogue, as_root):
    serial = factories.bought(quantity=5, purchased_on=datetime.date(2026, 1, 15))
    factories.bought(serial=serial.code, quantity=-2, customer_number=serial.site.customer.number)
    columns = ["line", "serial", "quantity", "purchased_on"]

    cells = xlsx_cells(export(as_root, LicenceGrant, columns=columns, format="xlsx", query="?o=1"))

    assert sorted(row[2].value for row in cells[1:]) == [-2, 5]
    for line, code, quantity, purchased in cells[1:]:
        assert (line.data_type, quantity.data_type, purchased.data_type) == ("n", "n", "d")
        assert (code.data_type, code.number_format, code.value) == ("s", "@", str(serial))


def test_the_file_is_named_after_the_list_and_no_cache_keeps_it(catalogue, as_root):
    as_csv = export(as_root, Product, columns=["sku"])
    as_xlsx = export(as_root, Product, columns=["sku"], format="xlsx")

    day = f"{timezone.localdate():%Y-%m-%d}"
    assert as_csv["Content-Disposition"] == f'attachment; filename="product-{day}.csv"'
    assert as_csv["Content-Type"] == "text/csv; charset=utf-8"
    assert as_xlsx["Content-Disposition"] == f'attachment; filename="product-{day}.xlsx"'
    assert as_xlsx["Content-Type"].endswith("spreadsheetml.sheet")
    assert "no-store" in as_csv["Cache-Control"]
    assert "no-store" in as_xlsx["Cache-Control"]
    as_xlsx.getvalue()


@each_row("format", ["csv", "xlsx"])
def test_it_is_in_the_language_of_who_asked_for_it(format, catalogue, as_root):
    factories.bought()
    as_root.cookies["django_language"] = "de"

    answer = export(as_root, Serial, columns=["code", "origin"], format=format)
    rows = csv_rows(answer) if format == "csv" else [[c.value for c in row] for row in xlsx_cells(answer)]

    assert rows[0] == ["Seriennummer", "Herkunft"]
    assert rows[1][1] == "hier vergeben"
