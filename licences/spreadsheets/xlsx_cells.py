"""The contents of workbook cells as texts; numbers, dates and errors are subclasses of ``str``."""

import re
from datetime import date, datetime, time
from math import isinf

from openpyxl.utils.datetime import from_excel

from licences.domain.cells import DateCell, ErrorCell, NumberCell
from licences.spreadsheets.escaping import unguarded

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,400}", re.ASCII)
_ESCAPED_SYMBOL = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_RESTORED = {0, *range(0xD800, 0xE000)}


def text_cell(text: str, *, guarded: bool = True) -> str:
    """A text, with Office's escapes such as ``_x000D_`` (a carriage return) restored.

    ``guarded``: it may come from a CSV, with guards of the portal or of other programs, which are removed.
    """
    if "_x" in text:
        text = _ESCAPED_SYMBOL.sub(_restored, text)
    return unguarded(text) if guarded else text


def _restored(match: re.Match[str]) -> str:
    """The character of an escape such as ``_x000D_``."""
    code = int(match[1], 16)
    return match[0] if code in _NOT_RESTORED else chr(code)


def number_cell(text: str, *, digits: int = 0) -> str:
    """A number: whole ones without decimals and zero-padded to ``digits``, others in their shortest form.

    Excel stores 0.1 as 0.10000000000000001. Digits after the fifteenth are lost in Excel and cannot be restored.
    """
    if not _NUMBER.fullmatch(text):
        return ErrorCell(text)
    if _WHOLE_NUMBER.fullmatch(text):
        return NumberCell(str(int(text)).zfill(digits))
    value = float(text)
    if isinf(value):
        return ErrorCell("#NUM!")
    return NumberCell(str(int(value)).zfill(digits) if value.is_integer() else repr(value))


def date_cell(text: str, epoch: datetime) -> str:
    """A number in a date format as YYYY-MM-DD, without its time of day; a time without a date as HH:MM:SS."""
    if not _NUMBER.fullmatch(text):
        return ErrorCell(text)
    try:
        moment = from_excel(float(text), epoch)
    except (ValueError, OverflowError):
        return ErrorCell("#VALUE!")
    if isinstance(moment, datetime) and moment >= epoch:
        return DateCell(moment.date().isoformat())
    return DateCell(moment.isoformat()) if isinstance(moment, time) else ErrorCell("#VALUE!")


def iso_date_cell(text: str) -> str:
    """A date stored as YYYY-MM-DDThh:mm:ss, as YYYY-MM-DD."""
    try:
        return DateCell(date.fromisoformat(text[:10]).isoformat())
    except ValueError:
        return ErrorCell(text)


def truth_cell(text: str) -> str:
    """A boolean as TRUE or FALSE."""
    return "TRUE" if text.strip().lower() in ("1", "true") else "FALSE"
