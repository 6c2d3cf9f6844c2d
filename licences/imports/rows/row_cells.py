"""Parsing the cells of one row: from texts to values, or to problems that name column, value and reason.

Shared by files of purchases, files of installations and the small tables of the administration.
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
from licences.domain.cells import (
    DateCell,
    ErrorCell,
    FormulaCell,
    MergedCell,
    MisquotedCells,
    NumberCell,
    SurplusCells,
    has_invisible,
    visible,
)
from licences.domain.errors import Refusal
from licences.domain.folding import normalized
from licences.domain.record_keys import code_text, with_plain_dashes

_Value = TypeVar("_Value")
_DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%Y%m%d")
_SHORT_YEAR = "%d.%m.%y"  # 69 to 99 are of the last century
_MIDNIGHT = re.compile(r"[ T]0?0:00(?::00(?:[.,]0+)?)?(?:Z|[+-]00:?00)?")
_DAY_NUMBER = re.compile(r"\d{5}(?:[.,]\d+)?", re.ASCII)
_FIRST_DAY, _LAST_DAY = 36526, 73050  # 2000-01-01 and 2099-12-31, as spreadsheets count days
_NO_DAYS = frozenset({(9999, 12, 31), (2999, 12, 31)})  # what systems write where there is no end
_ZERO_DAYS = frozenset({"00000000", "00.00.0000", "0000-00-00"})
_WHOLE_NUMBER = re.compile(r"(?P<sign>[+-]?) ?(?P<number>\d{1,20})(?:[.,](?:0{1,2}|0{4,9}))? ?(?P<after>-?)", re.ASCII)
_EXPONENT = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+\d+", re.ASCII)
_EXACT_DIGITS = 15  # a spreadsheet's number has no more
_SHOWN = 200  # characters of a value that a problem keeps


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One problem of a row: the column, the value in it, and the code and parameters of a ``Refusal``."""

    column: str
    value: str
    reason: str
    parameters: Mapping[str, Any]


def are_texts(cells: Sequence[str]) -> bool:
    """Whether all cells are plain texts, none converted by a spreadsheet, and no more of them than the header has."""
    return set(map(type, cells)) == _TEXT_ONLY and type(cells) is tuple


def are_plain(cells: Sequence[str], limits: Sequence[int]) -> bool:
    """Whether all texts are trimmed, printable and within ``limits``, so that they need no parsing.

    For speed only: where it is False the cells are parsed one by one.
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
        and row[:1] != "'"
        and "|'" not in row
        and not has_invisible(row)
    )


_TEXT_ONLY = {str}


class CellReader:
    """Reads one row column by column; ``problems`` collects every problem in it.

    ``cells`` are in the order of ``columns``. ``raw``: texts keep what cannot be seen, as formerly.
    """

    def __init__(self, cells: Sequence[str], columns: Sequence[str], *, raw: bool = False) -> None:
        """Begin to read the cells of one row, which are in the order of ``columns``.

        ``raw``: texts keep what cannot be seen and dashes of any kind.
        """
        self._raw = raw
        self.problems: list[CellProblem] = []
        self._cells = dict(zip(columns, cells, strict=False))
        self._is_misquoted = False
        if isinstance(cells, SurplusCells):
            self._note("", "", Refusal("too-many-cells"))
        elif isinstance(cells, MisquotedCells):
            self._note("", "", Refusal("row-quotes"))
            self._is_misquoted = True

    def cell(self, column: str, parse: Callable[[str], _Value], *, may_repeat: bool = True) -> _Value | None:
        """The number, date or code in a column, as ``parse`` returns it; None, and a problem, where that refuses.

        ``may_repeat``: a merged cell says the same for each of its rows, which is not so for a quantity.
        """
        cell = self._cells.get(column, "")
        try:
            cell = _unmerged(cell, may_repeat=may_repeat)
            if parse is not parse_day:
                _refuse_date(cell)
            return parse(_unconverted(cell, _unguarded(one_line(cell)), code=parse in _CODES))
        except Refusal as refusal:
            self._note(column, cell, refusal)
            return None

    def text(self, column: str, limit: int, *, required: bool = False, code: bool = False) -> str:
        """The text in a column, of at most ``limit`` characters; empty, and a problem, where it is refused.

        ``required``: an empty cell is refused. ``code``: every digit of it counts. What cannot be seen is removed, and
        the dashes of codes become "-", unless all is read ``raw``.
        """
        cell = self._cells.get(column, "")
        try:
            cell = _unmerged(cell)
            _refuse_date(cell)
            line = " ".join(cell.split()) if self._raw else one_line(cell)
            text = _unconverted(cell, _unguarded(line) if code and not self._raw else line, code=code)
            if code and not self._raw and not text.isascii():
                text = code_text(text)
            return parse_text(text, limit, required=required)
        except Refusal as refusal:
            self._note(column, cell, refusal)
            return ""

    def _note(self, column: str, cell: str, refusal: Refusal) -> None:
        """Add the refusal of a cell to ``problems``. A row that could not be taken apart into cells gets none."""
        if not self._is_misquoted:
            self.problems.append(CellProblem(column, str(cell)[:_SHOWN], refusal.code, refusal.parameters))


def one_line(cell: str) -> str:
    """The text on one line: white space, also line breaks, becomes single spaces, and what cannot be seen goes."""
    return " ".join(visible(cell).split())


def _unguarded(line: str) -> str:
    """The text without the apostrophe by which a program keeps a spreadsheet from converting a number or code."""
    return line[1:].lstrip() if line[:1] == "'" else line


def _unmerged(cell: str, *, may_repeat: bool = True) -> str:
    """The cell as the first row of a merged cell has it; any other cell as it is.

    ``Refusal``: ``cell-is-merged``, for a merged cell unless it ``may_repeat``.
    """
    if not isinstance(cell, MergedCell):
        return cell
    if not may_repeat:
        raise Refusal("cell-is-merged")
    return cell.cell


def parse_text(cell: str, limit: int, *, required: bool = False) -> str:
    """The text of a cell, trimmed and in NFC, of at most ``limit`` characters.

    ``Refusal``: ``value-missing`` (if ``required``), ``value-too-long``, ``value-control-character``.
    """
    cell = normalized("NFC", cell)  # before it is measured: some characters become two
    if not cell and required:
        raise Refusal("value-missing")
    if len(cell) > limit:
        raise Refusal("value-too-long", length=len(cell), limit=limit)
    if any(unicodedata.category(symbol) in ("Cc", "Cs") for symbol in cell):
        raise Refusal("value-control-character")
    return cell


def _unconverted(cell: str, trimmed: str, *, code: bool) -> str:
    """The trimmed text of a cell, which a spreadsheet may have changed; ``code``: every digit of it counts.

    ``Refusal``: ``cell-is-a-formula``, ``cell-is-an-error``, ``cell-is-a-number`` (for a code that may have lost
    digits).
    """
    if isinstance(cell, FormulaCell):
        raise Refusal("cell-is-a-formula")
    if isinstance(cell, ErrorCell):
        raise Refusal("cell-is-an-error")
    if code and _EXPONENT.fullmatch(trimmed):
        raise Refusal("cell-is-a-number")
    if code and isinstance(cell, NumberCell) and not (trimmed.isdigit() and len(trimmed) <= _EXACT_DIGITS):
        raise Refusal("cell-is-a-number")
    return NumberCell(trimmed) if isinstance(cell, NumberCell) else trimmed


def _refuse_date(cell: str) -> None:
    """``Refusal``: ``cell-is-a-date``, for a cell that a spreadsheet has converted to a date."""
    if isinstance(cell, DateCell):
        raise Refusal("cell-is-a-date")


def parse_serial(cell: str) -> str:
    """The serial number in a cell, in canonical form; empty for an empty cell.

    ``Refusal``: ``cell-is-a-number``, ``code-symbol``, ``code-length``, ``serial-of-ten-symbols`` (it may be a release
    code, or a serial number of version 2.4 or older).
    """
    if not cell:
        return ""
    _refuse_number(cell)
    return codes.canonical_serial(cell)


def parse_required_serial(cell: str) -> str:
    """The serial number in a cell, in canonical form.

    ``Refusal``: ``value-missing``, ``cell-is-a-number``, ``code-symbol``, ``code-length``, ``serial-of-ten-symbols``.
    """
    if not cell:
        raise Refusal("value-missing")
    return parse_serial(cell)


def parse_site_id(cell: str) -> str:
    """The site ID in a cell, in canonical form.

    ``Refusal``: ``value-missing``, ``cell-is-a-number``, ``code-symbol``, ``code-length``.
    """
    if not cell:
        raise Refusal("value-missing")
    _refuse_number(cell)
    return codes.canonical_site_id(cell)


def _refuse_number(cell: str) -> None:
    """``Refusal``: ``cell-is-a-number``, for a code that a spreadsheet has converted to a number."""
    if isinstance(cell, NumberCell):
        raise Refusal("cell-is-a-number")


_CODES = frozenset({parse_serial, parse_required_serial, parse_site_id})


def parse_whole_number(cell: str) -> int:
    """A whole number, also with decimals that are zero (5,0) or with its minus, of any kind, at the end (5-).

    Three zeros after a dot or a comma may mean thousands, so they are refused like every other separator.
    ``Refusal``: ``value-missing``, ``not-a-whole-number``.
    """
    if not cell:
        raise Refusal("value-missing")
    found = _WHOLE_NUMBER.fullmatch(with_plain_dashes(cell))
    if found is None or (found["sign"] and found["after"]):
        raise Refusal("not-a-whole-number")
    number = int(found["number"])
    return -number if "-" in (found["sign"], found["after"]) else number


@lru_cache(maxsize=4096)
def parse_day(cell: str) -> date | None:
    """A date written 2026-11-24, 24.11.2026, 24.11.26 or 20261124, also with the time of midnight; None if empty.

    ``Refusal``: ``not-a-date``, ``date-is-a-number`` (as spreadsheets count days), ``date-for-none`` (31.12.9999, or
    only zeros), ``date-out-of-range`` (before 2000 or after 2099).
    """
    if not cell:
        return None
    text = _MIDNIGHT.sub("", with_plain_dashes(cell).replace(". ", "."))
    if text in _ZERO_DAYS:
        raise Refusal("date-for-none")
    for form in (*_DATE_FORMATS, _SHORT_YEAR):
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007  (a calendar date has no zone)
        except ValueError:
            continue
        if len(text) == 8 or form != "%Y%m%d":  # strptime itself takes 2026111
            return _within_century(day)
    if _DAY_NUMBER.fullmatch(text) and _FIRST_DAY <= int(text[:5]) <= _LAST_DAY:
        raise Refusal("date-is-a-number")
    raise Refusal("not-a-date")


def _within_century(day: date) -> date:
    """The day. ``Refusal``: ``date-for-none``, ``date-out-of-range`` (before 2000 or after 2099).

    Unlock codes count months from 2000 in twelve bits; any other year is a typing error.
    """
    if (day.year, day.month, day.day) in _NO_DAYS:
        raise Refusal("date-for-none")
    if not 2000 <= day.year <= 2099:
        raise Refusal("date-out-of-range")
    return day
