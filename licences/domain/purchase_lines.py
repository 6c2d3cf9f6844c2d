"""One row of a purchase file: from the text in its cells to a purchase line, or to every problem in it.

surface.md, "Purchase file", is the rule. Nothing here knows what is on record.
"""

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from licences.domain import codes, matching
from licences.domain.chain import canonical_json
from licences.domain.codes import MAX_QUANTITY
from licences.domain.errors import Refusal

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
_DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is rejected: the column, the value in it, and a reason as a ``Refusal`` would give it."""

    column: str
    value: str
    reason: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """One valid purchase line. Texts are trimmed; ``serial`` is canonical or empty."""

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

    def texts(self) -> dict[str, str]:
        """Column → the value in its one canonical spelling, as digests and files have it."""
        values = ((column, getattr(self, column)) for column in COLUMNS)
        return {column: "" if value is None else str(value) for column, value in values}

    def row_digest(self) -> str:
        """Whether the same key came with the same content (SHA-256, hex)."""
        return _sha256(canonical_json(self.texts()))

    def column_checks(self) -> str:
        """A CRC-32 per column, in the order of ``COLUMNS``: names what differs where the digest does."""
        return "".join(f"{zlib.crc32(text.encode()):08x}" for text in self.texts().values())

    def customer_key(self) -> str:
        """Who it is: the customer number if given, else name, first address line and postcode, normalised."""
        if self.customer_number:
            return f"number:{self.customer_number}"
        return match_key(self.customer_name, self.address_line1, self.postcode)

    def allocation_key(self) -> str:
        """Rows with the same key share the serial that this purchase is given (surface.md)."""
        site = matching.fold_name(self.site_name)
        return _sha256(canonical_json([self.purchase_reference, self.customer_key(), site]))


def match_key(name: str, address_line1: str, postcode: str) -> str:
    """One key for the spellings of one customer: normalised name, first address line and postcode."""
    parts = [
        matching.name_key(name),
        matching.address_key(address_line1),
        "".join(postcode.split()).casefold(),
    ]
    return _sha256(canonical_json(parts))


def differing_columns(one: str, other: str) -> list[str]:
    """The columns in which two values of ``column_checks`` differ."""
    spans = [(column, slice(8 * index, 8 * index + 8)) for index, column in enumerate(COLUMNS)]
    return [column for column, span in spans if one[span] != other[span]]


# --- Reading a row ---------------------------------------------------------------------------------


def parse(cells: Mapping[str, str]) -> PurchaseLine | list[Problem]:
    """Read the cells of a row (column → text); returns the line, or all its problems."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for column in COLUMNS:
        text = cells.get(column, "")
        try:
            values[column] = _READERS.get(column, _text)(column, _one_line(text))
        except Refusal as refusal:
            problems.append(Problem(column, text[:200], refusal.code, refusal.parameters))
    return problems or PurchaseLine(**values)


def _one_line(text: str) -> str:
    """A cell with quoted line breaks is one line; white space around and between is one blank."""
    return " ".join(text.split())


def _text(column: str, text: str) -> str:
    text = unicodedata.normalize("NFC", text)  # before it is measured: some symbols become two
    if not text and column in REQUIRED_COLUMNS:
        raise Refusal("value-missing")
    if len(text) > MAX_LENGTHS[column]:
        raise Refusal("value-too-long", length=len(text), limit=MAX_LENGTHS[column])
    if any(unicodedata.category(symbol) in ("Cc", "Cs") for symbol in text):
        raise Refusal("value-control-character")
    return text


def _serial(column: str, text: str) -> str:
    return codes.canonical_serial(text) if text else ""


def _line_number(column: str, text: str) -> int:
    number = _whole_number(text)
    if not 0 <= number <= MAX_LINE:
        raise Refusal("not-a-line-number")
    return number


def _quantity(column: str, text: str) -> int:
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


def _date(column: str, text: str) -> date | None:
    for form in _DATE_FORMATS if text else ():
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007  (a calendar date has no zone)
        except ValueError:
            continue
        return _plausible(found)
    if text:
        raise Refusal("not-a-date")
    return None


def _plausible(found: date) -> date:
    """Unlock codes count months from 2000 in twelve bits; other years are slips of the finger."""
    if not 2000 <= found.year <= 2099:
        raise Refusal("date-out-of-range")
    return found


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_READERS: dict[str, Callable[[str, str], Any]] = {
    "serial": _serial,
    "line": _line_number,
    "quantity": _quantity,
    "purchased_on": _date,
    "software_assurance_until": _date,
}
