"""The header of a table: which of its cells name which column, and how a row is put in order by it."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from licences.domain.cells import SurplusCells
from licences.domain.errors import Refusal

Row = tuple[str, ...]

_BETWEEN_WORDS = re.compile(r"[\s_\-\ufeff]+")  # a byte order mark is left where files were put together
_EVERY_ROW_IS_ODD = -1
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a file has the columns that were asked for.

    ``width`` counts the cells up to the last that has a name. A row of ``plain_width`` cells needs no second look.
    ``pick`` takes the cells of a row plus an empty one, which stands for every column that is missing.
    """

    columns: Row
    unknown_columns: list[str]
    missing: Row
    width: int
    plain_width: int
    nameless: tuple[int, ...]
    pick: Callable[[list[str]], Row]

    def fit(self, cells: list[str]) -> Row | None:
        """A row that is too short, too long or perhaps empty; None if it is empty."""
        if not any(map(str.strip, cells)):
            return None
        padded = [*cells[: self.width], *[""] * (self.width + 1 - len(cells))]
        nameless = [*cells[self.width :], *(padded[position] for position in self.nameless)]
        row = self.pick([*padded[: self.width], ""])
        return SurplusCells(row) if any(map(str.strip, nameless)) else row


@dataclass(frozen=True, slots=True)
class Wanted:
    """The columns that a table is asked for, and those among them that it must have."""

    columns: Row
    required: Row

    def named(self, header: Sequence[str]) -> list[str]:
        """Position in the file → the column as it was asked for, or "" where it was not."""
        columns = {_key(column): column for column in self.columns}
        return [columns.get(_key(cell), "") for cell in header]

    def layout(self, header: Sequence[str]) -> Layout:
        """``Refusal``: ``file-no-table``, ``columns-missing``, ``columns-twice``."""
        width = max((position for position, cell in enumerate(header, 1) if _key(cell)), default=0)
        named = self.named(header[:width])
        self._refuse_unusable(Counter(filter(None, named)))
        nameless = tuple(position for position, cell in enumerate(header[:width]) if not _key(cell))
        return Layout(
            columns=tuple(named),
            unknown_columns=[
                _shown(cell) for cell, name in zip(header, named, strict=False) if _key(cell) and not name
            ],
            missing=tuple(column for column in self.columns if column not in named),
            width=width,
            plain_width=_EVERY_ROW_IS_ODD if nameless else width,
            nameless=nameless,
            pick=_picker([named.index(column) if column in named else width for column in self.columns]),
        )

    def _refuse_unusable(self, counted: Counter[str]) -> None:
        if not counted:
            raise Refusal("file-no-table")
        missing = [column for column in self.required if column not in counted]
        if missing:
            raise Refusal("columns-missing", columns=missing)
        twice = [column for column, count in counted.items() if count > 1]
        if twice:
            raise Refusal("columns-twice", columns=twice)


def _key(name: str) -> str:
    """Address Line 1, ADDRESS-LINE1 and address_line1 are the same column."""
    return _BETWEEN_WORDS.sub("", name).casefold()


def _shown(cell: str) -> str:
    return " ".join(cell.replace("\ufeff", "").replace("\0", "\ufffd").split())[:_SHOWN]  # no database keeps a NUL


def _picker(positions: list[int]) -> Callable[[list[str]], Row]:
    if len(positions) == 1:  # itemgetter would give the text itself
        return lambda cells: (cells[positions[0]],)
    return itemgetter(*positions)
