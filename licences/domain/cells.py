"""What kind of cell a spreadsheet cell was, where its text alone does not tell; and what of a text can be seen.

Every cell is read as text. These types mark a cell whose content the spreadsheet program may have changed.
"""

import re


class NumberCell(str):
    """The text of a number. The program has dropped leading zeros and everything after 15 digits."""

    __slots__ = ()


class DateCell(str):
    """The text of a date, as YYYY-MM-DD."""

    __slots__ = ()


class ErrorCell(str):
    """The text of an error value, such as #REF!"""

    __slots__ = ()


class FormulaCell(ErrorCell):
    """The text of a formula that no program has calculated, such as =5*4"""

    __slots__ = ()


class MergedCell(str):
    """The text of a merged cell, in each of its rows. ``cell`` is the cell as the first of them has it."""

    __slots__ = ("cell",)
    cell: str

    def __new__(cls, cell: str) -> "MergedCell":
        merged = super().__new__(cls, cell)
        merged.cell = cell
        return merged


class SurplusCells(tuple[str, ...]):
    """The cells of a row with content to the right of the last column that the header names."""

    __slots__ = ()


class MisquotedCells(tuple[str, ...]):
    """The cells, as far as they can be told apart, of a row of a CSV whose quotation marks do not match."""

    __slots__ = ()


# --- What can be seen --------------------------------------------------------------------------------

# The characters without any width of Unicode's property Default_Ignorable_Code_Point, and those that only format.
UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Scripts whose letters join, from Arabic to Mongolian: there a joiner, or its opposite, changes what is seen.
_JOINING = "\u0600-\u0dff\u0e80-\u109f\u1780-\u18af\ua840-\ua87f\ua8e0-\uabff\U00010a00-\U00011fff"
_INVISIBLE = re.compile(f"[{UNSEEN}]|(?<![{_JOINING}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINING}])")
_LATIN = re.compile("[\0-\u00ac\u00ae-\u024f]*")  # for speed only: nearly every text, and all of it can be seen


def has_invisible(text: str) -> bool:
    """Whether a text has characters that cannot be seen, apart from blanks and control characters."""
    return not (text.isascii() or _LATIN.fullmatch(text)) and _INVISIBLE.search(text) is not None


def visible_line(text: str) -> str:
    """One line of text as it is stored, through whatever door it comes: without what cannot be seen, and trimmed."""
    return visible(text).strip()


def visible(text: str) -> str:
    """The text without what cannot be seen (docs/imports.md#what-a-file-may-look-like). Blanks of any kind stay."""
    while has_invisible(text):
        text = _INVISIBLE.sub("", text)
    return text
