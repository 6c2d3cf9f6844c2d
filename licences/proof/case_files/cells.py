"""Cells of the tables in a case file, from which both the page and the PDF are made."""

from typing import NamedTuple


class Cell(NamedTuple):
    """One cell. ``added``: text after the text. ``entry``: number of the entry to see, or 0. ``is_code``: a grouped
    code, which must not break across lines."""

    label: str
    text: str
    added: str = ""
    entry: int = 0
    is_code: bool = False


Row = list[Cell]
