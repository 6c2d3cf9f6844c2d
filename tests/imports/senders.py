"""Thirty purchase files as their senders make them: ERPs, shops and people with a spreadsheet.

All of them say the same: one purchase of two lines for one customer, and one of a single line for another. ``needs``
names what a file depends on besides its columns; ``asks`` is what the portal asks about it instead of importing it.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO

from openpyxl import Workbook

LINES = (
    ("PO-9001", 1, "XCH-SRV", 1, "K-501", "Käserei Überlingen GmbH", "Seestraße 3", "88662", "Überlingen"),
    ("PO-9001", 2, "XCH-USR", 25, "K-501", "Käserei Überlingen GmbH", "Seestraße 3", "88662", "Überlingen"),
    ("PO-9002", 1, "XCH-USR", 5, "K-502", "Groß & Klein oHG", "Am Markt 7", "01067", "Dresden"),
)
TOTAL = 31
GERMAN = (
    "Bestellnummer",
    "Position",
    "Artikelnummer",
    "Menge",
    "Kundennummer",
    "Kunde",
    "Straße",
    "PLZ",
    "Ort",
)
ENGLISH = ("Order No.", "Line No.", "Item No.", "Qty.", "Customer No.", "Customer Name", "Address", "ZIP Code", "City")
OURS = (
    "purchase_reference",
    "line",
    "product",
    "quantity",
    "customer_number",
    "customer_name",
    "address_line1",
    "postcode",
    "city",
)
COLUMNS, NUMBERS, TEXT = "columns", "numbers", "code pages"

Rows = Sequence[Sequence[object]]


@dataclass(frozen=True)
class SenderFile:
    """A file: its name and content, what it ``needs`` (empty: its columns only), and what is asked about it, if so.

    ``skipped`` maps each kind of rows that are no data to their numbers.
    """

    name: str
    content: bytes
    skipped: dict[str, list[int]]
    needs: str = ""
    asks: str = ""


def text_file(
    rows: Rows, *, delimiter: str = ";", encoding: str = "utf-8", end: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL
) -> bytes:
    text = StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return text.getvalue().encode(encoding)


def workbook(rows: Rows, *, cover: Rows = (), change: Callable[[Workbook], None] = lambda book: None) -> bytes:
    book = Workbook()
    sheet = book.active
    if cover:
        sheet.title = "Deckblatt"
        for row in cover:
            sheet.append(list(row))
        sheet = book.create_sheet("Positionen")
    for row in rows:
        sheet.append(list(row))
    change(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def sap_list(rows: Rows) -> bytes:
    """A list as SAP saves it "unconverted": vertical bars, ruled lines, a title, the header again on each page."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in texts) for column in range(len(texts[0]))]

    def ruled(row: Sequence[str]) -> str:
        return "|" + "|".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + "|"

    rule = "-" * (sum(widths) + len(widths) + 1)
    header, first, *others = map(ruled, texts)
    page = ["24.11.2026          Dynamische Listenausgabe          1", "", rule, header, rule, first, rule]
    return "\r\n".join([*page, header, rule, *others, rule, ""]).encode("cp1252")


def numbers(change: Callable[[int], object]) -> Rows:
    """The lines with their quantities written otherwise."""
    return [(*line[:3], change(line[3]), *line[4:]) for line in LINES]


def with_dates(dates: Sequence[object]) -> Rows:
    return [(*line, date) for line, date in zip(LINES, dates, strict=True)]


def _pick(titles: Sequence[str], order: Sequence[int]) -> Rows:
    """Header and lines with their columns in another order."""
    return [[row[position] for position in order] for row in (titles, *LINES)]


def sender_files() -> dict[str, SenderFile]:
    """What the sender works with → the file."""
    files: dict[str, SenderFile] = {}

    def add(title: str, content: bytes, *, name: str = "bestellungen.csv", **about: object) -> None:
        skipped = about.pop("skipped", {})
        files[title] = SenderFile(name, content, skipped, **about)  # type: ignore[arg-type]

    _of_programs(add)
    _of_people(add)
    _with_unknown_titles(add)
    return files


def _of_programs(add: Callable[..., None]) -> None:
    add("SAP list", sap_list([GERMAN, *LINES]), name="liste.txt",
        skipped={"titles": [1, 3], "rules": [5, 7, 9, 12], "headers": [8]})  # fmt: skip
    sap = ("EBELN", "EBELP", "MATNR", "MENGE", "KUNNR", "NAME1", "STRAS", "PSTLZ", "ORT01")
    add("SAP table", text_file([sap, *LINES], delimiter="\t", encoding="utf-16"))
    navision = ("Belegnr.", "Zeilennr.", "Nr.", "Menge", "Verk. an Deb.-Nr.", "Verk. an Name", "Verk. an Adresse",
                "Verk. an PLZ-Code", "Verk. an Ort")  # fmt: skip
    add("Navision", text_file([navision, *LINES], encoding="cp1252"))
    central = ("Document No.", "Line No.", "No.", "Quantity", "Sell-to Customer No.", "Sell-to Customer Name",
               "Sell-to Address", "Sell-to Post Code", "Sell-to City")  # fmt: skip
    add("Business Central", workbook([central, *LINES]), name="Sales Lines.xlsx")
    datev = ("Belegfeld 1", "Pos.", "Artikel-Nr.", "Stück", "Konto", "Name des Kunden", "Anschrift", "PLZ", "Ort")
    add("DATEV-like", text_file([['EXTF', 700, 21, "Rechnungen", 20261124], datev, *LINES], encoding="cp1252",
                                quoting=csv.QUOTE_NONNUMERIC), skipped={"titles": [1]})  # fmt: skip
    sage = ("Belegnummer", "Position", "Artikelnummer", "Menge", "Kundennr.", "Firma", "Strasse", "Postleitzahl", "Ort")
    add("Sage", text_file([sage, *LINES], encoding="cp1252"))
    shop = ("Order number", "Line", "Lineitem sku", "Lineitem quantity", "Customer ID", "Billing Company",
            "Billing Street", "Billing Zip", "Billing City", "Lineitem name")  # fmt: skip
    add("shop", text_file([shop, *([*line, "Xchange Server"] for line in LINES)], delimiter=",", end="\n"))
    add("portal's own columns", text_file([OURS, *LINES], delimiter=","))
    own = ("Purchase reference", "Line", "SKU", "Quantity", "Customer number", "Customer", "Address line 1",
           "Postcode", "Town", "Product")  # fmt: skip
    add("portal's English list", text_file([own, *([*line, "Server"] for line in LINES)], delimiter=","))
    german = ("Kaufreferenz", "Position", "Artikelnummer", "Menge", "Kundennummer", "Kunde", "Adresszeile 1",
              "Postleitzahl", "Ort", "Produkt")  # fmt: skip
    add("portal's German list", workbook([german, *([*line, "Server"] for line in LINES)]), name="Lizenzen.xlsx")


def _of_people(add: Callable[..., None]) -> None:
    title = ["Bestellliste November 2026"]
    add("title lines", text_file([title, [], GERMAN, *LINES]), skipped={"titles": [1]})
    add("title lines in Excel", workbook([title, [], GERMAN, *LINES]), name="b.xlsx", skipped={"titles": [1]})
    add("comment", text_file([["# exported by ERP"], ENGLISH, *LINES], delimiter=","), skipped={"titles": [1]})
    totals = ["Summe", "", "", TOTAL]
    add("totals", text_file([GERMAN, *LINES, totals]), skipped={"totals": [5]})
    add("totals in Excel", workbook([GERMAN, *LINES, [None, None, "Gesamt:", TOTAL]]), name="b.xlsx",
        skipped={"totals": [5]})  # fmt: skip
    first, second, third = LINES
    subtotals = [GERMAN, first, second, ["", "", "Zwischensumme", 26], third, ["", "", "Gesamtsumme", TOTAL]]
    add("subtotals", text_file(subtotals, encoding="cp1252"), skipped={"totals": [4, 6]})
    add("pages", text_file([ENGLISH, first, ENGLISH, second, ENGLISH, third]), skipped={"headers": [3, 5]})
    add("reseller's cover", workbook([GERMAN, *LINES], cover=[["Händler Nord GmbH"], ["Stand", "24.11.2026"]]),
        name="Händler.xlsx")  # fmt: skip
    add("columns in another order", text_file(_pick(GERMAN, (5, 4, 6, 7, 8, 2, 3, 0, 1))))
    add("tabs from the clipboard", text_file([GERMAN, *LINES], delimiter="\t"), name="einfügen.txt")
    add("Excel's CSV with its separator line", b"sep=;\r\n" + text_file([ENGLISH, *LINES]))
    add("UTF-8 with BOM", text_file([GERMAN, *LINES], encoding="utf-8-sig"))
    add("old Mac", text_file([GERMAN, *LINES], end="\r"))
    add("Central Europe", text_file([ENGLISH, *LINES], encoding="cp1250"))
    add("DOS", text_file([GERMAN, *LINES], encoding="cp850"), needs=TEXT)
    add("decimals", text_file([GERMAN, *numbers(lambda each: f"{each},00")]), needs=NUMBERS)
    add("Excel's guards", text_file([GERMAN, *([f'="{line[0]}"', *line[1:]] for line in LINES)]), needs=NUMBERS)
    midnight = [datetime(2026, 11, 24)] * 3  # noqa: DTZ001  (a spreadsheet knows no zones)
    add("dates with a time", text_file([[*ENGLISH, "Order Date"], *with_dates(midnight)], delimiter=","), needs=NUMBERS)


def _with_unknown_titles(add: Callable[..., None]) -> None:
    french = ("Commande", "Ligne", "Référence article", "Qté", "Code client", "Raison sociale", "Rue", "CP", "Ville")
    add("French", text_file([french, *LINES], encoding="cp1252"), asks=COLUMNS)
    codes = tuple(f"F{number:02}" for number in range(len(GERMAN)))
    add("numbered fields", workbook([codes, *LINES]), name="export.xlsx", asks=COLUMNS)
