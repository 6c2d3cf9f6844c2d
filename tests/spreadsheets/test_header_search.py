"""The header is looked for among the first rows, by names, by other names, and by shapes that were seen before."""

from licences.spreadsheets.headers import KnownShape, ReadingHints, RequestedColumns, shape_of
from tests.questions import why_refused
from tests.spreadsheets.files import COLUMNS, REQUIRED

NAMES = ReadingHints(names=({"bestellnr": "reference", "pos": "line"}, {"kunde": "customer_name"}))


def found_in(*records, hints=NAMES):
    header = RequestedColumns(COLUMNS, REQUIRED, hints).search(enumerate(records, start=1))
    return header.row, header.layout.columns, header.skipped


def test_the_header_is_the_first_of_twenty_rows_that_has_what_is_needed():
    titles = [[f"line {number} of a cover"] for number in range(19)]

    row, columns, skipped = found_in(*titles, ["reference", "line"])

    assert (row, columns) == (20, ("reference", "line"))
    assert [number for number, _text in skipped] == list(range(1, 20))
    assert why_refused(found_in, *titles, ["one more"], ["reference", "line"]) == "file-no-table"


def test_empty_rows_before_it_are_neither_counted_nor_told():
    row, _columns, skipped = found_in(*[["", " "]] * 30, ["A title", ""], [""], ["Bestell-Nr.", "Pos."])

    assert (row, skipped) == (33, [(31, "A title")])


def test_an_exact_name_wins_over_another_name_of_the_column_which_is_then_unknown():
    assert found_in(["Bestell-Nr.", "reference", "POS", "Kunde"])[1] == ("", "reference", "line", "customer_name")


def test_two_other_names_of_one_column_are_refused():
    assert why_refused(found_in, ["Bestell-Nr.", "BESTELLNR", "Pos"]) == "columns-twice"


def test_an_overruling_name_wins_unless_the_exact_one_is_there_letter_for_letter():
    hints = ReadingHints(overruling={"sku": "line"})

    assert found_in(["reference", "Line", "SKU"], hints=hints)[1] == ("reference", "", "line")
    assert found_in(["reference", "line", "SKU"], hints=hints)[1] == ("reference", "line", "")


def test_a_known_shape_says_what_the_cells_mean_whatever_they_are_called():
    shape = shape_of(["Line", "Réf.", "City"])
    hints = ReadingHints(shapes={shape: KnownShape(("reference", "line", ""))})

    for header in (["Line", "Réf.", "City"], ["LINE ", "R\u00c3\u00a9f", " city", ""]):
        assert found_in(["Cover"], header, hints=hints)[:2] == (2, ("reference", "line", ""))
    assert found_in(["line", "reference", "City"], hints=hints)[1] == ("line", "reference", "city")


def test_a_shape_is_told_by_letters_beyond_ascii_where_a_title_has_no_others():
    assert shape_of(["Αριθμός", "Ποσότητα"]) != shape_of(["Ποσότητα", "Αριθμός"])
    assert shape_of(["a", "b"]) != shape_of(["ab"])


def test_a_guess_takes_the_row_that_names_most_columns_or_else_the_widest():
    hints = ReadingHints(names=NAMES.names, guess=True)

    assert found_in(["Cover"], ["x", "Kunde"], ["a", "b", "c"], hints=hints)[:2] == (2, ("", "customer_name"))
    assert found_in(["Cover"], ["a", "b", "c"], ["1", "2", "3"], hints=hints)[:2] == (2, ("", "", ""))
    assert found_in(["Kunde", "KUNDE", "", ""], hints=hints)[1] == ("customer_name", "")
