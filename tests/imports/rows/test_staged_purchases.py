"""Staged purchase rows: the fast parser and the careful parser agree."""

from hypothesis import example, given
from hypothesis import strategies as st

from licences.domain.cells import NumberCell
from licences.domain.customer_keys import match_key
from licences.imports.rows.purchase_lines import COLUMNS, PurchaseLine, parse_cells, plain_texts
from licences.imports.rows.staged_purchases import STAGED_COLUMNS, stage_line, stage_row
from tests.imports.rows.cases import PURCHASE
from tests.tables import each_row

ROW = PURCHASE.row
CELLS = tuple(ROW.values())
tricky = st.text(st.sampled_from("1a0-.E+ |'\u00a0\tü\u0308é\u200b\x00"), max_size=5)
cells_of_rows = st.tuples(*[st.just(cell) | tricky | st.sampled_from(["", " ", cell.lower()]) for cell in CELLS])


@given(cells_of_rows)
@example(CELLS)
@example((*CELLS[:-1], "\u200b"))
@example(("PO\u200b-1", *CELLS[1:]))
def test_what_is_taken_as_it_stands_is_what_is_read_with_care(cells):
    taken = plain_texts(cells)
    line = parse_cells(cells)

    if taken is not None:
        assert isinstance(line, PurchaseLine)
        assert taken == (line.purchase_texts(), line.party())
    if isinstance(line, list):
        assert stage_row(7, cells) == line
    else:
        expected = dict(zip(STAGED_COLUMNS, stage_line(7, line), strict=True)) | as_written(cells, line)
        assert dict(zip(STAGED_COLUMNS, stage_row(7, cells), strict=True)) == expected


def as_written(cells, line):
    """Reference and digest of a row with what cannot be seen, where that is another row: older imports kept these."""
    raw = parse_cells(cells, raw=True)
    if isinstance(raw, list) or raw == line:
        return {"raw_reference": "", "raw_digest": ""}
    return {"raw_reference": raw.purchase_reference, "raw_digest": raw.row_digest()}


def test_an_ordinary_row_is_taken_as_it_stands():
    assert plain_texts(CELLS) is not None
    assert plain_texts((*CELLS[:3], "", *CELLS[4:])) is not None


@each_row("cell", [" a", "a\n", "a" * 255, NumberCell("1"), "1,2E+05", "u\u0308"])
def test_a_row_with_a_cell_that_needs_care_is_not(cell):
    rows = [(*CELLS[:column], cell, *CELLS[column + 1 :]) for column in range(len(COLUMNS))]

    assert [row for row in rows if plain_texts(row) is not None] == []


def test_every_column_has_its_value():
    values = dict(zip(STAGED_COLUMNS, stage_row(7, CELLS), strict=True))

    assert {column: values[column] for column in COLUMNS} == {**ROW, "serial": "AB1CO9XZ"}
    assert values["id"] == "7"
    assert values["product_key"] == "XCH-CTI-10"
    assert values["match_key"] == match_key(ROW["customer_name"], ROW["address_line1"], ROW["postcode"])
    assert 0 <= int(values["buyer"]) < 2**63
    assert 0 <= int(values["place"]) < 2**63


def test_dates_that_are_not_given_are_null():
    values = dict(zip(STAGED_COLUMNS, stage_row(7, (*CELLS[:2], "", *CELLS[3:6], "", *CELLS[7:])), strict=True))
    assert (values["purchased_on"], values["software_assurance_until"]) == (None, None)


def test_of_a_row_that_is_on_record_there_are_its_texts_and_its_digest_and_nothing_is_worked_out():
    values = dict(zip(STAGED_COLUMNS, stage_row(7, CELLS), strict=True))
    known = dict(zip(STAGED_COLUMNS, stage_row(7, CELLS, {values["row_digest"]}), strict=True))

    kept = ("id", *COLUMNS, "row_digest")
    assert {column: known[column] for column in kept} == {column: values[column] for column in kept}
    assert {known[column] for column in STAGED_COLUMNS if column not in kept} == {"", "0"}


def test_what_else_is_on_record_changes_nothing():
    assert stage_row(7, CELLS, {"0" * 32}) == stage_row(7, CELLS)
