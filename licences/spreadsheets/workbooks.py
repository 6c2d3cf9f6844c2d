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
from licences.spreadsheets.archives import BROKEN, MAX_UNPACKED, Archive, Target
from licences.spreadsheets.headers import Layout, Wanted
from licences.spreadsheets.workbook_parts import (
    MAX_COLUMNS,
    Book,
    Contents,
    Relationships,
    SharedStrings,
    Sheet,
    Styles,
)

MAX_SHARED_STRINGS = 200 << 20  # bytes, unpacked
MAX_SMALL_PART = 32 << 20
MAX_TO_HEADER = 256 << 20  # of all parts that are read until the header is found, while somebody waits

_OTHER_KINDS = {"word": "DOCX", "ppt": "PPTX"}  # by the folder in which Office puts their main part

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
        self._read = 0.0
        try:
            with _opened(self.path, limit=MAX_UNPACKED) as archive:
                for read in archive.parse(self.part, sheet):
                    self._read = read
                    yield from sheet.take()
        except BROKEN as error:
            raise _broken(error, sheet.row) from None

    def progress(self) -> float:
        return self._read


def open_workbook(path: Path, wanted: Wanted) -> tuple[Workbook, Layout]:
    """See ``reading.open_table``."""
    try:
        with _opened(path, limit=MAX_TO_HEADER) as archive:
            return _chosen(path, archive, wanted)
    except BROKEN as error:
        raise _broken(error, 0) from None


def _opened(path: Path, *, limit: int) -> Archive:
    try:
        with path.open("rb"):
            pass
    except OSError as error:  # a file that cannot be read is not a broken one
        raise Refusal("file-unreadable", why=error.strerror or str(error)) from None
    return Archive(path, limit=limit)


def _broken(error: Exception, row: int) -> Refusal:
    return Refusal("file-broken", row=max(row, 1), why=str(error) or type(error).__name__)


def _chosen(path: Path, archive: Archive, wanted: Wanted) -> tuple[Workbook, Layout]:
    """The first visible sheet with the right header. If none has it, the first that comes near it is refused."""
    main = _main_part(archive)
    contents = _parsed(archive, main, Contents())
    targets = _targets(archive, main)
    book = _book(archive, contents, targets)
    refusals = []
    for name, relationship in contents.sheets:
        kind, part = targets[relationship]
        if kind != "worksheet":
            continue
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
    try:
        for _ in archive.parse(part, sheet):
            if header := _first_filled(sheet):
                return header
    except (*BROKEN, Refusal):  # what is wrong below the header is told with its row, when the rows are read
        if header := _first_filled(sheet):
            return header
        raise
    raise Refusal("file-empty")


def _first_filled(sheet: Sheet) -> tuple[int, list[str]] | None:
    for row, cells in sheet.take():
        if any(map(str.strip, cells)):
            return row, cells[:MAX_COLUMNS]  # further right nothing has a name, so that rows are refused for it
    return None


def _book(archive: Archive, contents: Contents, targets: dict[str, tuple[str, str]]) -> Book:
    parts = dict(targets.values())
    styles, strings = Styles(), SharedStrings()
    if "styles" in parts:
        _parsed(archive, parts["styles"], styles)
    if "sharedStrings" in parts:
        _parsed(archive, parts["sharedStrings"], strings, limit=MAX_SHARED_STRINGS)
    return Book(contents.epoch, styles.shown, strings)


def _parsed(archive: Archive, name: str, target: _TargetT, *, limit: int = MAX_SMALL_PART) -> _TargetT:
    for _ in archive.parse(name, target, limit=limit):
        pass
    return target


def _main_part(archive: Archive) -> str:
    """The part that is the workbook, as the archive itself says: not everybody calls it ``xl/workbook.xml``."""
    targets = _targets(archive, "") if "_rels/.rels" in archive else {}
    part = dict(targets.values()).get("officeDocument", "")
    if kind := _other_kind(archive, part):
        raise Refusal("file-of-other-kind", kind=kind)
    return part


def _other_kind(archive: Archive, main: str) -> str:
    if not main:
        return "OpenDocument" if "content.xml" in archive else "ZIP"
    return "XLSB" if main.endswith(".bin") else _OTHER_KINDS.get(posixpath.dirname(main), "")


def _targets(archive: Archive, origin: str) -> dict[str, tuple[str, str]]:
    """What a part refers to, from the root or from its own folder: id → (kind, part)."""
    folder, name = posixpath.split(origin)
    relationships = _parsed(archive, posixpath.join(folder, "_rels", f"{name}.rels"), Relationships())
    base = posixpath.join("/", folder)
    return {
        each: (kind, posixpath.normpath(posixpath.join(base, target.replace("\\", "/"))).lstrip("/"))
        for each, (kind, target) in relationships.targets.items()
    }
