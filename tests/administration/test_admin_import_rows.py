"""The outcome of each imported row, and how the preview shows where and why a row is wrong."""

import pytest

from licences import operations
from licences.models import Product
from tests.administration.admin_imports import (
    HEADER,
    confirm,
    has_button,
    on_record,
    outcomes,
    problems,
    upload,
    workbook,
)
from tests.tables import each_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(catalogue, administrator, as_user):
    return as_user(administrator)


# --- Rows that cannot be ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        (",Something,9", "SKU", "This must not be empty."),
        ("   ,Something,9", "SKU", "This must not be empty."),
        ("XCH-NEW,,9", "Name", "This must not be empty."),
        ("XCH-NEW,Something,", "Slot", "This must not be empty."),
        ("X" * 65 + ",Something,9", "SKU", "Too long: 65 characters, at most 64 are possible. Shorten the text."),
        (
            "XCH-NEW," + "x" * 201 + ",9",
            "Name",
            "Too long: 201 characters, at most 200 are possible. Shorten the text.",
        ),
        ("XCH-\x07NEW,Something,9", "SKU", "This contains an invisible control character. Type the text again."),
        ("XCH-NEW,Some\x1bthing,9", "Name", "This contains an invisible control character. Type the text again."),
        (
            '"1,23E+05",Something,9',
            "SKU",
            "Your spreadsheet program turned this into a number, and digits may be lost.",
        ),
        ("XCH-NEW,Something,0", "Slot", "The number must be between 1 and 31."),
        ("XCH-NEW,Something,32", "Slot", "The number must be between 1 and 31."),
        ("XCH-NEW,Something,-1", "Slot", "The number must be between 1 and 31."),
        ("XCH-NEW,Something," + "9" * 20, "Slot", "The number must be between 1 and 31."),
        (
            "XCH-NEW,Something," + "9" * 5000,
            "Slot",
            "Too long: 5000 characters, at most 20 are possible. Shorten the text.",
        ),
        ("XCH-NEW,Something,nine", "Slot", "Enter a whole number from 1 to 31."),
        ("XCH-NEW,Something,9.5", "Slot", "Enter a whole number from 1 to 31."),
        ('XCH-NEW,Something,"9,5"', "Slot", "Enter a whole number from 1 to 31."),
        ("XCH-NEW,Something,1.000", "Slot", "Enter a whole number from 1 to 31."),
        ("XCH-NEW,Something,²", "Slot", "Enter a whole number from 1 to 31."),
        ("XCH-NEW,Something,-", "Slot", "Enter a whole number from 1 to 31."),
        ("XCH-NEW,Something,4", "Slot", "4 is already used by Xchange CRM connector."),
        ("XCH-SRV,Xchange Server,9", "Slot", "The slot of a product cannot be changed, because unlock codes use it."),
        ("XCH-SRV,Xchange Server,2", "Slot", "The slot of a product cannot be changed, because unlock codes use it."),
        ("XCH-NEW,Something,9,more", "", "This row has more cells than the header has columns."),
    ],
)
def test_an_invalid_row_is_named_with_its_number_its_column_and_the_reason(row, column, sentence, desk):
    before = on_record()

    preview = upload(desk, HEADER + f"XCH-OK,Something valid,10\n{row}\n")

    assert preview.status_code == 422
    assert outcomes(preview) == {2: "new", 3: "rejected"}
    ((found, words),) = problems(preview, 3)
    assert found == column
    assert words.startswith(sentence)
    assert words in preview.content.decode()
    assert not has_button(preview)
    assert on_record() == before


def test_all_that_is_wrong_with_a_row_is_said_at_once(desk):
    preview = upload(desk, HEADER + ",,99\n")

    assert [column for column, _words in problems(preview, 2)] == ["SKU", "Name", "Slot"]


def test_what_a_rejected_row_says_is_shown_as_it_stands_in_the_file(desk):
    preview = upload(desk, HEADER + "xch-srv,Renamed,nine\n")

    (row,) = preview.context["result"].invalid_rows
    assert [value for _title, value, _problems in row.cells] == ["xch-srv", "Renamed", "nine"]


def test_row_numbers_are_those_of_a_spreadsheet_program(desk):
    preview = upload(desk, HEADER + '\nXCH-A,"two\nlines",10\n\n,,\nXCH-B,B,99\n')

    assert outcomes(preview) == {3: "new", 6: "rejected"}


# --- Rows that meet in one file --------------------------------------------------------------------


def test_the_same_product_in_two_rows_is_rejected_in_any_case_of_its_letters(desk):
    preview = upload(desk, HEADER + "XCH-A,A,10\nxch-a,A again,11\n")

    assert outcomes(preview) == {2: "new", 3: "rejected"}
    assert problems(preview, 3) == [("SKU", "Row 2 has the same value. Keep only one of them.")]


def test_the_same_unchanged_product_in_two_rows_is_rejected_too(desk):
    preview = upload(desk, HEADER + "XCH-SRV,Xchange Server,1\nXCH-SRV,Xchange Server,1\n")

    assert outcomes(preview) == {2: "unchanged", 3: "rejected"}
    assert ("SKU", "Row 2 has the same value. Keep only one of them.") in problems(preview, 3)


def test_the_same_slot_in_two_rows_is_rejected(desk):
    preview = upload(desk, HEADER + "XCH-A,A,10\nXCH-B,B,10\n")

    assert problems(preview, 3) == [("Slot", "Row 2 has the same value. Keep only one of them.")]


def test_two_rows_without_a_product_are_not_called_the_same(desk):
    preview = upload(desk, HEADER + ",A,10\n,B,11\n")

    assert [words for row in (2, 3) for _column, words in problems(preview, row)] == ["This must not be empty."] * 2


def test_slots_cannot_be_swapped(desk):
    preview = upload(desk, HEADER + "XCH-SRV,Xchange Server,2\nXCH-USR,Xchange user licence,1\n")

    assert set(outcomes(preview).values()) == {"rejected"}
    assert on_record()["XCH-SRV"] == ("Xchange Server", 1)


# --- Rows that are found again ---------------------------------------------------------------------


def test_a_product_is_found_in_any_case_of_its_letters_and_keeps_its_spelling(desk):
    preview = upload(desk, HEADER + "xch-srv,Renamed,1\n")

    assert outcomes(preview) == {2: "changed"}
    confirm(desk, preview)
    assert on_record()["XCH-SRV"] == ("Renamed", 1)
    assert "xch-srv" not in on_record()


def test_blanks_around_and_line_breaks_within_are_not_taken_for_a_change(desk):
    assert outcomes(upload(desk, HEADER + '"  XCH-SRV ","Xchange\n Server", 1 \n')) == {2: "unchanged"}


def test_a_new_capital_in_a_name_is_a_change(desk):
    assert outcomes(upload(desk, HEADER + "XCH-SRV,Xchange server,1\n")) == {2: "changed"}


def test_products_that_the_file_does_not_name_stay(desk):
    before = on_record()

    confirm(desk, upload(desk, HEADER + "XCH-A,A,10\n"))

    assert on_record() == before | {"XCH-A": ("A", 10)}


def test_the_first_products_of_all_can_be_imported(administrator, as_user):
    desk = as_user(administrator)

    assert confirm(desk, upload(desk, HEADER + "A,A,1\nB,B,31\n")).status_code == 302
    assert on_record() == {"A": ("A", 1), "B": ("B", 31)}


# --- Formulas --------------------------------------------------------------------------------------


@each_row("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(A1)", "'=1+1", "＝1"])
@each_row("column", ["SKU", "Name"])
def test_a_name_that_begins_like_a_formula_is_refused(text, column, desk):
    row = [text, "Something", "9"] if column == "SKU" else ["XCH-NEW", text, "9"]

    preview = upload(desk, HEADER + ",".join(row) + "\n")

    assert problems(preview, 2) == [(column, "This looks like a formula. Remove = + - @ at the beginning.")]


def test_the_result_of_a_formula_is_no_text_of_it(desk):
    """A workbook that no program has calculated holds formulas without results."""
    preview = upload(desk, workbook(["sku", "name", "slot"], ["XCH-NEW", "=1+1", 9]), "products.xlsx")

    assert outcomes(preview) == {2: "rejected"}
    assert problems(preview, 2)[0][0] == "Name"


def test_what_is_on_record_already_may_stay_and_comes_back_from_an_export(desk):
    operations.save_product(Product(sku="+PLUS", name="=old", slot=20), by="tests")

    preview = upload(desk, HEADER + "'+PLUS,'=old,20\n")
    renamed = upload(desk, HEADER + "'+PLUS,Named properly,20\n")

    assert outcomes(preview) == {2: "unchanged"}
    assert outcomes(renamed) == {2: "changed"}


# --- As other systems write cells ------------------------------------------------------------------


@each_row(
    "row",
    ['"=""XCH-NEW""",Something,9', "'XCH-NEW,Something,9", "XCH-NEW\u200b,Some\u00adthing,9", 'XCH-NEW,Something,"9,0"',
     "\u00a0XCH-NEW,Something\ufeff,9.00"],
)  # fmt: skip
def test_a_cell_is_read_as_other_systems_write_it(row, desk):
    confirm(desk, upload(desk, HEADER + row + "\n"))

    assert on_record()["XCH-NEW"] == ("Something", 9)


def test_quotation_marks_that_do_not_match_cost_only_their_row(desk):
    preview = upload(desk, HEADER + 'XCH-A,A,10\nXCH-B,"Alte Post" B,11\nXCH-C,C,12\n')

    assert outcomes(preview) == {2: "new", 3: "rejected", 4: "new"}
    assert "quotation marks" in problems(preview, 3)[0][1]


def test_a_formula_that_was_never_calculated_is_named(desk):
    preview = upload(desk, workbook(["sku", "name", "slot"], ["XCH-NEW", "=5*4", 9]), "products.xlsx")

    assert "never calculated" in problems(preview, 2)[0][1]
