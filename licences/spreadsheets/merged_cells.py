"""Merged cells of a sheet: the text of the first row is filled into the rows below it.

A range that begins in the header or above it, such as a title, is left alone. Of a range over several columns only the
first column is filled, since the others have names of their own.
"""

import re

from licences.domain.cells import MergedCell
from licences.spreadsheets.headers import MAX_COLUMNS
from licences.spreadsheets.workbook_parts import WorkbookPart, column_number

MAX_RANGES = 200_000  # each takes about a hundred bytes

_RANGE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7}):[A-Za-z]{1,3}([0-9]{1,7})")


class MergedRanges(WorkbookPart):
    """The merged ranges of a sheet that concern rows below ``header_row``; the target of a parser.

    ``filled`` counts the cells that ``fill`` has filled. Rows have to come in order.
    """

    def __init__(self, header_row: int) -> None:
        super().__init__()
        self.filled = 0
        self._header_row = header_row
        self._ranges: list[tuple[int, int, int]] = []  # first row, last row, column
        self._next = 0
        self._open: dict[int, tuple[int, str]] = {}  # column → last row and text

    def begin_mergecell(self, attrib: dict[str, str]) -> None:
        found = _RANGE.fullmatch(attrib.get("ref", ""))
        if found is None:
            return
        first, last, column = int(found[2]), int(found[3]), column_number(found[1])
        if self._header_row < first < last and column <= MAX_COLUMNS:
            self._ranges.append((first, last, column))
        if len(self._ranges) > MAX_RANGES:
            raise ValueError("too many merged cells")

    def begin(self) -> bool:
        """Put the ranges in the order of the rows; returns whether there are any."""
        self._ranges.sort()
        return bool(self._ranges)

    def fill(self, row: int, cells: list[str]) -> list[str]:
        """The cells of a row, with ``MergedCell`` in those that are merged with others above or below."""
        if not any(map(str.strip, cells)):
            return cells
        for column, (last, text) in list(self._open.items()):
            if last < row:
                del self._open[column]
            elif text:
                self._fill_cell(cells, column, text)
        while self._next < len(self._ranges) and self._ranges[self._next][0] <= row:
            first, last, column = self._ranges[self._next]
            self._next += 1
            is_here = first == row and column <= len(cells)
            text = cells[column - 1] if is_here else ""
            self._open[column] = last, text
            if text:  # the first row is as unclear as the others where a number must not be repeated
                cells[column - 1] = MergedCell(text)
        return cells

    def _fill_cell(self, cells: list[str], column: int, text: str) -> None:
        """Put the text of a cell above into a column, unless the row has its own there."""
        cells += [""] * (column - len(cells))
        if not cells[column - 1]:
            cells[column - 1] = MergedCell(text)
            self.filled += 1
