"""XLSX: the first visible sheet with the right header, read row by row.

openpyxl knows formats and dates here but does not read: it makes objects of all shared texts and a tree of every row,
whatever their size, and fills the gaps between rows one by one.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from licences.domain.errors import Refusal
from licences.spreadsheets.archives import BROKEN, Archive, Target
from licences.spreadsheets.headers import Layout, Wanted
from licences.spreadsheets.workbook_parts import Book, Contents, Relationships, SharedStrings, Sheet, Styles

MAX_SHARED_STRINGS = 200 << 20  # bytes, unpacked
MAX_SMALL_PART = 32 << 20

_CONTENTS = "xl/workbook.xml"
_RELATIONSHIPS = "xl/_rels/workbook.xml.rels"
_OTHER_KINDS = {
    "xl/workbook.bin": "XLSB",
    "word/document.xml": "DOCX",
    "ppt/presentation.xml": "PPTX",
    "content.xml": "OpenDocument",
}

_TargetT = TypeVar("_TargetT", bound=Target)


@dataclass(slots=True)
class Workbook:
    """One sheet of a workbook that was recognised. ``part`` is its name in the archive."""

    path: Path
    part: str
    sheet: str
    header_row: int
    book: Book = field(repr=False)
    format: str = "xlsx"
    encoding: str = ""
    delimiter: str = ""
    _read: float = 0.0

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Rows with something in them, and their numbers in the sheet."""
        sheet = Sheet(self.book)
        try:
            with Archive(self.path) as archive:
                for self._read in archive.parse(self.part, sheet):
                    yield from sheet.take()
        except BROKEN as error:
            raise _broken(error, sheet.row) from None

    def progress(self) -> float:
        return self._read


def open_workbook(path: Path, wanted: Wanted) -> tuple[Workbook, Layout]:
    """See ``reading.open_table``."""
    with path.open("rb"):
        pass  # a file that cannot be read is not a broken one
    try:
        with Archive(path) as archive:
            return _chosen(path, archive, wanted)
    except BROKEN as error:
        raise _broken(error, 0) from None


def _broken(error: Exception, row: int) -> Refusal:
    return Refusal("file-broken", row=max(row, 1), why=str(error) or type(error).__name__)


def _chosen(path: Path, archive: Archive, wanted: Wanted) -> tuple[Workbook, Layout]:
    """The first visible sheet with the right header. If none has it, the first that comes near it is refused."""
    if _CONTENTS not in archive:
        raise Refusal("file-of-other-kind", kind=_other_kind(archive))
    contents = _parsed(archive, _CONTENTS, Contents())
    targets = _parsed(archive, _RELATIONSHIPS, Relationships()).targets
    book = _book(archive, contents, targets)
    refusals = []
    for name, relationship in contents.sheets:
        kind, target = targets[relationship]
        if kind != "worksheet":
            continue
        part = _part(target)
        try:
            row, header = _header(archive, part, book)
            return Workbook(path, part, name, row, book), wanted.layout(header)
        except Refusal as refusal:
            refusals.append(refusal)
    raise min(refusals, key=_distance, default=Refusal("file-empty"))


def _distance(refusal: Refusal) -> int:
    """How far a sheet is from what was wanted. A file that does any harm is refused for that."""
    return {"columns-twice": 1, "columns-missing": 2, "file-no-table": 3, "file-empty": 4}.get(refusal.code, 0)


def _header(archive: Archive, part: str, book: Book) -> tuple[int, list[str]]:
    sheet = Sheet(book)
    for _ in archive.parse(part, sheet):
        for row, cells in sheet.take():
            if any(map(str.strip, cells)):
                return row, cells
    raise Refusal("file-empty")


def _book(archive: Archive, contents: Contents, targets: dict[str, tuple[str, str]]) -> Book:
    parts = {kind: _part(target) for kind, target in targets.values()}
    styles, strings = Styles(), SharedStrings()
    if "styles" in parts:
        _parsed(archive, parts["styles"], styles)
    if "sharedStrings" in parts:
        _parsed(archive, parts["sharedStrings"], strings, limit=MAX_SHARED_STRINGS)
    return Book(contents.epoch, styles.dates, strings)


def _parsed(archive: Archive, name: str, target: _TargetT, *, limit: int = MAX_SMALL_PART) -> _TargetT:
    for _ in archive.parse(name, target, limit=limit):
        pass
    return target


def _part(target: str) -> str:
    """The name of a part that the workbook refers to: from the root, or from its own folder."""
    return posixpath.normpath(posixpath.join("/xl", target.replace("\\", "/"))).lstrip("/")


def _other_kind(archive: Archive) -> str:
    return next((kind for part, kind in _OTHER_KINDS.items() if part in archive), "ZIP")
