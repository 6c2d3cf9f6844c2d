"""Files to import in the administration, as spreadsheet programs and people create them."""

import csv
import io
import zipfile
from datetime import date

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from licences.administration.tables import uploads
from licences.administration.tables.products import ProductImport
from licences.models import Product
from tests.administration.admin_imports import (
    FORM,
    HEADER,
    IMPORT,
    confirm,
    has_button,
    imports_recorded,
    on_record,
    outcomes,
    problems,
    upload,
    workbook,
)
from tests.administration.admin_lists import export
from tests.how_often import examples
from tests.tables import each_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(catalogue, administrator, as_user):
    return as_user(administrator)


def error(answer):
    """The error below the file field."""
    assert answer.status_code == 422
    assert not has_preview(answer)
    (words,) = answer.context["form"].errors["import_file"]
    return words


def has_preview(answer):
    return "result" in answer.context


# --- Headers and formats ---------------------------------------------------------------------------

ROWS = [["XCH-NEW", "Größer & schöner", "9"], ["XCH-SRV", "Xchange Server", "1"]]


def table(header, delimiter=",", rows=ROWS):
    return "".join(delimiter.join(row) + "\r\n" for row in [header, *rows])


@each_row("header", [["sku", "name", "slot"], ["SKU", "Name", "Slot"], [" Sku ", "NAME", "slot "]])
def test_a_header_names_the_columns_in_any_case_and_with_blanks(header, desk):
    assert outcomes(upload(desk, table(header))) == {2: "new", 3: "unchanged"}


@each_row("header_in", ["en", "de"])
@each_row("page_in", ["en", "de"])
def test_a_header_may_be_in_either_language_whichever_the_page_is_in(header_in, page_in, desk):
    with translation.override(header_in):
        header = [ProductImport.title(name) for name in ("sku", "name", "slot")]
    desk.cookies["django_language"] = page_in

    assert outcomes(upload(desk, table(header))) == {2: "new", 3: "unchanged"}


def test_titles_of_another_language_are_really_others(monkeypatch, desk):
    titles = {"en": "Designation", "de": "Bezeichnung"}
    title = ProductImport.title

    def in_two_languages(name):
        return titles[translation.get_language()] if name == "name" else title(name)

    monkeypatch.setattr(ProductImport, "title", staticmethod(in_two_languages))

    for header in (["SKU", "Bezeichnung", "slot"], ["SKU", "designation", "slot"], ["SKU", "name", "slot"]):
        assert outcomes(upload(desk, table(header))) == {2: "new", 3: "unchanged"}
    assert error(upload(desk, table(["sku", "name", "Bezeichnung"]))) == "These columns are missing: Slot (slot)."
    repeated = table(["sku", "name", "slot", "Bezeichnung"], rows=[["A", "A", "9", "B"]])
    assert error(upload(desk, repeated)) == "These columns appear more than once: Designation (name)."


@each_row("delimiter", [",", ";", "\t"])
@each_row("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_any_encoding_and_separator_that_spreadsheets_write_is_read(delimiter, encoding, desk):
    content = table(["sku", "name", "slot"], delimiter)
    data = content.encode(encoding)

    preview = upload(desk, b"\xff\xfe" + data if encoding == "utf-16-le" else data)

    assert outcomes(preview) == {2: "new", 3: "unchanged"}
    confirm(desk, preview)
    assert on_record()["XCH-NEW"] == ("Größer & schöner", 9)


def test_columns_in_another_order_and_columns_that_nobody_knows(desk):
    preview = upload(desk, table(["slot", "Remark", "name", "sku"], rows=[["9", "<b>!</b>", "New", "XCH-NEW"]]))

    assert outcomes(preview) == {2: "new"}
    assert "These columns are ignored: <bdi>Remark</bdi>" in preview.content.decode()
    assert "<b>!</b>" not in preview.content.decode()
    confirm(desk, preview)
    assert on_record()["XCH-NEW"] == ("New", 9)


@each_row("slot", [9, 9.0, "9"])
def test_a_workbook_is_recognised_by_its_content_whatever_it_is_called(slot, desk):
    data = workbook(["sku", "name", "slot"], ["XCH-NEW", "New", slot], [None, None, None])

    preview = upload(desk, data, "products.csv")

    assert outcomes(preview) == {2: "new"}
    confirm(desk, preview)
    assert on_record()["XCH-NEW"] == ("New", 9)


def test_what_a_workbook_made_of_a_code_is_refused_and_its_own_numbers_are_not(desk):
    data = workbook(
        ["sku", "name", "slot"],
        [4711, "A number", 9],
        [date(2026, 11, 24), "A date", 10],
        [1.23e25, "A large number", 11],
        ["XCH-A", date(2026, 11, 24), 12],
        ["XCH-B", 365, 13],
        ["XCH-C", "C", date(2026, 11, 24)],
    )

    preview = upload(desk, data, "products.xlsx")

    assert outcomes(preview) == {2: "new", 3: "rejected", 4: "rejected", 5: "rejected", 6: "new", 7: "rejected"}
    assert "turned this into a date" in problems(preview, 3)[0][1]
    assert "turned this into a number" in problems(preview, 4)[0][1]
    assert "turned this into a date" in problems(preview, 7)[0][1]


@each_row("format", ["csv", "xlsx"])
@each_row("language", ["en", "de"])
def test_what_was_exported_comes_back_unchanged(format, language, desk):
    Product.objects.create(sku="+PLUS", name="'=1+1 Größe", slot=20)
    desk.cookies["django_language"] = language
    answer = export(desk, Product, columns=["sku", "name", "slot"], format=format)
    data = b"".join(answer.streaming_content)

    preview = upload(desk, data, f"product.{format}")

    assert set(outcomes(preview).values()) == {"unchanged"}
    assert len(outcomes(preview)) == 7


# --- Files that are none ---------------------------------------------------------------------------


def zip_bomb():
    file = io.BytesIO()
    book = Workbook()
    book.active.append(["sku", "name", "slot"])
    book.save(file)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/x", "w") as part:
        for _ in range(300):
            part.write(bytes(1 << 20))
    return file.getvalue()


@each_row(
    ("content", "sentence"),
    [
        ("\n", "The file is empty."),
        ("   ", "The file is empty."),
        ("sku,name,slot\n", "The file has no rows below the header."),
        ("sku,name,slot\n,,\n\n", "The file has no rows below the header."),
        ("sku,name\nA,A\n", "These columns are missing: Slot (slot)."),
        ("name\nA\n", "These columns are missing: SKU (sku), Slot (slot)."),
        ("sku,SKU,name,slot\nA,A,A,1\n", "These columns appear more than once: sku."),
        ("a,b,c\n1,2,3\n", "No column titles found"),
        (bytes(range(256)) * 10, "No column titles found"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "This is an old Excel file (.xls)."),
        (b"PK\x03\x04" + bytes(100), "The table is damaged at row 1"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_in_words(content, sentence, desk):
    assert error(upload(desk, content)).startswith(sentence)


@each_row("content", ["<html><body>no table</body></html>", "%PDF-1.7\n", HEADER + "A,A\0,1\n"])
def test_a_file_of_another_kind_is_refused_in_words(content, desk):
    assert error(upload(desk, content)).endswith(".")


def test_no_file_and_an_empty_file_are_refused_in_words(desk):
    assert error(desk.post(IMPORT, FORM)) == "Choose a file."
    assert error(desk.post(IMPORT, {**FORM, "import_file": "a text"})) == "Choose a file."
    assert "empty" in error(upload(desk, ""))


def test_a_file_that_is_too_large_is_refused_without_being_read(desk, monkeypatch):
    monkeypatch.setattr(uploads, "open_table", None)

    assert error(upload(desk, HEADER + "x" * (1 << 20))) == "The file is larger than 1 MB."


def test_a_workbook_that_grows_when_it_is_unpacked_is_refused(desk):
    data = zip_bomb()

    assert len(data) < 1 << 20
    assert upload(desk, data, "products.xlsx").status_code == 422


def test_a_file_with_too_many_rows_is_refused_with_the_limit(desk):
    rows = "".join(f"S{number},N,1\n" for number in range(2001))

    assert error(upload(desk, HEADER + rows)) == "The file has more than 2,000 rows. Split it into smaller files."


def test_as_many_rows_as_are_allowed_are_judged(desk):
    rows = "".join(f"S{number},N,99\n" for number in range(2000))

    preview = upload(desk, HEADER + rows)

    assert preview.context["result"].totals["invalid"] == 2000
    assert "2000 rejected" in preview.content.decode().replace(",", "")


# --- Ugly content ----------------------------------------------------------------------------------

UGLY = [
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% load i18n %}",
    "'; DROP TABLE x; --",
    "עברית abc",
    "🏭🔧 GmbH",
    "%s%(name)s%n",
    "Zażółć «gęślą»",
]


@each_row("text", UGLY)
def test_any_text_is_shown_as_text_and_kept_as_it_is(text, desk):
    preview = upload(desk, HEADER + f'XCH-A,"{text}",10\n', name=f"{text[:40]}.csv")

    assert b"<script>alert" not in preview.content
    assert outcomes(preview) == {2: "new"}
    assert confirm(desk, preview).status_code == 302
    assert on_record()["XCH-A"][0] == text
    assert len(imports_recorded()) == 1


def test_a_very_long_cell_is_not_shown_in_full(desk):
    preview = upload(desk, HEADER + "XCH-A," + "x" * 100_000 + ",10\n")

    assert "Too long: 100000 characters, at most 200" in problems(preview, 2)[0][1]
    assert b"x" * 1000 not in preview.content


@each_row("escape", ["_xD800_", "_xDFFF_", "_x0000_", "_xFFFF_", "_x0007_"])
def test_symbols_that_no_text_holds_are_refused_or_shown_but_break_nothing(escape, desk):
    data = workbook(["sku", "name", "slot", escape], ["XCH-A", f"a{escape}b", 10, escape])

    assert upload(desk, data, "products.xlsx").status_code in (200, 422)


@settings(max_examples=examples(10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300))
def test_random_bytes_are_answered_in_words(data, desk):
    assert upload(desk, data).status_code == 422


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=4), min_size=1, max_size=4))
def test_random_tables_are_judged_and_nothing_else(rows, desk):
    file = io.StringIO()
    csv.writer(file).writerows([["sku", "name", "slot"], *rows])

    answer = upload(desk, file.getvalue().encode("utf-8", "surrogatepass"))

    assert answer.status_code in (200, 422)
    assert has_preview(answer) or error(answer)
    assert not (has_preview(answer) and has_button(answer) and answer.status_code == 422)
