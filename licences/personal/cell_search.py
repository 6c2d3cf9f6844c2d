"""Searching the cells of uploaded files for a customer in any spelling that an import takes for the same.

Slower than ``upload_search``, which looks for bytes: each cell is compared by the keys of names and of numbers.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

from licences.domain.matching import name_key
from licences.domain.record_keys import number_key
from licences.models import FileImport

_LONGEST_CELL = 300  # symbols; no name or number is longer
_REMEMBERED = 200_000  # cells of a file that are not looked at again


@dataclass(frozen=True, slots=True)
class CustomerCells:
    """What a cell may say that means a customer: keys of names and of numbers."""

    names: frozenset[str]
    numbers: frozenset[str]
    _initials: re.Pattern[str]

    @classmethod
    def of(cls, names: Iterable[str], numbers: Iterable[str]) -> "CustomerCells":
        """The cells of a customer with these names and numbers."""
        keys = frozenset(filter(None, map(name_key, names)))
        initials = "".join(sorted({max(key.split(), key=len)[0] for key in keys}))
        # A word with one of the initials, or with a letter that folding may turn into one.
        pattern = rf"(?<![^\W_])(?:[{re.escape(initials)}]|[^\x00-\x7f])" if initials else r"(?!)"
        return cls(keys, frozenset(map(number_key, numbers)), re.compile(pattern, re.IGNORECASE))

    def has(self, cell: str) -> bool:
        """Whether a cell is a name or a number of the customer."""
        text = cell.strip()
        if not text or len(text) > _LONGEST_CELL:
            return False
        if self.numbers and not text.isalpha() and number_key(text) in self.numbers:
            return True
        return bool(self._initials.search(text)) and name_key(text) in self.names


def is_about_customer(file_import: FileImport, cells: CustomerCells) -> bool:
    """Whether any cell of the uploaded file of an import says that customer; False for one that cannot be read."""
    path = Path(file_import.upload.path) if file_import.upload else None
    if path is None or not path.exists() or not (cells.names or cells.numbers):
        return False
    seen: set[str] = set()
    with suppress(OSError, ValueError, KeyError, csv.Error, BadZipFile):  # a damaged file was not imported either
        for cell in _cells(path, file_import):
            if cell not in seen:
                if cells.has(cell):
                    return True
                if len(seen) < _REMEMBERED:
                    seen.add(cell)
    return False


def _cells(path: Path, file_import: FileImport) -> Iterator[str]:
    """The texts of all cells of a CSV or workbook, as the import read it."""
    if file_import.format.get("format") == "xlsx":
        yield from _cells_of_workbook(path)
        return
    encoding, delimiter = file_import.format.get("encoding") or "utf-8", file_import.format.get("delimiter") or ","
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        for line in file:  # not by records: a quotation mark that is not closed hides nothing
            for record in csv.reader([line], delimiter=delimiter):
                yield from record


def _cells_of_workbook(path: Path) -> Iterator[str]:
    """The texts of all cells of all sheets."""
    from openpyxl import load_workbook  # 8 MB that nothing else here needs

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            for row in sheet.iter_rows(values_only=True):
                yield from (str(value) for value in row if value is not None)
    finally:
        book.close()
