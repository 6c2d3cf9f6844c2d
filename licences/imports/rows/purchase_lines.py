"""Parsing one row of a purchase file: from cell texts to a purchase line, or to every problem in them.

The rule is docs/surface.md#purchase-file; digests and keys are docs/decisions.md#digests-and-keys-of-purchases.
Nothing here reads the records.
"""

import re
import struct
from binascii import crc_hqx
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from itertools import repeat
from typing import Any, NamedTuple

from customers.contact import CONTACT_LENGTHS
from licences.domain.codes import MAX_QUANTITY
from licences.domain.customer_keys import (
    CACHE_SIZE,
    SEPARATOR,
    bigint_hash,
    customer_keys,
    key_digest,
    match_key,
    site_key,
)
from licences.domain.errors import Refusal
from licences.domain.record_keys import number_key
from licences.imports.rows import row_cells
from licences.imports.rows.row_cells import CellProblem

REQUIRED_COLUMNS = ("purchase_reference", "line", "product", "quantity", "customer_name")
MAX_LENGTHS = {
    "purchase_reference": 64,
    "product": 64,
    "customer_number": 64,
    "customer_name": 200,
    **CONTACT_LENGTHS,
    "site_name": 200,
}
MAX_LINE = 2**31 - 1

_PLAIN_TEXT = re.compile("[!-&(-*,-~]{0,64}")  # no spaces, apostrophe or exponent, and shorter than every limit
_ONCE_COLUMNS = frozenset({"line", "quantity"})  # a merged cell of these does not say what each row has
_CODE_COLUMNS = frozenset({"purchase_reference", "product", "customer_number", "postcode", "contact_phone"})


class PurchaseLine(NamedTuple):
    """One valid purchase line; its fields are ``COLUMNS``. Texts are trimmed; ``serial`` is canonical or empty."""

    purchase_reference: str
    line: int
    purchased_on: date | None
    serial: str
    product: str
    quantity: int
    software_assurance_until: date | None
    customer_number: str
    customer_name: str
    address_line1: str = ""
    address_line2: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    site_name: str = ""

    def texts(self) -> tuple[str, ...]:
        """Every value in its canonical spelling, in the order of ``COLUMNS``, as digests and files have it."""
        return (*self.purchase_texts(), *self._party_texts())

    def purchase_texts(self) -> tuple[str, ...]:
        """The canonical texts of the columns before ``customer_number``: what is bought."""
        purchased, assured = self.purchased_on, self.software_assurance_until
        return (
            self.purchase_reference,
            str(self.line),
            purchased.isoformat() if purchased else "",
            self.serial,
            self.product,
            str(self.quantity),
            assured.isoformat() if assured else "",
        )

    def _party_texts(self) -> tuple[str, ...]:
        """The texts of the columns from ``customer_number`` on."""
        party: Any = self[_PURCHASE_COLUMNS:]
        return tuple(party)

    def party(self) -> "PurchaseParty":
        """The columns of the line that say who buys, and for which site."""
        return purchase_party(self._party_texts())

    def row_digest(self) -> str:
        """The digest of all columns, 32 hexadecimal digits: equal for two lines with equal content."""
        return row_digest(self.purchase_texts(), self.party())


COLUMNS = PurchaseLine._fields
_LIMITS = tuple(MAX_LENGTHS.get(column, 64) for column in COLUMNS)
_PURCHASE_COLUMNS = 7  # the first columns, which say what is bought; the others are the party's


class PurchaseParty(NamedTuple):
    """Who buys, and for which site; rows with equal texts share one.

    ``texts`` are the columns from ``customer_number`` on; ``joined`` is their part of a row's digest.
    """

    texts: tuple[str, ...]
    joined: str


class PartyKeys(NamedTuple):
    """The keys by which the SQL knows a party. Separate, because they are slow to compute and not always needed.

    ``checks`` are the party's part of ``column_checks``. ``customer`` are the values of ``customer_keys``, as texts.
    ``number_key`` is empty without a customer number. ``buyer`` and ``buyer_site`` stand for the customer and for its
    site: decimal numbers of 63 bits, which the database joins faster than long keys.
    """

    checks: str
    customer_key: str
    match_key: str
    site_key: str
    customer: tuple[str, ...]
    number_key: str
    buyer: str
    buyer_site: str


@lru_cache(maxsize=CACHE_SIZE)
def purchase_party(texts: tuple[str, ...]) -> PurchaseParty:
    """The party with these texts of the columns from ``customer_number`` on."""
    return PurchaseParty(texts, SEPARATOR.join(texts))


@lru_cache(maxsize=CACHE_SIZE)
def party_keys(texts: tuple[str, ...]) -> PartyKeys:
    """The keys by which a purchase finds its customer and site, made of the party's texts.

    ``texts`` are those of the columns from ``customer_number`` on.
    """
    number, name, address_line1, _line2, postcode, _city, country, _contact, phone, _email, site_name = texts
    key = match_key(name, address_line1, postcode)
    found_by = customer_keys(name, address_line1, postcode, country, phone)
    by_number = number_key(number) if number else ""
    customer = f"number:{by_number}" if number else found_by.details_key
    site = site_key(site_name)
    return PartyKeys(
        checks=_checks(texts),
        customer_key=f"number:{number}" if number else key,
        match_key=key,
        site_key=site,
        customer=tuple(map(str, found_by)),
        number_key=by_number,
        buyer=str(bigint_hash(customer)),
        buyer_site=str(bigint_hash(f"{customer}{SEPARATOR}{site}")),
    )


def row_digest(purchase_texts: Sequence[str], party: PurchaseParty) -> str:
    """The digest of all columns of a line, 32 hexadecimal digits: equal for lines with equal content.

    ``purchase_texts`` are the canonical texts of the columns before ``customer_number``.
    """
    return key_digest(SEPARATOR.join((*purchase_texts, party.joined)))


def column_checks(purchase_texts: Sequence[str], keys: PartyKeys) -> str:
    """A checksum of four hexadecimal digits per column, for ``differing_columns`` to find the changed ones.

    ``purchase_texts`` are the canonical texts of the columns before ``customer_number``, ``keys`` those of the party.
    """
    return _checks(purchase_texts) + keys.checks


def allocation_key(purchase_reference: str, keys: PartyKeys) -> str:
    """The digest of purchase, customer and site: lines with the same one are allocated the same serial number."""
    return key_digest(f"{purchase_reference}{SEPARATOR}{keys.customer_key}{SEPARATOR}{keys.site_key}")


def _checks(texts: Sequence[str]) -> str:
    """A checksum of four hexadecimal digits for each text, one after the other."""
    return struct.pack(f">{len(texts)}H", *map(crc_hqx, map(str.encode, texts), repeat(0))).hex()


def differing_columns(one: str, other: str) -> list[str]:
    """The columns in which two values of ``column_checks`` differ."""
    spans = [(column, slice(4 * index, 4 * index + 4)) for index, column in enumerate(COLUMNS)]
    return [column for column, span in spans if one[span] != other[span]]


# --- Parsing a row ---------------------------------------------------------------------------------


def parse_cells(cells: Sequence[str], *, raw: bool = False) -> PurchaseLine | list[CellProblem]:
    """Parse the cells of a row, in the order of ``COLUMNS``; returns the line, or every problem in it.

    The codes of the problems are those of ``row_cells``, and ``not-a-line-number``, ``not-a-whole-number``,
    ``quantity-zero`` and ``quantity-too-large``. ``raw``: texts keep what cannot be seen, as formerly.
    """
    read = row_cells.CellReader(cells, COLUMNS, raw=raw)
    values: list[Any] = [
        read.cell(column, _READERS[column], may_repeat=column not in _ONCE_COLUMNS)
        if column in _READERS
        else read.text(column, MAX_LENGTHS[column], required=column in REQUIRED_COLUMNS, code=column in _CODE_COLUMNS)
        for column in COLUMNS
    ]
    return read.problems or PurchaseLine(*values)


def plain_texts(cells: Sequence[str]) -> tuple[tuple[str, ...], PurchaseParty] | None:
    """The purchase texts and the party of a row whose cells are canonical already; None for every other row.

    Nearly every row of a large file is such a row, and is read five times as fast as by ``parse_cells``.
    """
    if not (row_cells.are_texts(cells) and _is_plain(cells[:_PURCHASE_COLUMNS]) and _are_plain_codes(cells)):
        return None
    party = _plain_party(cells[_PURCHASE_COLUMNS:])
    if party is None or not cells[0] or not cells[4]:
        return None
    try:
        purchase_texts = (
            cells[0],
            _line_text(cells[1]),
            _day_text(cells[2]),
            row_cells.parse_serial(cells[3]),
            cells[4],
            _quantity_text(cells[5]),
            _day_text(cells[6]),
        )
    except Refusal:
        return None
    return purchase_texts, party


def _is_plain(cells: Sequence[str]) -> bool:
    """Whether the cells of a row are canonical texts that need no parsing; one match decides it for most rows."""
    return _PLAIN_TEXT.fullmatch("|".join(cells)) is not None or row_cells.are_plain(cells, _LIMITS)


def _are_plain_codes(cells: Sequence[str]) -> bool:
    """Whether the codes among the cells of a row have no dashes but "-"."""
    return cells[0].isascii() and cells[4].isascii() and cells[_PURCHASE_COLUMNS].isascii()


@lru_cache(maxsize=CACHE_SIZE)
def _plain_party(cells: tuple[str, ...]) -> PurchaseParty | None:
    """The party of a row whose cells need no parsing; None if they name no customer."""
    return purchase_party(cells) if cells[1] and row_cells.are_plain(cells, _LIMITS[_PURCHASE_COLUMNS:]) else None


def _line_number(text: str) -> int:
    """The number in a cell that counts the lines of a purchase.

    ``Refusal``: ``value-missing``, ``not-a-whole-number``, ``not-a-line-number``.
    """
    number = row_cells.parse_whole_number(text)
    if not 0 <= number <= MAX_LINE:
        raise Refusal("not-a-line-number")
    return number


def _quantity(text: str) -> int:
    """The number of licences in a cell, negative for a return.

    ``Refusal``: ``value-missing``, ``not-a-whole-number``, ``quantity-zero``, ``quantity-too-large``.
    """
    quantity = row_cells.parse_whole_number(text)
    if quantity == 0:
        raise Refusal("quantity-zero")
    if abs(quantity) > MAX_QUANTITY:
        raise Refusal("quantity-too-large", limit=MAX_QUANTITY)
    return quantity


@lru_cache(maxsize=4096)
def _line_text(text: str) -> str:
    """The line number in a cell, in its canonical spelling.

    ``Refusal``: ``value-missing``, ``not-a-whole-number``, ``not-a-line-number``.
    """
    return str(_line_number(text))


@lru_cache(maxsize=4096)
def _quantity_text(text: str) -> str:
    """The quantity in a cell, in its canonical spelling.

    ``Refusal``: ``value-missing``, ``not-a-whole-number``, ``quantity-zero``, ``quantity-too-large``.
    """
    return str(_quantity(text))


@lru_cache(maxsize=4096)
def _day_text(text: str) -> str:
    """The date in a cell as YYYY-MM-DD; an empty cell stays empty.

    ``Refusal``: ``not-a-date``, ``date-is-a-number``, ``date-for-none``, ``date-out-of-range``.
    """
    day = row_cells.parse_day(text)
    return day.isoformat() if day else ""


_READERS: dict[str, Callable[[str], Any]] = {
    "serial": row_cells.parse_serial,
    "line": _line_number,
    "quantity": _quantity,
    "purchased_on": row_cells.parse_day,
    "software_assurance_until": row_cells.parse_day,
}
