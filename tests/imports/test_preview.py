"""The preview of a file, before any record is written (docs/surface.md#purchase-file)."""

from io import StringIO

import pytest
from django.core.management import call_command

from licences import imports, operations
from licences.domain.codes import ALPHABET, grouped, new_serial
from licences.imports import bulk, staging
from licences.imports.queries import earlier_imports_of_the_file, rejected_rows
from licences.imports.rows.row_cells import CellProblem
from licences.models import FileImport, Product, RejectedRow, RowOutcome
from tests import factories
from tests.imports.entry_points import (
    State,
    advance,
    changes,
    confirmed,
    counts,
    on_record,
    outcomes,
    parameters,
    preview,
    problems,
    reasons,
    receive,
    waiting_rows,
)
from tests.imports.files import PURCHASE_COLUMNS, csv_bytes, row
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


def previewed(*rows, **options):
    return preview(csv_bytes(*rows, **options))


def one_slip_from(code):
    return code[:-1] + next(symbol for symbol in ALPHABET if symbol != code[-1])


# --- Outcomes --------------------------------------------------------------------------------------


def test_every_row_has_its_outcome_and_they_are_counted():
    known = factories.bought(customer_number="K-1", quantity=5)
    recorded = known.grants.get()
    again = dict(zip(PURCHASE_COLUMNS, factories.line().texts(), strict=True)) | {
        "purchase_reference": recorded.purchase_reference,
        "customer_number": "K-1",
        "quantity": "5",
    }

    found = previewed(
        row("PO-1", customer_number="K-9"),
        row("PO-2"),
        row("PO-3", serial=known.code),
        row("PO-4", quantity=-2),
        row("PO-5", serial="AB1C-O9XZ", customer_number="K-8"),
        again,
        row("PO-6", product="XCH-NIL"),
        row("PO-7", quantity="many"),
    )

    assert found.state == State.PREVIEW
    assert outcomes(found) == {
        2: "new", 3: "top_up", 4: "top_up", 5: "return", 6: "taken_over", 7: "unchanged", 8: "rejected",
    }  # fmt: skip
    assert counts(found) == {"new": 1, "top_up": 2, "return": 1, "taken_over": 1, "unchanged": 1, "rejected": 2}


def test_top_ups_and_returns_say_which_serial_number_they_mean():
    known = factories.bought(customer_number="K-1")

    found = previewed(row("PO-1"), row("PO-2", product="XCH-USR", customer_number="K-2"), row("PO-3", quantity=-1))

    said = {each.row: each.serial for each in RowOutcome.objects.filter(pk__range=found.row_ids)}
    assert said == {2: known.code, 3: "", 4: known.code}


def test_a_serial_number_that_is_taken_over_is_named():
    found = previewed(row(serial="ab1c-o9xz"))

    assert RowOutcome.objects.get(pk__range=found.row_ids).serial == "AB1CO9XZ"


def test_a_preview_writes_nothing_to_the_record():
    before = on_record()

    previewed(row("PO-1"), row("PO-2", serial="AB1C-O9XZ", customer_number="K-2"), row("PO-3", product="XCH-NIL"))

    assert on_record() == before


def test_an_uploaded_file_waits_until_a_worker_reads_it():
    received = receive(csv_bytes(row()), name="november.csv", by="clerk")

    assert (received.state, received.file_name, received.uploaded_by) == (State.WAITING, "november.csv", "clerk")
    assert len(received.sha256) == 64
    assert received.size == len(csv_bytes(row()))
    assert waiting_rows() == 0


def test_a_preview_says_how_far_it_came():
    found = previewed(*[row(f"PO-{number}") for number in range(7)])

    assert (found.rows_read, found.rows_checked, found.rows_applied) == (7, 7, 0)
    assert found.fraction_read == 1.0
    assert found.attempts == 0


def test_a_file_of_more_than_a_chunk_is_read_whole(monkeypatch):
    monkeypatch.setattr("licences.imports.staging.CHUNK", 3)

    found = previewed(*[row(f"PO-{number}", quantity=number or "x") for number in range(10)])

    assert counts(found) == {"new": 9, "rejected": 1}
    assert list(outcomes(found)) == list(range(3, 12))


# --- Rejected rows ---------------------------------------------------------------------------------


def test_a_rejected_row_is_named_with_its_number_column_value_and_reason():
    found = previewed(row("PO-1"), row("PO-2", product="XCH-NIL"))

    assert problems(found) == {3: [("product", "XCH-NIL", "product-unknown")]}
    assert parameters(found, 3) == {"product": "XCH-NIL"}


def test_a_row_that_cannot_be_read_says_all_that_is_wrong_with_it():
    found = previewed(row(quantity="1.000", line="x", purchased_on="31.02.2026", customer_name=""))

    assert problems(found) == {
        2: [
            ("line", "x", "not-a-whole-number"),
            ("purchased_on", "31.02.2026", "not-a-date"),
            ("quantity", "1.000", "not-a-whole-number"),
            ("customer_name", "", "value-missing"),
        ]
    }


def test_rows_are_numbered_as_a_spreadsheet_numbers_them():
    header, first, second, *_ = csv_bytes(row("PO-1"), row("PO-2", quantity="x")).split(b"\r\n")

    found = preview(b"\r\n".join([header, b"", first, b",,,", second, b""]))

    assert list(problems(found)) == [5]
    assert list(outcomes(found)) == [3]


def test_two_lines_with_the_same_key_and_other_content_name_each_other():
    found = previewed(row("PO-1"), row("PO-2"), row("PO-1", quantity=2), row("PO-1", quantity=3))

    assert reasons(found) == dict.fromkeys((2, 4, 5), "key-twice")
    assert [parameters(found, each)["row"] for each in (2, 4, 5)] == [5, 2, 2]
    assert counts(found) == {"new": 1, "rejected": 3}


def test_the_same_line_twice_is_imported_once():
    found = previewed(row("PO-1"), row("PO-1"))

    assert outcomes(found) == {2: "new", 3: "unchanged"}


def test_a_line_on_record_with_other_content_names_the_columns():
    factories.bought(purchase_reference="PO-1", customer_number="K-1", quantity=1)

    found = previewed(row("PO-1", quantity=7))

    assert reasons(found) == {2: "key-with-other-content"}
    assert "quantity" in parameters(found, 2)["columns"]
    assert "product" not in parameters(found, 2)["columns"]


@each_row(("quantities", "total"), [((5, -6), -1), ((32767, 1), 32768)])
def test_a_total_out_of_range_rejects_the_rows_of_that_product(quantities, total):
    found = previewed(
        *[row(f"PO-{quantity}", quantity=quantity) for quantity in quantities], row("PO-9", product="XCH-USR")
    )

    assert reasons(found) == dict.fromkeys((2, 3), "total-out-of-range")
    assert parameters(found, 2) == {"total": total, "limit": 32767}
    assert outcomes(found)[4] == "new"


@each_row("quantities", [(-3, 5), (5, -3), (32767, 1, -1)])
def test_a_file_is_judged_by_its_end(quantities):
    found = previewed(*[row(f"PO-{number}", quantity=each) for number, each in enumerate(quantities)])

    assert "rejected" not in counts(found)


def test_an_eighth_product_is_rejected():
    for slot in range(7, 10):
        operations.save_product(Product(sku=f"XCH-{slot}", name=f"Product {slot}", slot=slot), by="tests")
    skus = list(Product.objects.order_by("slot").values_list("sku", flat=True)[:8])

    found = previewed(*[row("PO-1", number, product=sku) for number, sku in enumerate(skus)])

    assert set(reasons(found).values()) == {"too-many-products"}
    assert parameters(found, 2) == {"count": 8, "limit": 7}


def test_a_serial_number_of_another_customer_is_rejected():
    known = factories.bought(customer_number="K-2")

    found = previewed(row(serial=known.code))

    assert problems(found) == {2: [("serial", known.code, "serial-of-another-customer")]}


def test_characters_that_few_people_use_come_back_as_they_are():
    name = "\U00010000 \\u0000 \\ud800 \U0001f9c1"

    found = previewed(row(customer_name=name, quantity="x"), row("PO-2", product="XCH-NIL", customer_name=name))

    shown = [dict(zip(PURCHASE_COLUMNS, each.cells, strict=True))["customer_name"] for each in rejected_rows(found)]
    assert shown == [name, name]


def test_what_no_database_keeps_is_marked():
    odd = "a\0b\ud800"
    kept = staging.rejected_values(
        7, [CellProblem("product", odd, "product-unknown", {"product": odd})], [odd], readable=True
    )

    bulk.insert_rows(RejectedRow._meta.db_table, staging.REJECTED_COLUMNS, [kept])

    shown = RejectedRow.objects.get()
    assert shown.cells == ["a\ufffdb\ufffd"]
    assert shown.problems == [["product", "a\ufffdb\ufffd", "product-unknown", {"product": "a\ufffdb\ufffd"}]]


# --- The file --------------------------------------------------------------------------------------


def test_columns_that_nobody_knows_are_named():
    found = preview(csv_bytes(row() | {"Colour": "red", "error": "x"}, columns=[*PURCHASE_COLUMNS, "Colour", "error"]))

    assert found.format["unknown_columns"] == ["Colour"]
    assert counts(found) == {"new": 1}


@each_row("content", [csv_bytes(), csv_bytes() + b"\r\n,,,\r\n \r\n"])
def test_a_file_without_rows_is_refused(content):
    found = preview(content)

    assert (found.state, found.failure) == (State.FAILED, {"code": "file-without-rows", "parameters": {}})
    assert found.has_ended
    assert waiting_rows() == 0


def test_a_file_of_rejected_rows_alone_is_a_preview_with_nothing_new():
    found = previewed(row(quantity="x"))

    assert found.state == State.PREVIEW
    assert not found.changes_anything()


# --- Similar serial numbers --------------------------------------------------------------------------


@pytest.fixture
def similar():
    """A preview of two unknown serial numbers, one of them one slip away from a known one."""
    factories.bought(serial="AB1CO9XZ", customer_number="K-1")
    return previewed(
        row("PO-1", serial=one_slip_from("AB1CO9XZ")), row("PO-2", serial="HHHHHHHH", customer_number="K-2")
    )


def test_a_serial_number_one_slip_from_a_known_one_is_to_be_confirmed(similar):
    assert reasons(similar) == {2: "serial-similar-to-known"}
    assert parameters(similar, 2) == {"similar": "AB1C-O9XZ"}
    assert outcomes(similar)[3] == "taken_over"


def test_accepting_similar_serial_numbers_makes_the_preview_anew(similar):
    imports.accept_similar_serials(file_import_id=similar.pk, by="clerk")
    similar.refresh_from_db()
    assert similar.is_running

    advance(similar)

    assert (similar.state, similar.previews) == (State.PREVIEW, 2)
    assert counts(similar) == {"taken_over": 2}
    assert changes(similar) == {2: ("rejected", "taken_over")}
    assert problems(similar) == {}


def test_what_changed_while_similar_serial_numbers_were_accepted_is_said(similar):
    factories.bought(serial="HHHHHHHH", customer_number="K-3")
    imports.accept_similar_serials(file_import_id=similar.pk, by="clerk")

    advance(similar)

    assert changes(similar) == {2: ("rejected", "taken_over"), 3: ("taken_over", "rejected")}
    assert similar.changed_since_preview == 2


def test_zero_for_o_is_no_slip():
    known = factories.bought(serial="AB1CO9XZ", customer_number="K-1")

    found = previewed(row("PO-1", serial="AB1C-09XZ"), row("PO-2", serial="ab1c 09xz"))

    assert counts(found) == {"top_up": 2}
    assert {each.serial for each in RowOutcome.objects.filter(pk__range=found.row_ids)} == {known.code}


# --- The same file again -----------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing_and_says_so_before_it_is_read():
    content = csv_bytes(row("PO-1"), row("PO-2", product="XCH-USR"))
    first = confirmed(preview(content))

    second = receive(content)
    assert list(earlier_imports_of_the_file(second)) == [first]

    advance(second)
    assert counts(second) == {"unchanged": 2}
    assert not second.changes_anything()
    assert list(earlier_imports_of_the_file(first)) == []


def test_the_command_says_so_as_well(tmp_path):
    path, said = tmp_path / "purchases.csv", StringIO()
    path.write_bytes(csv_bytes(row("PO-1")))
    confirmed(preview(path.read_bytes()))

    call_command("import_purchases", str(path), "--dry-run", stdout=said, stderr=said)

    assert said.getvalue().startswith("warning: the same file was imported before, on ")
    assert "unchanged: 1" in said.getvalue()


def test_many_serial_numbers_that_are_taken_over_are_each_compared_with_those_on_record():
    known = [factories.bought(serial=new_serial()).code for _ in range(3)]
    slips = [one_slip_from(code) for code in known]
    others = [new_serial() for _ in range(120)]

    found = previewed(
        *[row(f"PO-{number}", serial=code, customer_number=f"N-{number}") for number, code in enumerate(others + slips)]
    )

    assert set(reasons(found).values()) == {"serial-similar-to-known"}
    assert [parameters(found, each)["similar"] for each in sorted(problems(found))] == [grouped(code) for code in known]
    assert counts(found) == {"taken_over": 120, "rejected": 3}


def test_an_import_knows_what_it_is_called():
    assert str(receive(csv_bytes(row()), name="november.csv")) == "november.csv"
    assert FileImport(pk=7, file_name="november.csv").stem == "november"
    assert FileImport(pk=7).stem == "7"
