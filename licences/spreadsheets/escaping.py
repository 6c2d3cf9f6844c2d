"""Guards against formula injection: texts are escaped in a CSV that is written, and restored when one is read.

A spreadsheet program may split a CSV at another delimiter than the writer used, and may ignore quotation marks. So a
guard, an apostrophe, is put wherever such a program might begin a cell with a formula: at the start of a text, and
after each comma, semicolon, tab and line break in it. If only blanks follow such a position up to the end of the text,
a guard is put there too, because a program might take the closing quotation mark for an opening one. The cells of a
workbook need no guards, since they are marked as texts.

Other programs guard codes as formulas, ``="00123"`` or ``=T("00123")``, of which a spreadsheet program shows the text.
"""

import re
from decimal import Decimal

_STARTS = r"=+\-@＝＋－＠"  # characters that start a formula, also in full width; tab and carriage return do too
_SEPARATORS = r",;\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"  # characters at which some program ends a cell or a row
_BEFORE = r"""["'\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*"""  # blanks, invisible characters, quotation marks, guards

# From each position where a cell may begin up to the start of a formula, so that each character is read only once.
_STRETCH = re.compile(rf"(?:(?P<first>\A)|[{_SEPARATORS}]){_BEFORE}[{_STARTS}]?")
_TO_LAST_START = re.compile(rf".*(?=[{_STARTS}\t\r])", re.DOTALL)
_SEPARATOR = re.compile(rf"\r\n|[{_SEPARATORS}]")
_GUARDED_SEPARATOR = re.compile(rf"(\r\n|[{_SEPARATORS}])'")
_SEPARATOR_AT_END = re.compile(rf"\r\n|(?!,)[{_SEPARATORS}]")  # every program ends a cell at a comma
_GUARDED_SEPARATOR_AT_END = re.compile(rf"(\r\n|(?!,)[{_SEPARATORS}])'")
_FORMULA = re.compile(rf"{_BEFORE}[{_STARTS}]|[\t\r]")
_TEXT_FORMULA = re.compile(r'\s*=\s*(?:"((?:[^"]|"")*)"|T\(\s*"((?:[^"]|"")*)"\s*\))\s*', re.IGNORECASE)
_MAY_NEED_GUARD = re.compile(rf"[{_STARTS}{_SEPARATORS}]")


def safe_cell(value: object) -> str:
    """The text of a value for a cell of a CSV. A text that would start a formula is guarded; numbers are unchanged.

    A negative number at the beginning of a row needs ``safe_row``.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float | Decimal):
        return str(value)
    text = str(value)  # a date as YYYY-MM-DD, a datetime as YYYY-MM-DD hh:mm:ss
    return _STRETCH.sub(_guarded, text) if _MAY_NEED_GUARD.search(text) else text


def begins_like_formula(text: str) -> bool:
    """Whether a spreadsheet program might run a text, from its first character, as a formula."""
    return _FORMULA.match(text) is not None


def safe_row(cells: list[object]) -> list[str]:
    """The texts of a row for a CSV.

    A negative number is harmless only where the program sees the comma after it. At the beginning of a row, a program
    that splits at another delimiter would run the whole row as one formula, so the number is guarded there.
    """
    first, *others = map(safe_cell, cells) if cells else [""]
    return [safe_cell(str(first)) if first[:1] == "-" and others else first, *others]


def unescaped(text: str) -> str:
    """The text that ``safe_cell`` was given: ``unescaped(safe_cell(text)) == text`` for every text.

    For this to hold, ``safe_cell`` adds another guard to a text that looks guarded already.
    """
    return _STRETCH.sub(_unguarded, text) if "'" in text else text


def unguarded(text: str) -> str:
    """The text that was meant: without the guards of this portal (``unescaped``) or those of other programs."""
    literal = text_of_formula(text)
    return unescaped(text) if literal is None else literal


def text_of_formula(text: str) -> str | None:
    """The text of a formula that is nothing but a text, such as ``="00123"``; None for every other text."""
    if "=" not in text or (found := _TEXT_FORMULA.fullmatch(text)) is None:
        return None
    return (found[2] if found[1] is None else found[1]).replace('""', '"')


def _guarded(stretch: re.Match[str]) -> str:
    """The stretch with a guard at each position before the start of a formula or the end of the text."""
    before, after = _divided(stretch)
    if before is not None:
        first = "" if stretch["first"] is None else "'"
        before = first + _SEPARATOR.sub(r"\g<0>'", before)
    if stretch.end() == len(stretch.string):
        after = _SEPARATOR_AT_END.sub(r"\g<0>'", after)
    return (before or "") + after


def _unguarded(stretch: re.Match[str]) -> str:
    """The stretch with one guard removed at each of these positions."""
    before, after = _divided(stretch)
    if before is not None:
        before = before if stretch["first"] is None else before.removeprefix("'")
        before = _GUARDED_SEPARATOR.sub(r"\1", before)
    if stretch.end() == len(stretch.string):
        after = _GUARDED_SEPARATOR_AT_END.sub(r"\1", after)
    return (before or "") + after


def _divided(stretch: re.Match[str]) -> tuple[str | None, str]:
    """The part before the last start of a formula, and the rest; None and the whole stretch where there is none."""
    match = _TO_LAST_START.match(stretch[0])
    return (match[0], stretch[0][match.end() :]) if match else (None, stretch[0])
