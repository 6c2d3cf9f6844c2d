"""The cells of one row of a file: from text to values, or to a problem that names column, value and reason.

Whatever is common to files of purchases and files of installations.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from operator import gt
from typing import Any, TypeVar

from licences.domain import codes
from licences.domain.cells import DateCell, ErrorCell, NumberCell, SurplusCells
from licences.domain.errors import Refusal
from licences.domain.folding import normalized

_Value = TypeVar("_Value")
_DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y")
_EXPONENT = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+\d+", re.ASCII)
_EXACT_DIGITS = 15  # more than these a spreadsheet's number does not hold
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is rejected: the column, the value in it, and a reason as a ``Refusal`` would give it."""

    column: str
    value: str
    reason: str
    parameters: Mapping[str, Any]


def are_texts(cells: Sequence[str]) -> bool:
    """Whether all cells are as somebody typed them, and there are no more of them than the header has."""
    return set(map(type, cells)) == _TEXT_ONLY and type(cells) is tuple


def are_plain(cells: Sequence[str], limits: Sequence[int]) -> bool:
    """Whether all texts are short, trimmed and printable, so that they can be taken as they stand.

    A guard for speed: what it does not let through is read with care.
    """
    row = "|".join(cells)
    return (
        row.isprintable()
        and "  " not in row
        and " |" not in row
        and "| " not in row
        and "E+" not in row
        and "e+" not in row
        and row[:1] != " "
        and row[-1:] != " "
        and (row.isascii() or unicodedata.is_normalized("NFC", row))
        and not any(map(gt, map(len, cells), limits))
    )


_TEXT_ONLY = {str}


class Reading:
    """One row, read column by column; ``problems`` gathers all that is wrong with it."""

    def __init__(self, cells: Sequence[str], columns: Sequence[str]) -> None:
        self.problems: list[Problem] = []
        self._cells = dict(zip(columns, cells, strict=False))
        if isinstance(cells, SurplusCells):
            self._note("", "", Refusal("too-many-cells"))

    def cell(self, column: str, read: Callable[[str], _Value]) -> _Value | None:
        """The value of a number, date or code."""
        cell = self._cells.get(column, "")
        try:
            if read is not day:
                _refuse_date(cell)
            return read(_without_surprise(cell, one_line(cell), code=read in _CODES))
        except Refusal as refusal:
            self._note(column, cell, refusal)
            return None

    def text(self, column: str, limit: int, *, required: bool = False, code: bool = False) -> str:
        """A text of at most ``limit`` symbols. ``code``: it identifies something, so that every digit counts."""
        cell = self._cells.get(column, "")
        try:
            _refuse_date(cell)
            return text(_without_surprise(cell, one_line(cell), code=code), limit, required=required)
        except Refusal as refusal:
            self._note(column, cell, refusal)
            return ""

    def _note(self, column: str, cell: str, refusal: Refusal) -> None:
        self.problems.append(Problem(column, str(cell)[:_SHOWN], refusal.code, refusal.parameters))


def one_line(cell: str) -> str:
    """A cell with quoted line breaks is one line; white space around and between is one blank."""
    return " ".join(cell.split())


def text(cell: str, limit: int, *, required: bool = False) -> str:
    cell = normalized("NFC", cell)  # before it is measured: some symbols become two
    if not cell and required:
        raise Refusal("value-missing")
    if len(cell) > limit:
        raise Refusal("value-too-long", length=len(cell), limit=limit)
    if any(unicodedata.category(symbol) in ("Cc", "Cs") for symbol in cell):
        raise Refusal("value-control-character")
    return cell


def _without_surprise(cell: str, trimmed: str, *, code: bool) -> str:
    """Refuse what a spreadsheet made of a code, and its errors."""
    if isinstance(cell, ErrorCell):
        raise Refusal("cell-is-an-error")
    if code and _EXPONENT.fullmatch(trimmed):
        raise Refusal("cell-is-a-number")
    if code and isinstance(cell, NumberCell) and not (trimmed.isdigit() and len(trimmed) <= _EXACT_DIGITS):
        raise Refusal("cell-is-a-number")
    return NumberCell(trimmed) if isinstance(cell, NumberCell) else trimmed


def _refuse_date(cell: str) -> None:
    if isinstance(cell, DateCell):
        raise Refusal("cell-is-a-date")


def serial(cell: str) -> str:
    """A serial number in canonical form, or empty."""
    if not cell:
        return ""
    _refuse_number(cell)
    return codes.canonical_serial(cell)


def required_serial(cell: str) -> str:
    if not cell:
        raise Refusal("value-missing")
    return serial(cell)


def site_id(cell: str) -> str:
    """A site ID in canonical form; required."""
    if not cell:
        raise Refusal("value-missing")
    _refuse_number(cell)
    return codes.canonical_site_id(cell)


def _refuse_number(cell: str) -> None:
    if isinstance(cell, NumberCell):
        raise Refusal("cell-is-a-number")


_CODES = frozenset({serial, required_serial, site_id})


@lru_cache(maxsize=4096)
def day(cell: str) -> date | None:
    """A date written 2026-11-24 or 24.11.2026, or None where the cell is empty."""
    for form in _DATE_FORMATS if cell else ():
        try:
            found = datetime.strptime(cell, form).date()  # noqa: DTZ007  (a calendar date has no zone)
        except ValueError:
            continue
        return _plausible(found)
    if cell:
        raise Refusal("not-a-date")
    return None


def _plausible(found: date) -> date:
    """Unlock codes count months from 2000 in twelve bits; other years are slips of the finger."""
    if not 2000 <= found.year <= 2099:
        raise Refusal("date-out-of-range")
    return found
