"""The four codes of docs/codes.md: serial numbers, site IDs, unlock codes and release codes.

All functions take and return codes in canonical form (no separators, upper case), except those named ``canonical…``,
which take what people typed, and ``grouped``, which returns what people are shown.
"""

import hashlib
import hmac
import math
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from licences.domain.errors import Refusal

ALPHABET = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BASE = len(ALPHABET)
SERIAL_LENGTH = 8
SITE_ID_LENGTH = 12
RELEASE_CODE_LENGTH = 10
MAX_PRODUCTS = 8
MAX_QUANTITY = 2**15 - 1
MAX_SLOT = 31  # the slots of products are 1 to 31
MAX_SEQUENCE = 2**12 - 1
EMERGENCY_SLOT = 0
EMERGENCY_EPOCH = date(2020, 1, 1)

_CANONICAL = re.compile(f"[{ALPHABET}]*")
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_HEAD_BITS, _LINE_BITS, _MAC_BITS = 28, 20, 80

# Separators beyond white space and Unicode's dash punctuation (category Pd): dots, underscore and slashes as
# docs/codes.md lists them, and the hyphens and dashes that Unicode files elsewhere: soft hyphen, hyphen bullet, swung
# dash, minus.
_SEPARATORS = frozenset("._/∕⁄\u00ad\u2043\u2053\u2212")


# --- Canonical form --------------------------------------------------------------------------------


def canonical(text: str) -> str:
    """Bring what a person typed or pasted into canonical form (docs/codes.md#alphabet). Its length is not checked.

    ``Refusal("code-symbol")``: a character is neither a separator nor in the alphabet. The parameters are the
    ``symbol`` as typed, its Unicode ``name`` and its ``position`` in the text (1 is the first).
    """
    if _CANONICAL.fullmatch(text):
        return text
    return "".join(_canonical_symbols(typed, position) for position, typed in enumerate(text, start=1))


def _canonical_symbols(typed: str, position: int) -> str:
    """What one typed character becomes: nothing for a separator, several letters for a ligature.

    ``position`` is its place in the text, from 1. ``Refusal``: ``code-symbol``.
    """
    kept = ""
    for symbol in unicodedata.normalize("NFKC", typed).upper():
        if _is_separator(symbol):
            continue
        symbol = "O" if symbol == "0" else symbol
        if symbol not in _VALUE:
            name = unicodedata.name(typed, f"U+{ord(typed):04X}")
            raise Refusal("code-symbol", symbol=_printable(typed), name=name, position=position)
        kept += symbol
    return kept


def _is_separator(symbol: str) -> bool:
    """Tell whether people may put a character between groups of a code."""
    return symbol.isspace() or symbol in _SEPARATORS or unicodedata.category(symbol) == "Pd"


def _printable(symbol: str) -> str:
    """A character as it is, or its code point if it cannot be printed."""
    return symbol if symbol.isprintable() else f"U+{ord(symbol):04X}"


def canonical_or_empty(text: str) -> str:
    """Return ``canonical(text)``, or an empty text where that is refused."""
    try:
        return canonical(text)
    except Refusal:
        return ""


def canonical_of_length(text: str, *lengths: int) -> str:
    """Return ``canonical(text)`` if it has one of ``lengths`` characters.

    ``Refusal``: ``code-symbol`` as ``canonical`` raises it, and ``code-length`` with the ``length`` that the text has
    and the lengths that were ``expected``.
    """
    code = canonical(text)
    if len(code) not in lengths:
        raise Refusal("code-length", length=len(code), expected=lengths)
    return code


def canonical_serial(text: str) -> str:
    """Return a typed serial number in canonical form. ``Refusal``: ``code-symbol``, ``code-length``, and
    ``serial-of-ten-symbols`` for what may be a release code or a serial of version 2.4 or older
    (docs/codes.md#old-serials).
    """
    if len(canonical(text)) == RELEASE_CODE_LENGTH:
        raise Refusal("serial-of-ten-symbols")
    return canonical_of_length(text, SERIAL_LENGTH)


def canonical_site_id(text: str) -> str:
    """Return a typed site ID in canonical form. ``Refusal``: ``code-symbol``, ``code-length``."""
    return canonical_of_length(text, SITE_ID_LENGTH)


def canonical_release_code(text: str) -> str:
    """Return a typed release code in canonical form. ``Refusal``: ``code-symbol``, ``code-length``."""
    return canonical_of_length(text, RELEASE_CODE_LENGTH)


def canonical_unlock_code(text: str) -> str:
    """Return a typed unlock code in canonical form. ``Refusal``: ``code-symbol``, ``code-length``."""
    return canonical_of_length(text, *UNLOCK_CODE_LENGTHS)


def groups(code: str) -> list[str]:
    """Split a canonical code into the groups in which it is shown: serials and site IDs in fours, others in fives."""
    size = 4 if len(code) in (SERIAL_LENGTH, SITE_ID_LENGTH) else 5
    return [code[start : start + size] for start in range(0, len(code), size)]


def grouped(code: str) -> str:
    """Return a canonical code as people are shown it, with a hyphen between groups."""
    return "-".join(groups(code))


# --- Random codes ------------------------------------------------------------------------------------


def new_serial() -> str:
    """Draw a serial number that nobody can guess. Whether it is unique, the database decides."""
    return _draw(SERIAL_LENGTH)


def new_site_id() -> str:
    """Draw a site ID, as a server does when it is installed."""
    return _draw(SITE_ID_LENGTH)


def _draw(length: int) -> str:
    """Draw a code of a length from the generator for secrets."""
    return _to_symbols(secrets.randbelow(BASE**length), length)


# --- Unlock codes ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnlockStatement:
    """What an unlock code says: which licences may run on the installation.

    ``lines`` are pairs of slot (1–31) and total quantity (1–32767), ascending by slot, for one to eight products (seven
    with ``expires_on``). ``assured_month`` is a number as ``month_number`` returns it. ``expires_on``, the last valid
    day, makes it an emergency code.
    """

    key_id: int
    sequence: int
    assured_month: int
    lines: tuple[tuple[int, int], ...]
    expires_on: date | None = None

    def encoded_lines(self) -> tuple[tuple[int, int], ...]:
        """Return the lines as they are encoded: in an emergency code, a first line has the last valid day."""
        if self.expires_on is None:
            return self.lines
        return ((EMERGENCY_SLOT, (self.expires_on - EMERGENCY_EPOCH).days), *self.lines)


def month_number(day: date | None) -> int:
    """Return the month of a day as unlock codes count it: (year − 2000) × 12 + month; 0 for no Software Assurance."""
    return 0 if day is None else (day.year - 2000) * 12 + day.month


def last_day_of_month(number: int) -> date | None:
    """Return the last day of a month that ``month_number`` counted; None for 0."""
    if number == 0:
        return None
    year, month = divmod(number, 12)
    return date(2000 + year, month + 1, 1) - timedelta(days=1)


def unlock_code_length(line_count: int) -> int:
    """Return how many characters an unlock code with a number of encoded lines has."""
    bits = _HEAD_BITS + _LINE_BITS * line_count + _MAC_BITS
    return math.ceil(bits / math.log2(BASE))


_LINES_BY_LENGTH = {unlock_code_length(count): count for count in range(1, MAX_PRODUCTS + 1)}
UNLOCK_CODE_LENGTHS = tuple(_LINES_BY_LENGTH)


def encode_unlock_code(statement: UnlockStatement, *, serial: str, site_id: str, key: bytes) -> str:
    """Return the unlock code that says this for a serial and a site ID, signed with a 32-byte key.

    The same arguments give the same code (docs/codes.md#unlock-code). ``Refusal``: ``nothing-licensed`` (no product),
    ``too-many-products`` (more than eight encoded lines), ``code-field`` (the field ``name`` is out of its range).
    """
    _check_ranges(statement)
    lines = statement.encoded_lines()
    payload = (statement.key_id << 24) | (statement.sequence << 12) | statement.assured_month
    for slot, quantity in lines:
        payload = (payload << _LINE_BITS) | (slot << 15) | quantity
    bits = _HEAD_BITS + _LINE_BITS * len(lines)
    value = (payload << _MAC_BITS) | _mac(payload, bits, serial=serial, site_id=site_id, key=key)
    return _to_symbols(value, unlock_code_length(len(lines)))


def _check_ranges(statement: UnlockStatement) -> None:
    """Raise the refusals of ``encode_unlock_code``: ``nothing-licensed``, ``too-many-products``, ``code-field``."""
    if not statement.lines:
        raise Refusal("nothing-licensed")
    lines = statement.encoded_lines()
    if len(lines) > MAX_PRODUCTS:
        raise Refusal("too-many-products", count=len(statement.lines), limit=MAX_PRODUCTS - 1)
    ranges = [
        ("key-id", statement.key_id, 0, 15),
        ("sequence", statement.sequence, 1, MAX_SEQUENCE),
        ("assured-month", statement.assured_month, 0, 2**12 - 1),
        *(("slot", slot, 1, 31) for slot, _ in statement.lines),
        *(("quantity", quantity, 1, MAX_QUANTITY) for _, quantity in lines),
    ]
    for name, value, low, high in ranges:
        if not low <= value <= high:
            raise Refusal("code-field", name=name, value=value, low=low, high=high)
    if not _ascends(lines):
        raise Refusal("code-field", name="slots", value=str(lines), low=1, high=31)


def decode_unlock_code(code: str, *, serial: str, site_id: str, keys: Mapping[int, bytes]) -> UnlockStatement:
    """Verify an unlock code against the serial and site ID that it should be for, and return what it says.

    ``keys`` maps key ids to 32-byte keys. ``Refusal``: ``unlock-code-length``, ``unlock-code-range`` (no code has such
    a value), ``unlock-code-key`` (unknown key id), ``unlock-code-forged`` (the MAC differs: a character is wrong, or
    the code is for another serial or site ID), ``unlock-code-lines`` (order of slots, zero quantity, no product).
    """
    count = _LINES_BY_LENGTH.get(len(code))
    if count is None:
        raise Refusal("unlock-code-length", length=len(code), expected=UNLOCK_CODE_LENGTHS)
    bits = _HEAD_BITS + _LINE_BITS * count
    value = _from_symbols(code)
    if value >> (bits + _MAC_BITS):
        raise Refusal("unlock-code-range")
    payload, mac = divmod(value, 1 << _MAC_BITS)
    key_id = payload >> (bits - 4)
    if key_id not in keys:
        raise Refusal("unlock-code-key", key_id=key_id)
    expected = _mac(payload, bits, serial=serial, site_id=site_id, key=keys[key_id])
    if not hmac.compare_digest(mac.to_bytes(10, "big"), expected.to_bytes(10, "big")):
        raise Refusal("unlock-code-forged")
    return _read_payload(payload, count)


def _read_payload(payload: int, count: int) -> UnlockStatement:
    """What a verified payload says, with ``count`` encoded lines. ``Refusal("unlock-code-lines")``."""
    head = payload >> (_LINE_BITS * count)
    lines = tuple(_line(payload, index) for index in reversed(range(count)))
    has_emergency_line = lines[0][0] == EMERGENCY_SLOT
    products = lines[1:] if has_emergency_line else lines
    if not products or not _ascends(lines) or any(quantity == 0 for _, quantity in lines):
        raise Refusal("unlock-code-lines")
    return UnlockStatement(
        key_id=head >> 24,
        sequence=(head >> 12) & 0xFFF,
        assured_month=head & 0xFFF,
        lines=products,
        expires_on=EMERGENCY_EPOCH + timedelta(days=lines[0][1]) if has_emergency_line else None,
    )


def _line(payload: int, index: int) -> tuple[int, int]:
    """Slot and quantity of an encoded line; line 0 is the last one."""
    line = (payload >> (_LINE_BITS * index)) & 0xFFFFF
    return line >> 15, line & 0x7FFF


def _ascends(lines: tuple[tuple[int, int], ...]) -> bool:
    """Tell whether the slots ascend, each once."""
    slots = [slot for slot, _ in lines]
    return all(before < after for before, after in pairwise(slots))


def _mac(payload: int, bits: int, *, serial: str, site_id: str, key: bytes) -> int:
    """The 80-bit MAC over a payload of ``bits`` bits, the serial and the site ID."""
    message = b"xchange-unlock-1\0" + serial.encode("ascii") + site_id.encode("ascii")
    message += payload.to_bytes(math.ceil(bits / 8), "big")
    return int.from_bytes(hmac.digest(key, message, hashlib.sha256)[:10], "big")


# --- Release codes -----------------------------------------------------------------------------------


def release_code(unlock_code: str, *, serial: str, site_id: str) -> str:
    """Return the code that an installation shows when it gives its serial back (docs/codes.md#release-code).

    ``unlock_code`` is the one that the installation runs with.
    """
    message = b"xchange-release-1\0" + serial.encode("ascii") + site_id.encode("ascii")
    digest = hmac.digest(unlock_code.encode("ascii"), message, hashlib.sha256)
    number = int.from_bytes(digest[:16], "big") % BASE**RELEASE_CODE_LENGTH
    return _to_symbols(number, RELEASE_CODE_LENGTH)


# --- Base 35 -----------------------------------------------------------------------------------------


def _to_symbols(value: int, length: int) -> str:
    """Write a number in base 35, with leading characters up to the length."""
    symbols = ""
    for _ in range(length):
        value, digit = divmod(value, BASE)
        symbols = ALPHABET[digit] + symbols
    return symbols


def _from_symbols(code: str) -> int:
    """Read a number in base 35."""
    value = 0
    for symbol in code:
        value = value * BASE + _VALUE[symbol]
    return value
