"""Rows that are no data are told from rows of data, whatever else stands in them."""

from licences.imports.rows.extra_rows import ExtraRows
from tests.tables import each_row

COLUMNS = ("purchase_reference", "line", "product", "quantity", "customer_name")
TITLES = ("Bestellung", "Pos.", "Artikel", "Menge", "Kunde")


def kind_of(*cells, words=(), ignored=()):
    """The kind of a row without data with these cells, else None; ``ignored`` stand in columns that nobody asks for."""
    extra = ExtraRows(columns=COLUMNS, required=COLUMNS, named=COLUMNS, titles=TITLES, totals_words=words)
    return next(iter(extra.rows), "") if extra.skips(7, cells, [*cells, *ignored]) else None


@each_row(
    "cells",
    [
        ("Summe", "", "", "27", ""),
        ("", "", "Gesamt:", "27", ""),
        ("", "", "", "27", "TOTAL"),
        ("Zwischensumme PO-1", "", "", "1.027,50 EUR", ""),
        ("** Endsumme **", "", "", "27", ""),
        ("Grand total", "", "", "27", ""),
        ("Anzahl Datensätze: 3", "", "", "", ""),
        ("Σ Summe", "", "", "27 Stk.", ""),
    ],
)
def test_a_row_of_totals_is_recognised_in_any_column(cells):
    assert kind_of(*cells) == "totals"


def test_the_word_may_stand_in_a_column_that_is_not_used():
    assert kind_of("", "", "", "27", "", ignored=["Summe"]) == "totals"


def test_the_sender_may_have_words_of_its_own():
    assert kind_of("Schlussbetrag", "", "", "27", "") is None
    assert kind_of("Schlussbetrag", "", "", "27", "", words=["Schlussbetrag"]) == "totals"


@each_row(
    "cells",
    [
        ("PO-1", "1", "XCH-USR", "5", "Total Energies GmbH"),
        ("", "1", "XCH-USR", "5", "Total Energies GmbH"),
        ("", "", "", "5", "Summe Software GmbH"),
        ("Summe", "1", "XCH-USR", "27", ""),
        ("Summer-2026", "1", "", "5", ""),
        ("", "", "", "27", ""),
        ("Total", "1", "XCH-USR", "5", "Huber AG"),
    ],
)
def test_a_row_that_may_be_data_is_never_left_out(cells):
    assert kind_of(*cells) is None


def test_the_header_again_and_ruled_lines_are_recognised():
    assert kind_of(*TITLES) == "headers"
    assert kind_of("BESTELLUNG", "Pos.", "Artikel", "", "Kunde") is None
    assert kind_of("-----", "", "", "", "") == "rules"
    assert kind_of("=====", "---", "", "___", "*") == "rules"


def test_the_numbers_of_skipped_rows_are_kept():
    extra = ExtraRows(columns=COLUMNS, required=COLUMNS, named=COLUMNS, titles=TITLES)
    for number in (3, 9):
        assert extra.skips(number, ("Summe", "", "", "1", ""), ["Summe", "1"])

    assert extra.rows == {"totals": [3, 9]}
