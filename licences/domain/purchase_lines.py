"""One row of a purchase file: from the text in its cells to a purchase line, or to every problem in it.

surface.md, "Purchase file", is the rule. Nothing here knows what is on record.
"""

import hashlib
import re
import struct
from binascii import crc_hqx
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import repeat
from typing import Any, NamedTuple

from licences.domain import matching, row_cells
from licences.domain.codes import MAX_QUANTITY
from licences.domain.errors import Refusal
from licences.domain.row_cells import Problem

COLUMNS = (
    "purchase_reference",
    "line",
    "purchased_on",
    "serial",
    "product",
    "quantity",
    "software_assurance_until",
    "customer_number",
    "customer_name",
    "address_line1",
    "address_line2",
    "postcode",
    "city",
    "country",
    "contact_name",
    "contact_phone",
    "contact_email",
    "site_name",
)
REQUIRED_COLUMNS = ("purchase_reference", "line", "product", "quantity", "customer_name")
MAX_LENGTHS = {
    "purchase_reference": 64,
    "product": 64,
    "customer_number": 64,
    "customer_name": 200,
    "address_line1": 200,
    "address_line2": 200,
    "postcode": 20,
    "city": 100,
    "country": 100,
    "contact_name": 200,
    "contact_phone": 100,
    "contact_email": 254,
    "site_name": 200,
}
MAX_LINE = 2**31 - 1

_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_NO_CARE = re.compile("[!-*,-~]{0,64}")  # nothing to trim, no exponent, and shorter than every limit
_CODE_COLUMNS = frozenset({"purchase_reference", "product", "customer_number", "postcode", "contact_phone"})
_LIMITS = tuple(MAX_LENGTHS.get(column, 64) for column in COLUMNS)
_SEPARATOR = "\x1f"
_NEIGHBOURS = 512  # rows of one customer stand together in files; more would only take memory


class PurchaseLine(NamedTuple):
    """One valid purchase line, in the order of ``COLUMNS``. Texts are trimmed; ``serial`` is canonical or empty."""

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

    @property
    def key(self) -> tuple[str, int]:
        return self.purchase_reference, self.line

    def texts(self) -> tuple[str, ...]:
        """Every value in its one canonical spelling, as digests and files have it."""
        return (*self.what(), *self._who())

    def what(self) -> tuple[str, ...]:
        """The texts of what is bought."""
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

    def _who(self) -> tuple[str, ...]:
        who: Any = self[_WHAT:]
        return tuple(who)

    def party(self) -> "Party":
        return party(self._who())

    def row_digest(self) -> str:
        """Whether the same key came with the same content (32 hexadecimal digits)."""
        return row_digest(self.what(), self.party())

    def column_checks(self) -> str:
        """Four hexadecimal digits per column, in the order of ``COLUMNS``: names what differs where the digest does."""
        return column_checks(self.what(), party_keys(self._who()))

    def customer_key(self) -> str:
        """Who it is: the customer number if given, else name, first address line and postcode, normalised."""
        return party_keys(self._who()).customer_key

    def allocation_key(self) -> str:
        """Rows with the same key share the serial that this purchase is given (surface.md)."""
        return allocation_key(self.purchase_reference, party_keys(self._who()))


_WHAT = 7  # so many columns say what is bought; the others say who buys it, and for which site


class Party(NamedTuple):
    """Who buys, and for which site: worked out once for all rows that say the same of it.

    ``texts`` are the columns from ``customer_number`` on; ``joined`` is their part of a row's digest.
    """

    texts: tuple[str, ...]
    joined: str


class PartyKeys(NamedTuple):
    """What the judging knows a party by. Apart from it, for this takes most of the time, and not every row needs it.

    ``checks`` are the party's part of ``column_checks``. ``match_key`` is empty where there is a customer number.
    ``buyer`` and ``place`` stand for the customer, and for the customer's site, in tables: numbers of 63 bits, in
    decimal, that are joined faster than long keys.
    """

    checks: str
    customer_key: str
    match_key: str
    site_key: str
    buyer: str
    place: str


@lru_cache(maxsize=_NEIGHBOURS)
def party(texts: tuple[str, ...]) -> Party:
    """The party of the columns from ``customer_number`` on."""
    return Party(texts, _SEPARATOR.join(texts))


@lru_cache(maxsize=_NEIGHBOURS)
def party_keys(texts: tuple[str, ...]) -> PartyKeys:
    """The keys of the same columns."""
    number, name, address_line1, _line2, postcode, *_rest, site_name = texts
    key = "" if number else match_key(name, address_line1, postcode)
    customer = f"number:{number}" if number else key
    site = site_key(site_name)
    return PartyKeys(
        checks=_checks(texts),
        customer_key=customer,
        match_key=key,
        site_key=site,
        buyer=_number(customer),
        place=_number(f"{customer}{_SEPARATOR}{site}"),
    )


def row_digest(what: Sequence[str], who: Party) -> str:
    return digest(_SEPARATOR.join((*what, who.joined)))


def column_checks(what: Sequence[str], keys: PartyKeys) -> str:
    return _checks(what) + keys.checks


def allocation_key(purchase_reference: str, keys: PartyKeys) -> str:
    return digest(f"{purchase_reference}{_SEPARATOR}{keys.customer_key}{_SEPARATOR}{keys.site_key}")


def _checks(texts: Sequence[str]) -> str:
    return struct.pack(f">{len(texts)}H", *map(crc_hqx, map(str.encode, texts), repeat(0))).hex()


@lru_cache(maxsize=_NEIGHBOURS)
def match_key(name: str, address_line1: str, postcode: str) -> str:
    """One key for the spellings of one customer: normalised name, first address line and postcode."""
    parts = (
        matching.name_key(name),
        matching.address_key(address_line1),
        "".join(postcode.split()).casefold(),
    )
    return digest(_SEPARATOR.join(parts))


@lru_cache(maxsize=_NEIGHBOURS)
def site_key(site_name: str) -> str:
    """One key for the spellings of a site's name, at most 400 symbols."""
    return matching.fold_name(site_name)[:400] if site_name else ""


def differing_columns(one: str, other: str) -> list[str]:
    """The columns in which two values of ``column_checks`` differ."""
    spans = [(column, slice(4 * index, 4 * index + 4)) for index, column in enumerate(COLUMNS)]
    return [column for column, span in spans if one[span] != other[span]]


def digest(text: str) -> str:
    """128 bits of a hash, in hexadecimal digits."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _number(text: str) -> str:
    return str(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1)


# --- Reading a row ---------------------------------------------------------------------------------


def parse(cells: Mapping[str, str]) -> PurchaseLine | list[Problem]:
    """Read the cells of a row (column → text); returns the line, or all its problems."""
    return parse_cells(tuple(cells.get(column, "") for column in COLUMNS))


def parse_cells(cells: Sequence[str]) -> PurchaseLine | list[Problem]:
    """Read the cells of a row in the order of ``COLUMNS``; returns the line, or all its problems."""
    read = row_cells.Reading(cells, COLUMNS)
    values: list[Any] = [
        read.cell(column, _READERS[column])
        if column in _READERS
        else read.text(column, MAX_LENGTHS[column], required=column in REQUIRED_COLUMNS, code=column in _CODE_COLUMNS)
        for column in COLUMNS
    ]
    return read.problems or PurchaseLine(*values)


def plain_texts(cells: Sequence[str]) -> tuple[tuple[str, ...], Party] | None:
    """``what()`` and ``party()`` of a row in which every cell stands as it should; None for all that needs care.

    Nearly every row of a large file is such a row, and is read five times as fast.
    """
    if not (row_cells.are_texts(cells) and _is_plain(cells[:_WHAT])):
        return None
    who = _plain_party(cells[_WHAT:])
    if who is None or not cells[0] or not cells[4]:
        return None
    try:
        what = (
            cells[0],
            _line_text(cells[1]),
            _day_text(cells[2]),
            row_cells.serial(cells[3]),
            cells[4],
            _quantity_text(cells[5]),
            _day_text(cells[6]),
        )
    except Refusal:
        return None
    return what, who


def _is_plain(cells: Sequence[str]) -> bool:
    return _NO_CARE.fullmatch("|".join(cells)) is not None or row_cells.are_plain(cells, _LIMITS)


@lru_cache(maxsize=_NEIGHBOURS)
def _plain_party(cells: tuple[str, ...]) -> Party | None:
    return party(cells) if cells[1] and row_cells.are_plain(cells, _LIMITS[_WHAT:]) else None


def _line_number(text: str) -> int:
    number = _whole_number(text)
    if not 0 <= number <= MAX_LINE:
        raise Refusal("not-a-line-number")
    return number


def _quantity(text: str) -> int:
    quantity = _whole_number(text)
    if quantity == 0:
        raise Refusal("quantity-zero")
    if abs(quantity) > MAX_QUANTITY:
        raise Refusal("quantity-too-large", limit=MAX_QUANTITY)
    return quantity


def _whole_number(text: str) -> int:
    if not text:
        raise Refusal("value-missing")
    if not _WHOLE_NUMBER.fullmatch(text):
        raise Refusal("not-a-whole-number")
    return int(text)


@lru_cache(maxsize=4096)
def _line_text(text: str) -> str:
    return str(_line_number(text))


@lru_cache(maxsize=4096)
def _quantity_text(text: str) -> str:
    return str(_quantity(text))


@lru_cache(maxsize=4096)
def _day_text(text: str) -> str:
    found = row_cells.day(text)
    return found.isoformat() if found else ""


_READERS: dict[str, Callable[[str], Any]] = {
    "serial": row_cells.serial,
    "line": _line_number,
    "quantity": _quantity,
    "purchased_on": row_cells.day,
    "software_assurance_until": row_cells.day,
}
