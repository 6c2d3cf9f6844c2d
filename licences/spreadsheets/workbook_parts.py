"""The XML parts of a workbook, each parsed element by element, so that no tree of them is kept in memory.

The format is ECMA-376, part 1, chapter 18. Names are compared without their namespace, in which strict and transitional
files differ.
"""

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from licences.domain.cells import ErrorCell, FormulaCell
from licences.domain.errors import Refusal
from licences.spreadsheets.csv_files import MAX_CELL
from licences.spreadsheets.escaping import text_of_formula
from licences.spreadsheets.headers import MAX_COLUMNS
from licences.spreadsheets.xlsx_cells import date_cell, iso_date_cell, number_cell, text_cell, truth_cell

MAX_ROWS = 1_048_576
UNGUARDED_NAME = "_as_on_record"  # a defined name in workbooks written here, whose texts have no guards

_MAX_DEPTH = 100
_MAX_NAMES = 1_000
AS_DATE = 255
_DATE_FORMATS = (*range(14, 23), *range(27, 37), 45, 47, *range(50, 59))  # built in


class _Handlers(dict[str, Callable[..., None]]):
    """Name of an element → the method that handles it, such as ``begin_row`` or ``finish_row``, looked up once."""

    def __init__(self, part: object, prefix: str) -> None:
        super().__init__()
        self._part = part
        self._prefix = prefix

    def __missing__(self, tag: str) -> Callable[..., None]:
        if len(self) > _MAX_NAMES:
            raise ValueError("too many kinds of elements")
        name = tag.rpartition("}")[2].lower()
        handler: Callable[..., None] = getattr(self._part, f"{self._prefix}_{name}", _ignore)
        self[tag] = handler
        return handler


def _ignore(*_: object) -> None:
    pass


class WorkbookPart:
    """A part of the workbook: handlers, a limit to nesting, and the text of the current element."""

    def __init__(self) -> None:
        self._begin = _Handlers(self, "begin")
        self._finish = _Handlers(self, "finish")
        self._depth = 0
        self._pieces: list[str] | None = None
        self._length = 0

    def start(self, tag: str, attrib: dict[str, str], /) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise ValueError("too many elements within each other")
        self._begin[tag](attrib)

    def end(self, tag: str, /) -> None:
        self._depth -= 1
        self._finish[tag]()

    def data(self, text: str, /) -> None:
        if self._pieces is not None:
            self._pieces.append(text)
            self._length += len(text)
            if self._length > MAX_CELL:
                self.refuse_length()

    def refuse_length(self) -> None:
        """Refuse a text that is too long."""
        raise ValueError("too long a text")

    def start_text(self) -> None:
        """Collect the text of the element that begins now."""
        self._pieces, self._length = [], 0

    def finish_text(self) -> str:
        """The collected text; collecting ends."""
        pieces, self._pieces = self._pieces, None
        return "".join(pieces or ())


class Relationships(WorkbookPart):
    """The relationships of a part: id → (kind, target)."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, tuple[str, str]] = {}

    def begin_relationship(self, attrib: dict[str, str]) -> None:
        kind = attrib.get("Type", "").rpartition("/")[2]
        self.targets[attrib["Id"]] = kind, attrib.get("Target", "")


class WorkbookContents(WorkbookPart):
    """The main part: the visible sheets in order, the epoch of dates, and whether texts may be ``guarded``."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []  # (name, relationship id)
        self.epoch: datetime = CALENDAR_WINDOWS_1900
        self.guarded = True

    def begin_workbookpr(self, attrib: dict[str, str]) -> None:
        if attrib.get("date1904", "") in ("1", "true"):
            self.epoch = CALENDAR_MAC_1904

    def begin_sheet(self, attrib: dict[str, str]) -> None:
        if attrib.get("state", "visible") == "visible":
            ids = [value for key, value in attrib.items() if key.rpartition("}")[2] == "id"]
            self.sheets.append((attrib.get("name", ""), ids[0]))

    def begin_definedname(self, attrib: dict[str, str]) -> None:
        if attrib.get("name") == UNGUARDED_NAME:
            self.guarded = False


class Styles(WorkbookPart):
    """How cell styles display numbers: ``displays`` has ``AS_DATE`` for each, or the minimum number of digits."""

    def __init__(self) -> None:
        super().__init__()
        self.displays = bytearray()
        self._formats = dict.fromkeys(_DATE_FORMATS, AS_DATE)
        self._within = ""

    def begin_numfmts(self, _attrib: dict[str, str]) -> None:
        self._within = "formats"

    def begin_cellxfs(self, _attrib: dict[str, str]) -> None:
        self._within = "styles"

    def finish_numfmts(self) -> None:
        self._within = ""

    finish_cellxfs = finish_numfmts

    def begin_xf(self, attrib: dict[str, str]) -> None:
        if self._within == "styles":
            self.displays.append(self._formats.get(int(attrib.get("numFmtId", "0")), 0))

    def begin_numfmt(self, attrib: dict[str, str]) -> None:
        if self._within != "formats":
            return
        number, code = int(attrib["numFmtId"]), attrib.get("formatCode", "")
        if is_date_format(code) and not is_timedelta_format(code):
            self._formats[number] = AS_DATE
        else:  # such as 00000, for postcodes and customer numbers stored as numbers
            self._formats[number] = len(code) if code.strip("0") == "" and len(code) < AS_DATE else 0


class SharedStrings(WorkbookPart):
    """The texts that cells refer to by number, in one block of bytes: objects would take several times the memory."""

    def __init__(self, *, guarded: bool = True) -> None:
        super().__init__()
        self._guarded = guarded
        self._bytes = bytearray()
        self._ends = array("L", [0])
        self._text = ""
        self._phonetic = False

    def __getitem__(self, index: int) -> str:
        if index < 0:
            raise IndexError("no such text")
        return self._bytes[self._ends[index] : self._ends[index + 1]].decode()

    def begin_si(self, _attrib: dict[str, str]) -> None:
        self._text = ""

    def begin_rph(self, _attrib: dict[str, str]) -> None:
        self._phonetic = True

    def finish_rph(self) -> None:
        self._phonetic = False

    def begin_t(self, _attrib: dict[str, str]) -> None:
        if not self._phonetic:
            self.start_text()

    def finish_t(self) -> None:
        self._text += self.finish_text()
        if len(self._text) > MAX_CELL:
            self.refuse_length()

    def finish_si(self) -> None:
        self._bytes += text_cell(self._text, guarded=self._guarded).encode()
        self._ends.append(len(self._bytes))


@dataclass(slots=True)
class CellContext:
    """The parts that cells refer to: epoch, styles and shared strings. ``guarded``: see ``text_cell``."""

    epoch: datetime
    displays: bytearray
    strings: SharedStrings
    guarded: bool = True

    def cell(self, kind: str, style: str, text: str) -> str:
        """A cell as text, number, date or error; ``kind`` and ``style`` are its XML attributes t and s."""
        if kind == "s":
            return self.strings[int(text)]
        if kind == "n":
            display = self._display(int(style or "0"))
            return date_cell(text, self.epoch) if display == AS_DATE else number_cell(text, digits=display)
        return text_cell(text, guarded=self.guarded) if kind in _TEXTS else _KINDS[kind](text)

    def _display(self, style: int) -> int:
        """How a style displays numbers; 0 for an unknown style."""
        return self.displays[style] if 0 <= style < len(self.displays) else 0


_TEXTS = ("str", "inlineStr")
_KINDS: dict[str, Callable[[str], str]] = {
    "b": truth_cell,
    "d": iso_date_cell,
    "e": ErrorCell,
}


def column_number(letters: str) -> int:
    """The number of a column: A is 1, Z is 26, AA is 27."""
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
        raise ValueError(f"column {letters[:10]}")
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


class SheetRows(WorkbookPart):
    """The rows of a sheet that were parsed since ``take_rows`` was last called.

    Only cells with content count, so that neither a declared size nor a style for a whole column creates rows. All
    cells to the right of the last readable column are kept as one, so that their row can be refused.
    """

    def __init__(self, context: CellContext) -> None:
        super().__init__()
        self.row = 0
        self._context = context
        self._rows: list[tuple[int, list[str]]] = []
        self._cells: list[str] = []
        self._column = 0
        self._columns: dict[str, int] = {}
        self._kind = self._style = ""
        self._value: str | None = None
        self._formula: str | None = None
        self._phonetic = False

    def take_rows(self) -> list[tuple[int, list[str]]]:
        """The parsed rows as (row number, cells), which are then forgotten."""
        rows, self._rows = self._rows, []
        return rows

    def refuse_length(self) -> None:
        """Refuse a text that is too long."""
        raise Refusal("row-too-large", row=self.row, limit=MAX_CELL)

    def begin_row(self, attrib: dict[str, str]) -> None:
        row = int(attrib.get("r", self.row + 1))
        if not self.row < row <= MAX_ROWS:
            raise ValueError(f"row {row} after row {self.row}")
        self.row, self._cells, self._column = row, [], 0

    def finish_row(self) -> None:
        if self._cells:
            self._rows.append((self.row, self._cells))

    def begin_c(self, attrib: dict[str, str]) -> None:
        reference = attrib.get("r")
        self._column = self._column + 1 if reference is None else self._column_number(reference.rstrip("0123456789"))
        self._kind, self._style = attrib.get("t", "n"), attrib.get("s", "")
        self._value = self._formula = None

    def finish_c(self) -> None:
        cell = self._content()
        if not cell:
            return
        column = min(self._column, MAX_COLUMNS + 1)
        self._cells += [""] * (column - len(self._cells))
        self._cells[column - 1] = cell

    def begin_v(self, _attrib: dict[str, str]) -> None:
        self.start_text()

    begin_f = begin_v

    def begin_t(self, _attrib: dict[str, str]) -> None:
        if not self._phonetic:
            self.start_text()

    def finish_v(self) -> None:
        self._value = (self._value or "") + self.finish_text()
        if len(self._value) > MAX_CELL:
            self.refuse_length()

    finish_t = finish_v

    def finish_f(self) -> None:
        self._formula = self.finish_text()

    def begin_rph(self, _attrib: dict[str, str]) -> None:
        self._phonetic = True

    def finish_rph(self) -> None:
        self._phonetic = False

    def _column_number(self, letters: str) -> int:
        """The number of a column, looked up once."""
        if letters not in self._columns:
            self._columns[letters] = column_number(letters)
        return self._columns[letters]

    def _content(self) -> str:
        """The value of the current cell, empty where it has none."""
        if self._value or (self._value is not None and self._kind == "str"):
            return self._context.cell(self._kind, self._style, self._value)
        # A formula without a stored result: treating it as empty would lose it silently.
        if self._formula is None:
            return ""
        literal = text_of_formula(f"={self._formula}")
        return FormulaCell(f"={self._formula}") if literal is None else literal
