"""What a spreadsheet's cell was, where its text alone does not tell.

A reader gives every cell as text; these say that the program had turned what somebody typed into something else.
"""


class NumberCell(str):
    """A number: leading zeros and everything after fifteen digits are lost."""

    __slots__ = ()


class DateCell(str):
    """A date, as YYYY-MM-DD."""

    __slots__ = ()


class ErrorCell(str):
    """An error, such as #REF!"""

    __slots__ = ()


class SurplusCells(tuple[str, ...]):
    """A row with something in it to the right of the last column that the header names."""

    __slots__ = ()
