"""Texts that a spreadsheet program would run as formulas: disarmed in what is written, restored in what is read.

Both writers escape and the reader undoes it in both formats: a file of rejected rows may be opened as CSV, mended and
saved as XLSX, and a telephone number +49 … is still the same when it comes back.
"""

import re
from datetime import date
from decimal import Decimal

# What starts a formula, also after white space or in full width. Apostrophes before it are from an earlier escape.
_FORMULA = re.compile(r"'*\s*[=+\-@\t\r＝＋－＠]")


def safe_cell(value: object) -> str:
    """The text for a cell. A text that would start a formula gets an apostrophe; numbers are left as they are."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float | Decimal):
        return str(value)
    text = value.isoformat() if isinstance(value, date) else str(value)
    return f"'{text}" if _FORMULA.match(text) else text


def unescaped(text: str) -> str:
    """What ``safe_cell`` was given: ``unescaped(safe_cell(text)) == text`` for every text.

    So that this holds, ``safe_cell`` escapes once more what looks escaped already.
    """
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text
