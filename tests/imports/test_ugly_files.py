"""Malformed files as people have them: each is imported, or refused with what to correct (docs/imports.md)."""

import zipfile
from datetime import date, datetime
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from licences.domain.errors import Refusal
from licences.imports import staging
from licences.imports.rows.purchase_lines import MAX_LENGTHS
from licences.models import FileImport, LicenceGrant, RejectedRow, Serial, StagedPurchase
from licences.wording.sentences import sentence
from tests import factories
from tests.factories import TODAY
from tests.how_often import examples
from tests.imports.entry_points import (
    INSTALLATIONS,
    PURCHASES,
    State,
    at_once,
    confirmed,
    counts,
    on_record,
    parameters,
    preview,
    problems,
    through_the_page,
    waiting_rows,
)
from tests.imports.files import INSTALLATION_COLUMNS, PURCHASE_COLUMNS, csv_bytes, installation, row, xlsx_bytes
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def imported(tmp_path):
    """``imported(content)`` is the import of a file by the command, all rows or none."""

    def import_content(content, name="purchases.csv", **options):
        return at_once(tmp_path / name, content, **options)

    return import_content


# --- CSV -------------------------------------------------------------------------------------------


@each_row(
    ("encoding", "delimiter"),
    [("utf-8", ";"), ("utf-8-sig", ","), ("utf-16", "\t"), ("utf-16-le", ";"), ("utf-16-be", ","), ("cp1252", ";")],
)
def test_whatever_wrote_it_the_letters_are_right(imported, encoding, delimiter):
    done = imported(csv_bytes(row(city="Köln; Süd, „Veedel“ – 5 €"), encoding=encoding, delimiter=delimiter))

    assert done.state == State.APPLIED
    assert Customer.objects.get().name == "Bäckerei Müller & Söhne GmbH"
    assert Customer.objects.get().city == "Köln; Süd, „Veedel“ – 5 €"
    assert done.format["delimiter"] == delimiter


def test_the_header_comes_in_any_order_in_capitals_and_with_blanks(imported):
    values = row(line=1, quantity=4)
    columns = {name: f" {name.upper().replace('_', ' ')} " for name in reversed(values)}

    done = imported(csv_bytes({columns[name]: value for name, value in values.items()}, columns=columns.values()))

    assert done.state == State.APPLIED
    assert LicenceGrant.objects.get().quantity == 4


def test_empty_rows_and_columns_do_not_matter(imported):
    header, first = csv_bytes(row()).splitlines()
    content = b"\r\n".join([b"", b";;".replace(b";", b","), header + b",,", first + b",,", b"," * 20, b"", b" , "])

    done = imported(content)

    assert (done.state, counts(done)) == (State.APPLIED, {"new": 1})


def test_a_line_break_in_quotes_is_no_end_of_a_row(imported):
    done = imported(
        csv_bytes(row("PO-1", address_line1="Hof 3\nHinterhaus"), row("PO-2", quantity="x")), accept_valid=True
    )

    assert Customer.objects.get().address_line1 == "Hof 3 Hinterhaus"
    assert list(problems(done)) == [3]


def test_german_dates_are_read(imported):
    imported(csv_bytes(row(purchased_on="24.11.2026", software_assurance_until="31.12.2027")))

    grant = LicenceGrant.objects.get()
    assert (grant.purchased_on, grant.software_assurance_until) == (TODAY, date(2027, 12, 31))


@each_row("quantity", ["1.000", "1,000", "1 000", "1.5", "1e3"])
def test_a_quantity_that_may_mean_two_things_is_refused_in_words(imported, quantity):
    done = imported(csv_bytes(row(quantity=quantity)))

    assert problems(done) == {2: [("quantity", quantity, "not-a-whole-number")]}
    assert "without dots, spaces or decimals" in sentence("not-a-whole-number")
    assert not LicenceGrant.objects.exists()


@each_row("typed", ["AB1C-09XZ", "ab1c 09xz", "AB1CO9XZ"])
def test_a_serial_number_typed_with_zero_for_o_is_the_same(imported, typed):
    known = factories.bought(serial="AB1CO9XZ", customer_number="K-1")

    imported(csv_bytes(row(serial=typed, quantity=2)))

    assert Serial.objects.get() == known
    assert known.balances.get().quantity == 3


@each_row("typed", ["1,23E+05", "1.23E+07", "12345678"])
def test_a_serial_number_of_which_a_spreadsheet_made_a_number_is_refused(imported, typed):
    """Digits alone, in CSV, may be a serial number; an exponent never is."""
    done = imported(csv_bytes(row(serial=typed)))

    if typed == "12345678":
        assert Serial.objects.get().code == typed
    else:
        assert problems(done) == {2: [("serial", typed, "cell-is-a-number")]}


def test_a_row_with_more_cells_than_the_header_is_refused(imported):
    header, first, second = csv_bytes(row("PO-1"), row("PO-2")).splitlines()

    done = imported(b"\n".join([header, first + b",surplus", second]), accept_valid=True)

    assert problems(done) == {2: [("", "", "too-many-cells")]}
    assert counts(done) == {"new": 1, "rejected": 1}


def through_either_door(door, tmp_path, content, **options):
    """The import of a file, by the command or by the page."""
    return at_once(tmp_path / "file", content, **options) if door == "command" else through_the_page(content, **options)


both_doors = each_row("door", ["command", "page"])
both_formats = each_row("write", [csv_bytes, xlsx_bytes])


@both_doors
def test_quotation_marks_that_do_not_match_cost_only_their_row(door, tmp_path):
    lines = csv_bytes(
        *(row(f"PO-{number}", customer_number="") for number in range(2, 100)), delimiter=";"
    ).splitlines()
    lines[3] = lines[3].replace("Bäckerei Müller & Söhne GmbH".encode(), b'"Alte Post" Hotel GmbH')

    done = through_either_door(door, tmp_path, b"\r\n".join(lines), accept_valid=True)

    assert problems(done) == {4: [("", "", "row-quotes")]}
    assert LicenceGrant.objects.count() == 97


@both_doors
@both_formats
@pytest.mark.parametrize(("written", "quantity"), [("−5", -5), ("5-", -5), ("5,0", 5), ("5.00", 5), ("-5", -5)])
def test_a_quantity_is_read_as_other_systems_write_it(door, write, written, quantity, tmp_path):
    factories.bought(customer_number="K-1", quantity=9)

    done = through_either_door(door, tmp_path, write(row("PO-2", quantity=written, product="XCH-SRV")))

    assert done.state == State.APPLIED
    assert LicenceGrant.objects.get(purchase_reference="PO-2").quantity == quantity


@both_doors
@both_formats
@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("quantity", "1.000", "not-a-whole-number"),
        ("quantity", "25,000", "not-a-whole-number"),
        ("software_assurance_until", "31.12.9999", "date-for-none"),
        ("software_assurance_until", "45963", "date-is-a-number"),
    ],
)
def test_what_stays_unclear_is_asked_in_words(door, write, column, cell, reason, tmp_path):
    done = through_either_door(door, tmp_path, write(row(**{column: cell})))

    assert problems(done) == {2: [(column, cell, reason)]}
    assert not LicenceGrant.objects.exists()


@both_doors
@both_formats
def test_dates_are_read_as_other_systems_write_them(door, write, tmp_path):
    rows = [row("PO-1", purchased_on="2026-11-24 00:00:00", software_assurance_until="20271231"),
            row("PO-2", purchased_on="24.11.26", software_assurance_until="31.12.2027 00:00")]  # fmt: skip

    through_either_door(door, tmp_path, write(*rows))

    dates = LicenceGrant.objects.values_list("purchased_on", "software_assurance_until")
    assert set(dates) == {(TODAY, date(2027, 12, 31))}
    assert len(dates) == 2


@both_doors
@both_formats
def test_what_a_program_put_around_a_code_or_in_it_unseen_is_not_part_of_it(door, write, tmp_path):
    plain = row("PO-1", customer_number="00123", customer_name="Huber GmbH", postcode="01067")
    at_once(tmp_path / "first", csv_bytes(plain))
    odd = [
        plain | {"purchase_reference": '="PO-1"', "customer_number": '="00123"', "postcode": '=T("01067")'},
        plain | {"purchase_reference": "'PO-1", "customer_number": "\t00123", "postcode": "'01067"},
        plain
        | {"purchase_reference": "PO-1\u200b", "customer_number": "\ufeff00123", "customer_name": "Hu\u00adber GmbH"},
        plain
        | {"purchase_reference": "\u00a0PO-1", "customer_name": "Huber\u00a0\u2009GmbH\u2060", "quantity": "1\u200e"},
    ]

    for each in odd:
        assert counts(through_either_door(door, tmp_path, write(each))) == {"unchanged": 1}
    assert LicenceGrant.objects.count() == 1


# --- XLSX ------------------------------------------------------------------------------------------


def workbook(**values):
    cells = {name: int(value) if value.isdigit() else value for name, value in row().items()}
    return xlsx_bytes(cells | values)


def test_a_workbook_is_read_with_its_numbers_and_dates(imported):
    half_past_eight = datetime(2027, 12, 31, 8, 30)  # noqa: DTZ001  (a cell has no zone)
    content = workbook(quantity=3, purchased_on=TODAY, software_assurance_until=half_past_eight)

    done = imported(content, "purchases.xlsx")

    grant = LicenceGrant.objects.get()
    assert (grant.quantity, grant.purchased_on, grant.software_assurance_until) == (3, TODAY, date(2027, 12, 31))
    assert done.format["format"] == "xlsx"


def test_numbers_that_are_stored_as_text_are_read(imported):
    imported(workbook(line="7", quantity="12", postcode="01067"), "purchases.xlsx")

    grant = LicenceGrant.objects.get()
    assert (grant.line, grant.quantity, grant.serial.site.customer.postcode) == (7, 12, "01067")


@each_row(
    ("column", "cell", "shown", "reason"),
    [
        ("serial", 12345678, "12345678", "cell-is-a-number"),
        ("serial", 1234567.5, "1234567.5", "cell-is-a-number"),
        ("purchase_reference", 1234567890123456, "1234567890123456", "cell-is-a-number"),
        ("customer_number", 10.5, "10.5", "cell-is-a-number"),
        ("product", date(2026, 4, 2), "2026-04-02", "cell-is-a-date"),
        ("quantity", 2.5, "2.5", "not-a-whole-number"),
        ("quantity", date(1900, 1, 5), "1900-01-05", "cell-is-a-date"),
        ("purchased_on", 46350, "46350", "date-is-a-number"),
        ("customer_name", "#N/A", "#N/A", "cell-is-an-error"),
    ],
)
def test_what_excel_turned_into_something_else_is_refused_in_words(imported, column, cell, shown, reason):
    content = workbook(**{column: cell})

    done = imported(content, "purchases.xlsx")

    assert problems(done) == {2: [(column, shown, reason)]}
    assert sentence(reason, parameters(done, 2))
    assert on_record()[:5] == [0, 0, 0, 0, 0]


@both_doors
def test_a_formula_that_was_never_calculated_is_named(door, tmp_path):
    done = through_either_door(door, tmp_path, workbook(quantity="=5*4"))

    assert problems(done) == {2: [("quantity", "=5*4", "cell-is-a-formula")]}
    assert "never calculated" in sentence("cell-is-a-formula")


def test_a_workbook_may_call_itself_csv(imported):
    assert imported(workbook(), "purchases.csv").format["format"] == "xlsx"


# --- What cannot be read ------------------------------------------------------------------------------


def zip_bomb():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (80 << 20))
    return out.getvalue()


UNREADABLE = {
    "empty": (b"", "file-empty"),
    "a letter": (b"Dear colleagues,\nplease find attached our order.\n", "file-no-table"),
    "a header alone": (b"colour,size\n", "file-no-table"),
    "columns missing": (b"purchase_reference,line\n", "columns-missing"),
    "a column twice": (b"purchase_reference,line,Line,product,quantity,customer_name\n", "columns-twice"),
    "a row without an end": (csv_bytes(row()) + b"x" * 200_000, "row-too-large"),
    "a zip bomb": (zip_bomb, "file-too-large-unpacked"),
    "half a workbook": (lambda: workbook()[:900], "file-broken"),
}  # fmt: skip


@each_row(("content", "reason"), UNREADABLE.values())
def test_a_file_that_is_no_table_of_purchases_is_refused_as_a_whole_and_in_words(imported, content, reason):
    content = content() if callable(content) else content

    uploaded = preview(content)
    with pytest.raises(Refusal) as refused:
        imported(content)

    assert refused.value.code == reason
    assert sentence(reason, refused.value.parameters)
    for failed in FileImport.objects.all():
        assert (failed.state, failed.failure["code"]) == (State.FAILED, reason)
        assert sentence(reason, failed.failure["parameters"])
    assert uploaded.has_ended
    assert waiting_rows() == 0


def test_a_file_that_breaks_off_leaves_nothing_of_what_was_read_before(imported, monkeypatch):
    monkeypatch.setattr(staging, "CHUNK", 2)
    rows = [row(f"PO-{number}") for number in range(5)]

    with pytest.raises(Refusal) as refused:
        imported(csv_bytes(*rows) + b"PO-9,1,,,XCH-SRV,\x00")

    assert refused.value.parameters["row"] == 7
    assert waiting_rows() == 0
    assert not LicenceGrant.objects.exists()


# --- Any letters ----------------------------------------------------------------------------------


@each_row("letter", ["\u0390", "\ufb03", "\u0130", "ß"])
def test_the_longest_texts_of_letters_that_grow_when_they_are_folded_are_kept_whole(letter):
    texts = {column: letter * length for column, length in MAX_LENGTHS.items() if column != "product"}

    found = preview(csv_bytes(row(**texts), row("PO-2", product=letter * MAX_LENGTHS["product"])))
    confirmed(found, accept_valid=True)

    customer = Customer.objects.get()
    assert (customer.name, customer.sites.get().name) == (letter * 200, letter * 200)
    assert [reason for ((_column, _value, reason),) in problems(found).values()] == ["product-unknown"]


AN_INSTALLATION = installation("AB1C-O9XZ")
letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=210)


@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(
        [(PURCHASES, PURCHASE_COLUMNS, row()), (INSTALLATIONS, INSTALLATION_COLUMNS, AN_INSTALLATION)]
    ),
    odd=st.lists(st.dictionaries(st.integers(0, 17), letters, min_size=1), min_size=1, max_size=5),
)
def test_whatever_the_cells_hold_there_is_a_preview_or_a_sentence(kind, odd):
    kind, columns, good = kind
    rows = [good | {columns[place % len(columns)]: text for place, text in cells.items()} for cells in odd]

    found = preview(csv_bytes(*rows, columns=columns), kind=kind)

    if found.state == State.FAILED:
        assert sentence(**found.failure)
    else:
        assert found.state == State.PREVIEW
        for several in RejectedRow.objects.filter(pk__range=found.row_ids).values_list("problems", flat=True):
            assert all(sentence(reason, about) for _column, _value, reason, about in several)


# --- Any size --------------------------------------------------------------------------------------


def test_no_more_rows_are_held_in_memory_than_a_chunk(monkeypatch):
    monkeypatch.setattr(staging, "CHUNK", 10)
    ahead = []

    def rows():
        for number in range(2, 102):
            ahead.append(number - 2 - file_import.rows_read)
            cells = row(f"PO-{number}", quantity="x" if number % 7 == 0 else 1)
            yield number, tuple(cells.get(column, "") for column in PURCHASE_COLUMNS)

    file_import = FileImport.objects.create(kind=FileImport.Kind.PURCHASES)
    staging.stage_rows(file_import, rows())

    assert (file_import.rows_read, StagedPurchase.objects.count()) == (100, 86)
    assert max(ahead) <= 10
