"""The header of a table: which of its cells name which column, and how rows are reordered by it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter

from licences.domain.cells import MisquotedCells, SurplusCells
from licences.domain.errors import Refusal

Row = tuple[str, ...]

MAX_COLUMNS = 256  # up to the last one with a name; every row is padded to that width, so it costs time

HEADER_ROWS = 20  # rows with content among which the header is looked for

_BETWEEN_WORDS = re.compile(r"[\s_\-\ufeff]+")  # joined files leave a byte order mark inside
_SYMBOLS = re.compile(r"[\W_]+")
_TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_NOT_ASCII = re.compile(r"[^a-z0-9]+")
_NO_WIDTH = -1  # no row has this many cells
_SHOWN = 100


class MisquotedRecord(list[str]):
    """The cells of a record whose quotation marks do not match, wider than any row, so that it is not taken for one."""

    def __init__(self, cells: Sequence[str]) -> None:
        super().__init__([*cells[:MAX_COLUMNS], *[""] * (MAX_COLUMNS + 1 - len(cells))])


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """Where a file has the requested columns.

    ``titles`` are the header's cells up to the last with a name, as they are shown; ``width`` is their number.
    ``shape`` is the key of the known shape that the header has, empty without one. A row of ``plain_width`` cells only
    needs ``pick``; any other needs ``fit``. ``nameless`` are positions without a name. ``pick`` takes a row's cells
    plus an empty one, which stands for every missing column, and returns them in the requested order.
    """

    columns: Row
    titles: Row
    shape: str
    unknown_columns: list[str]
    missing: Row
    width: int
    plain_width: int
    nameless: tuple[int, ...]
    pick: Callable[[list[str]], Row]

    def fit(self, cells: list[str]) -> Row | None:
        """A row of any width in the requested order, None if it is empty.

        ``SurplusCells`` if a cell has no column, ``MisquotedCells`` if it is not known where the cells end.
        """
        if isinstance(cells, MisquotedRecord):
            return MisquotedCells(self.pick([*cells[: self.width], ""]))
        if not any(map(str.strip, cells)):
            return None
        padded = [*cells[: self.width], *[""] * (self.width + 1 - len(cells))]
        nameless = [*cells[self.width :], *(padded[position] for position in self.nameless)]
        row = self.pick([*padded[: self.width], ""])
        return SurplusCells(row) if any(map(str.strip, nameless)) else row


@dataclass(frozen=True, slots=True)
class KnownShape:
    """A header that was seen before: which column each of its cells means ("" for none), by their position.

    ``optional`` are columns that a file of this shape may lack, because they have a default.
    """

    columns: Row
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReadingHints:
    """What is known beforehand about a file of somebody else.

    ``names`` are further names of columns, each a mapping from ``folded_title`` to column; those of an earlier mapping
    win. Those of ``overruling`` win even over the column's own name, unless it is written exactly so. ``shapes`` maps
    ``shape_of`` a header to what its cells mean, and wins over all names. ``encoding`` and ``delimiter`` are those of a
    CSV file, empty to detect them; a byte order mark wins. ``guess``: accept the most likely header although columns
    are missing.
    """

    overruling: Mapping[str, str] = field(default_factory=dict)
    names: Sequence[Mapping[str, str]] = ()
    shapes: Mapping[str, KnownShape] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""
    guess: bool = False


@dataclass(frozen=True, slots=True)
class FoundHeader:
    """The header of a file: its row and layout, and row and text of every row with content above it."""

    row: int
    layout: ColumnLayout
    skipped: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class RequestedColumns:
    """The columns to look for in a header, and those among them that must be there."""

    columns: Row
    required: Row
    hints: ReadingHints = ReadingHints()

    def columns_of(self, header: Sequence[str]) -> list[str]:
        """Position in the header → the requested column, or "" for a cell that names none."""
        if shape := self.hints.shapes.get(shape_of(header)):
            return [*shape.columns, *[""] * (len(header) - len(shape.columns))][: len(header)]
        exact = {cell.strip() for cell in header}
        overruling = {title: name for title, name in self.hints.overruling.items() if name not in exact}
        columns = {_key(column): column for column in self.columns}
        named = [overruling.get(folded_title(cell), "") for cell in header] if overruling else [""] * len(header)
        taken = set(named) - {""}
        own = (columns.get(_key(cell), "") for cell in header)
        named = [had or ("" if new in taken else new) for had, new in zip(named, own, strict=True)]
        for names in self.hints.names:
            taken = set(named)
            further = [names.get(folded_title(cell), "") for cell in header]
            named = [had or ("" if new in taken else new) for had, new in zip(named, further, strict=True)]
        return named

    def count(self, header: Sequence[str]) -> int:
        """How many different columns a header names."""
        return len(set(self.columns_of(header)) - {""})

    def search(self, records: Iterable[tuple[int, Sequence[str]]]) -> FoundHeader:
        """The header among the first ``HEADER_ROWS`` records with content: the first that has the required columns.

        ``records`` are pairs of row number and cells. ``Refusal``: that of the record that names most columns, see
        ``layout``; ``file-no-table`` where no record names any.
        """
        passed: list[tuple[int, Sequence[str]]] = []
        closest = Refusal("file-no-table")
        named = -1
        for row, cells in records:
            if not any(map(str.strip, cells)):
                continue
            if len(passed) == HEADER_ROWS:
                break
            try:
                return FoundHeader(row, self.layout(cells), _texts(passed))
            except Refusal as refusal:
                if (count := self.count(cells)) > named:
                    named, closest = count, refusal
            passed.append((row, cells))
        if not self.hints.guess:
            raise closest
        return self._likeliest(passed)

    def _likeliest(self, records: list[tuple[int, Sequence[str]]]) -> FoundHeader:
        """The record that names most columns, else the widest, as the header. ``Refusal``: ``file-no-table``."""

        def likelihood(record: tuple[int, Sequence[str]]) -> tuple[int, int]:
            """The number of known columns, and of cells with content."""
            cells = record[1][:MAX_COLUMNS]
            return self.count(cells), sum(1 for cell in cells if cell.strip())

        if not records:
            raise Refusal("file-no-table")
        row, cells = max(records, key=likelihood)
        named = self.columns_of(cells)
        once = tuple("" if name in named[:position] else name for position, name in enumerate(named))
        shapes = {shape_of(cells): KnownShape(once, frozenset(self.required))}
        guessed = replace(self, hints=ReadingHints(shapes=shapes)).layout(cells)
        return FoundHeader(row, guessed, _texts([record for record in records if record[0] < row]))

    def layout(self, header: Sequence[str]) -> ColumnLayout:
        """Where a header has the columns.

        ``Refusal``: ``file-no-table``, ``columns-missing``, ``columns-twice``, ``columns-too-many``.
        """
        width = max((position for position, cell in enumerate(header, 1) if _key(cell)), default=0)
        shape = shape_of(header[:width])
        known = self.hints.shapes.get(shape)
        named = self.columns_of(header[:width])
        if known is None or any(named):
            self._refuse_unusable(Counter(filter(None, named)), known.optional if known else frozenset())
        if width > MAX_COLUMNS:
            raise Refusal("columns-too-many", count=width, limit=MAX_COLUMNS)
        nameless = tuple(position for position, cell in enumerate(header[:width]) if not _key(cell))
        return ColumnLayout(
            columns=tuple(named),
            titles=tuple(_shown(cell) for cell in header[:width]),
            shape=shape if known else "",
            unknown_columns=[
                _shown(cell) for cell, name in zip(header, named, strict=False) if _key(cell) and not name
            ],
            missing=tuple(column for column in self.columns if column not in named),
            width=width,
            plain_width=_NO_WIDTH if nameless else width,
            nameless=nameless,
            pick=_picker([named.index(column) if column in named else width for column in self.columns]),
        )

    def _refuse_unusable(self, counted: Counter[str], optional: frozenset[str]) -> None:
        """Refuse a header without known columns, with missing ones, or with a column twice."""
        if not counted:
            raise Refusal("file-no-table")
        missing = [column for column in self.required if column not in counted and column not in optional]
        if missing:
            raise Refusal("columns-missing", columns=missing)
        twice = [column for column, count in counted.items() if count > 1]
        if twice:
            raise Refusal("columns-twice", columns=twice)


def folded_title(title: str) -> str:
    """The letters and digits of a title, as names of columns are compared: "Bestell-Nr." is ``bestellnr``."""
    folded = unicodedata.normalize("NFKC", title).casefold().translate(_TRANSCRIBED)
    return _SYMBOLS.sub("", folded)


def shape_of(header: Sequence[str]) -> str:
    """The key of a header, by which another file of the same sender is recognised, whatever its code page.

    Two headers have one key if their titles are equal but for case, blanks, symbols and letters outside ASCII, which
    another code page would turn into others; a title without any letter of ASCII counts as a whole.
    """
    titles = [unicodedata.normalize("NFC", _shown(title)).casefold() for title in header]
    while titles and not titles[-1]:
        titles.pop()
    return "\n".join(_NOT_ASCII.sub("", title) or title for title in titles)


def _texts(records: list[tuple[int, Sequence[str]]]) -> list[tuple[int, str]]:
    """Row number and text of rows, for the people who are told that these were skipped."""
    return [(row, _shown(" ".join(filter(str.strip, cells)))) for row, cells in records]


def _key(name: str) -> str:
    """The form in which names are compared: Address Line 1, ADDRESS-LINE1 and address_line1 are the same column."""
    return _BETWEEN_WORDS.sub("", name).casefold()


def _shown(cell: str) -> str:
    """The name of an unknown column as it is reported."""
    return " ".join(cell.replace("\ufeff", "").replace("\0", "\ufffd").split())[:_SHOWN]  # databases reject NUL


def _picker(positions: list[int]) -> Callable[[list[str]], Row]:
    """A function that returns the cells at these positions."""
    if len(positions) == 1:  # itemgetter would return the text itself, not a tuple
        return lambda cells: (cells[positions[0]],)
    return itemgetter(*positions)
