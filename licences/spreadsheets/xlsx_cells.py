"""What the cells of a workbook hold, as text; numbers, dates and errors say that they are."""

import re
from datetime import date, datetime, time
from math import isinf

from openpyxl.utils.datetime import from_excel

from licences.domain.cells import DateCell, ErrorCell, NumberCell
from licences.spreadsheets.escaping import unescaped

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,400}", re.ASCII)
_ESCAPED_SYMBOL = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_RESTORED = {0, *range(0xD800, 0xE000)}


def text_cell(text: str) -> str:
    """A text; ``_x000D_`` is how XML holds what it cannot, here a carriage return."""
    if "_x" in text:
        text = _ESCAPED_SYMBOL.sub(_restored, text)
    return unescaped(text)


def _restored(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if code in _NOT_RESTORED else chr(code)


def number_cell(text: str, *, digits: int = 0) -> str:
    """Whole numbers without decimals, and with zeros before them up to ``digits``; others in their shortest form.

    Excel writes 0.1 as 0.10000000000000001. Digits that it has lost, those after the fifteenth, are not its to give.
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
    """A number in a date format, as YYYY-MM-DD; its time of day is dropped. One that is a mere time stays one."""
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
    """A date that is written out, as YYYY-MM-DDThh:mm:ss."""
    try:
        return DateCell(date.fromisoformat(text[:10]).isoformat())
    except ValueError:
        return ErrorCell(text)


def truth_cell(text: str) -> str:
    return "TRUE" if text.strip().lower() in ("1", "true") else "FALSE"
