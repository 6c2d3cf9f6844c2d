"""Purchase files of any size, the same in every run, realistic as far as it affects the time."""

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from licences.domain.codes import ALPHABET, SERIAL_LENGTH
from licences.imports.rows.purchase_lines import COLUMNS

PRODUCTS = ["XCH-SRV", "XCH-USR", "XCH-CTI", "XCH-CRM", "XCH-MOB"]
_KNOWN_PER_ROWS = 5  # of five rows three top up one known customer, and two are the first of a new one
_FIRST = [
    "Bäckerei",
    "Autohaus",
    "Kanzlei",
    "Praxis",
    "Spedition",
    "Brauerei",
    "Hotel",
    "Atelier",
    "Northern",
    "Société",
]
_SECOND = ["Müller", "Schmidt", "Schröder", "Weiß", "Huber", "Jäger", "Smith", "Dupont", "Kowalski", "Łuczak", "Brown"]
_FORMS = ["GmbH", "AG", "GmbH & Co. KG", "e.K.", "Ltd", "SARL", "Sp. z o.o.", "OHG"]
_STREETS = ["Hauptstraße", "Bahnhofstr.", "High Street", "Rue de la Gare", "Lindenallee", "ul. Długa", "Am Markt"]
_CITIES = [("72074", "Tübingen", "DE"), ("1010", "Wien", "AT"), ("LS1 4AP", "Leeds", "GB"), ("69002", "Lyon", "FR")]
_DAY = date(2026, 1, 2)


def write_known(path: Path, rows: int) -> int:
    """Write the purchases that are on record before a file of that many rows comes; returns their number."""
    customers = max(rows // _KNOWN_PER_ROWS, 1)
    _write(path, (_line(f"OLD-{n:08d}", 1, n, serial=_serial(n), product=PRODUCTS[0]) for n in range(customers)))
    return customers


def write_purchases(path: Path, rows: int) -> None:
    """Write a purchase file: three rows in five top up a known customer, two are the first purchase of a new one."""
    _write(path, _lines(rows))


def _lines(rows: int) -> Iterator[list[str]]:
    customers = max(rows // _KNOWN_PER_ROWS, 1)
    for number in range(rows):
        group, position = divmod(number, _KNOWN_PER_ROWS)
        if position < 3:
            customer = group % customers
            serial = _serial(customer) if position == 0 else ""
            yield _line(f"TOP-{group:08d}", position + 1, customer, serial=serial, product=PRODUCTS[position])
        else:
            yield _line(f"NEW-{group:08d}", position - 2, customers + group, serial="", product=PRODUCTS[position - 3])


def _line(reference: str, line: int, customer: int, *, serial: str, product: str) -> list[str]:
    draw = random.Random(customer)
    name = f"{draw.choice(_FIRST)} {draw.choice(_SECOND)} {customer} {draw.choice(_FORMS)}"
    postcode, city, country = draw.choice(_CITIES)
    phone = f"+49 {draw.randint(200, 9999)} {draw.randint(10000, 9999999)}"
    bought = _DAY + timedelta(days=customer % 300)
    return [
        reference,
        str(line),
        bought.isoformat(),
        serial,
        product,
        str(draw.randint(1, 40)),
        (bought + timedelta(days=365)).isoformat(),
        f"K-{customer:08d}" if customer % 2 else "",
        name,
        f"{draw.choice(_STREETS)} {draw.randint(1, 240)}",
        "",
        postcode,
        city,
        country,
        f"{draw.choice(('Anna', 'Jörg', 'Zoë', 'Paul'))} {draw.choice(_SECOND)}",
        phone,
        f"buero{customer}@example.com",
        "" if customer % 4 else "Werk 2",
    ]


def _serial(customer: int) -> str:
    """The serial number of a customer; all differ, by more than one symbol from the next."""
    number = (customer * 1_000_000_007 + 12_345_678_901) % len(ALPHABET) ** SERIAL_LENGTH
    symbols = ""
    for _ in range(SERIAL_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        symbols += ALPHABET[digit]
    return symbols


def _write(path: Path, lines: Iterator[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(lines)
