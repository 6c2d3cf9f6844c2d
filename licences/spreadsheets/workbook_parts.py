"""The XML parts of a workbook, each read element by element: nothing keeps a tree of them.

ECMA-376, part 1, chapter 18. Names are compared without their namespace, which strict and transitional files differ in.
"""

from array import array
from dataclasses import dataclass
from datetime import datetime

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from licences.domain.cells import ErrorCell
from licences.domain.errors import Refusal
from licences.spreadsheets.csv_files import MAX_CELL
from licences.spreadsheets.xlsx_cells import date_cell, iso_date_cell, number_cell, text_cell, truth_cell

MAX_COLUMNS = 256
MAX_ROWS = 1_048_576

_MAX_DEPTH = 100
_MAX_NAMES = 1_000
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})  # built in


class _LocalNames(dict[str, str]):
    """Names of elements without their namespace, worked out once each."""

    def __missing__(self, tag: str) -> str:
        if len(self) > _MAX_NAMES:
            raise ValueError("too many kinds of elements")
        name = self[tag] = tag.rpartition("}")[2]
        return name


class _Part:
    """What the parts have in common: local names, a limit to nesting, and the text of the element being read."""

    def __init__(self) -> None:
        self._names = _LocalNames()
        self._depth = 0
        self._pieces: list[str] | None = None
        self._length = 0

    def start(self, tag: str, attrib: dict[str, str], /) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise ValueError("too many elements within each other")
        self.begin(self._names[tag], attrib)

    def end(self, tag: str, /) -> None:
        self._depth -= 1
        self.finish(self._names[tag])

    def data(self, text: str, /) -> None:
        if self._pieces is not None:
            self._pieces.append(text)
            self._length += len(text)
            if self._length > MAX_CELL:
                self.refuse_length()

    def begin(self, name: str, attrib: dict[str, str]) -> None: ...

    def finish(self, name: str) -> None: ...

    def refuse_length(self) -> None:
        raise ValueError("too long a text")

    def gather(self) -> None:
        self._pieces, self._length = [], 0

    def gathered(self) -> str:
        pieces, self._pieces = self._pieces, None
        return "".join(pieces or ())


class Relationships(_Part):
    """What a part refers to: id → (kind, target)."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, tuple[str, str]] = {}

    def begin(self, name: str, attrib: dict[str, str]) -> None:
        if name == "Relationship":
            kind = attrib.get("Type", "").rpartition("/")[2]
            self.targets[attrib["Id"]] = kind, attrib.get("Target", "")


class Contents(_Part):
    """The workbook itself: its visible sheets in their order, and the day from which it counts."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []  # name, id of the relationship
        self.epoch: datetime = CALENDAR_WINDOWS_1900

    def begin(self, name: str, attrib: dict[str, str]) -> None:
        if name == "workbookPr" and attrib.get("date1904", "") in ("1", "true"):
            self.epoch = CALENDAR_MAC_1904
        if name == "sheet" and attrib.get("state", "visible") == "visible":
            relationship = next(value for key, value in attrib.items() if key.rpartition("}")[2] == "id")
            self.sheets.append((attrib.get("name", ""), relationship))


class Styles(_Part):
    """Which cell styles show a number as a date: ``dates`` has a byte for each."""

    def __init__(self) -> None:
        super().__init__()
        self.dates = bytearray()
        self._date_formats = set(_DATE_FORMATS)
        self._within = ""

    def begin(self, name: str, attrib: dict[str, str]) -> None:
        if name in ("numFmts", "cellXfs"):
            self._within = name
        elif name == "numFmt" and self._within == "numFmts":
            self._add_format(int(attrib["numFmtId"]), attrib.get("formatCode", ""))
        elif name == "xf" and self._within == "cellXfs":
            self.dates.append(int(attrib.get("numFmtId", "0")) in self._date_formats)

    def finish(self, name: str) -> None:
        if name == self._within:
            self._within = ""

    def _add_format(self, number: int, code: str) -> None:
        if is_date_format(code) and not is_timedelta_format(code):
            self._date_formats.add(number)
        else:
            self._date_formats.discard(number)


class SharedStrings(_Part):
    """The texts that cells refer to by number; in one block, for as objects they would take several times as much."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes = bytearray()
        self._ends = array("L", [0])
        self._text = ""
        self._phonetic = False

    def __getitem__(self, index: int) -> str:
        if index < 0:
            raise IndexError("no such text")
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode()

    def begin(self, name: str, attrib: dict[str, str]) -> None:
        if name == "si":
            self._text = ""
        elif name == "rPh":
            self._phonetic = True
        elif name == "t" and not self._phonetic:
            self.gather()

    def finish(self, name: str) -> None:
        if name == "t":
            self._text += self.gathered()
            if len(self._text) > MAX_CELL:
                self.refuse_length()
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            self._bytes += text_cell(self._text).encode()
            self._ends.append(len(self._bytes))


@dataclass(slots=True)
class Book:
    """What the cells of every sheet refer to."""

    epoch: datetime
    dates: bytearray
    strings: SharedStrings

    def cell(self, kind: str, style: str, text: str) -> str:
        """The text of a cell that holds ``text``; ``kind`` and ``style`` are its attributes t and s."""
        if kind == "s":
            return self.strings[int(text)]
        if kind == "n":
            return date_cell(text, self.epoch) if self._is_date(style) else number_cell(text)
        return _KINDS[kind](text)

    def _is_date(self, style: str) -> bool:
        number = int(style or "0")
        return 0 <= number < len(self.dates) and bool(self.dates[number])


_KINDS = {
    "str": text_cell,
    "inlineStr": text_cell,
    "b": truth_cell,
    "d": iso_date_cell,
    "e": ErrorCell,
}


class Sheet(_Part):
    """The rows of a sheet, as far as they were read since they were last taken.

    Only cells with something in them count, so that neither a declared size nor a style for a whole column makes rows.
    Whatever stands to the right of the last column that is read is kept as one cell, so that the row can be refused.
    """

    def __init__(self, book: Book) -> None:
        super().__init__()
        self.row = 0
        self._book = book
        self._rows: list[tuple[int, list[str]]] = []
        self._cells: list[str] = []
        self._column = 0
        self._columns: dict[str, int] = {}
        self._kind = self._style = ""
        self._value: str | None = None
        self._formula: str | None = None
        self._phonetic = False

    def take(self) -> list[tuple[int, list[str]]]:
        rows, self._rows = self._rows, []
        return rows

    def refuse_length(self) -> None:
        raise Refusal("row-too-large", row=self.row, limit=MAX_CELL)

    def begin(self, name: str, attrib: dict[str, str]) -> None:
        if name == "c":
            self._begin_cell(attrib)
        elif name in ("v", "f") or (name == "t" and not self._phonetic):
            self.gather()
        elif name == "row":
            self._begin_row(attrib)
        elif name == "rPh":
            self._phonetic = True

    def finish(self, name: str) -> None:
        if name == "c":
            self._finish_cell()
        elif name in ("v", "t"):
            self._value = (self._value or "") + self.gathered()
            if len(self._value) > MAX_CELL:
                self.refuse_length()
        elif name == "f":
            self._formula = self.gathered()
        elif name == "row":
            if self._cells:
                self._rows.append((self.row, self._cells))
        elif name == "rPh":
            self._phonetic = False

    def _begin_row(self, attrib: dict[str, str]) -> None:
        row = int(attrib.get("r", self.row + 1))
        if not self.row < row <= MAX_ROWS:
            raise ValueError(f"row {row} after row {self.row}")
        self.row, self._cells, self._column = row, [], 0

    def _begin_cell(self, attrib: dict[str, str]) -> None:
        reference = attrib.get("r")
        self._column = self._column + 1 if reference is None else self._numbered(reference.rstrip("0123456789"))
        self._kind, self._style = attrib.get("t", "n"), attrib.get("s", "")
        self._value = self._formula = None

    def _numbered(self, letters: str) -> int:
        """A is 1, Z 26, AA 27."""
        if letters not in self._columns:
            if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
                raise ValueError(f"column {letters[:10]}")
            number = 0
            for letter in letters.upper():
                number = 26 * number + ord(letter) - ord("A") + 1
            self._columns[letters] = number
        return self._columns[letters]

    def _finish_cell(self) -> None:
        cell = self._content()
        if not cell:
            return
        column = min(self._column, MAX_COLUMNS + 1)
        self._cells += [""] * (column - len(self._cells))
        self._cells[column - 1] = cell

    def _content(self) -> str:
        if self._value or (self._value is not None and self._kind == "str"):
            return self._book.cell(self._kind, self._style, self._value)
        # A formula that the program which wrote it did not work out: to take it for empty would lose it silently.
        return "" if self._formula is None else ErrorCell(f"={self._formula}")
