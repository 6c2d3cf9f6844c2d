"""XLSX files: the first visible sheet with the right header, read row by row.

openpyxl is used for formats and dates, but not for reading: it creates objects for all shared strings and a tree for
every row, whatever their size, and fills gaps between rows one by one.
"""

import posixpath
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from licences.domain.errors import Refusal
from licences.spreadsheets.archives import BROKEN_FILE_ERRORS, MAX_UNPACKED, ParserTarget, ZipArchive
from licences.spreadsheets.file_encodings import FileEncoding
from licences.spreadsheets.headers import HEADER_ROWS, MAX_COLUMNS, FoundHeader, RequestedColumns
from licences.spreadsheets.merged_cells import MergedRanges
from licences.spreadsheets.workbook_parts import (
    CellContext,
    Relationships,
    SharedStrings,
    SheetRows,
    Styles,
    WorkbookContents,
)

MAX_SHARED_STRINGS = 200 << 20  # bytes, unpacked
MAX_SMALL_PART = 32 << 20  # bytes of styles, relationships and the main part
MAX_TO_HEADER = 256 << 20  # bytes of all parts that are read until the header is found

_OTHER_KINDS = {"word": "DOCX", "ppt": "PPTX"}  # by the folder of their main part

_TargetT = TypeVar("_TargetT", bound=ParserTarget)


@dataclass(slots=True)
class WorkbookFile:
    """The sheet of a workbook that has the table. ``part`` is its name in the archive."""

    path: Path
    part: str
    sheet: str
    header_row: int
    context: CellContext = field(repr=False)
    format: str = "xlsx"
    encoding: str = ""
    encoding_found: FileEncoding = field(default=FileEncoding(""), repr=False)
    delimiter: str = ""
    _read: float = 0.0
    _merged: MergedRanges | None = field(default=None, repr=False)

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Pairs of row number and cells, for rows with content. ``Refusal``: see ``reading.TableFile.rows``."""
        sheet = SheetRows(self.context)
        self._read, self._merged = 0.0, self._merged_ranges()
        fill = self._merged.fill if self._merged.begin() else None
        try:
            with _open_archive(self.path, limit=MAX_UNPACKED) as archive:
                for read in archive.parse(self.part, sheet):
                    self._read = read
                    rows = sheet.take_rows()
                    yield from ((row, fill(row, cells)) for row, cells in rows) if fill else rows
        except BROKEN_FILE_ERRORS as error:
            raise _broken(error, sheet.row) from None

    def _merged_ranges(self) -> MergedRanges:
        """The merged cells, which a sheet names after its rows. What is broken is reported where the rows are read."""
        merged = MergedRanges(self.header_row)
        with suppress(Refusal, *BROKEN_FILE_ERRORS):
            with _open_archive(self.path, limit=MAX_UNPACKED) as archive:
                if not archive.contains_text(self.part, "mergeCell"):  # much faster than to parse it
                    return merged
            with _open_archive(self.path, limit=MAX_UNPACKED) as archive:
                _parse_part(archive, self.part, merged, limit=MAX_UNPACKED)
        return merged

    @property
    def filled(self) -> int:
        """How many empty cells ``records`` has filled, because they are merged with the cell above."""
        return self._merged.filled if self._merged else 0

    def progress(self) -> float:
        """How much of the sheet ``records`` has read, from 0 to 1."""
        return self._read


def open_workbook(path: Path, requested: RequestedColumns) -> tuple[WorkbookFile, FoundHeader]:
    """Find the sheet with the requested columns; see ``reading.open_table`` for the refusals."""
    try:
        with _open_archive(path, limit=MAX_TO_HEADER) as archive:
            return _find_sheet(path, archive, requested)
    except BROKEN_FILE_ERRORS as error:
        raise _broken(error, 0) from None


def _open_archive(path: Path, *, limit: int) -> ZipArchive:
    """The archive, open for reading. ``Refusal``: ``file-unreadable`` and those of ``ZipArchive``."""
    try:
        with path.open("rb"):
            pass
    except OSError as error:  # unreadable, which is not the same as broken
        raise Refusal("file-unreadable", why=error.strerror or str(error)) from None
    return ZipArchive(path, limit=limit)


def _broken(error: Exception, row: int) -> Refusal:
    """The refusal of a broken workbook, with the row that was reached."""
    return Refusal("file-broken", row=max(row, 1), why=str(error) or type(error).__name__)


def _find_sheet(path: Path, archive: ZipArchive, requested: RequestedColumns) -> tuple[WorkbookFile, FoundHeader]:
    """The first visible sheet with the right header. If none has it, the refusal of the closest sheet is raised."""
    main = _main_part(archive)
    contents = _parse_part(archive, main, WorkbookContents())
    targets = _targets(archive, main)
    context = _cell_context(archive, contents, targets)
    refusals = []
    for name, relationship in contents.sheets:
        kind, part = targets[relationship]
        if kind != "worksheet":
            continue
        try:
            header = requested.search(_first_rows(archive, part, context))
            return WorkbookFile(path, part, name, header.row, context), header
        except Refusal as refusal:
            refusals.append(refusal)
    raise min(refusals, key=_distance, default=Refusal("file-empty"))


def _distance(refusal: Refusal) -> int:
    """How far a sheet is from the requested header. The refusal of a harmful file, 0, comes before all others."""
    return {"columns-twice": 1, "columns-missing": 2, "file-no-table": 3, "file-empty": 4}.get(refusal.code, 0)


def _first_rows(archive: ZipArchive, part: str, context: CellContext) -> list[tuple[int, list[str]]]:
    """Row number and cells of the first rows with content, ``HEADER_ROWS`` or more. ``Refusal``: ``file-empty``."""
    sheet = SheetRows(context)
    rows: list[tuple[int, list[str]]] = []
    try:
        for _ in archive.parse(part, sheet):
            rows += _filled(sheet)
            if len(rows) >= HEADER_ROWS:
                return rows
    except (*BROKEN_FILE_ERRORS, Refusal):  # damage below the header is reported when the rows are read
        rows += _filled(sheet)
        if not rows:
            raise
    if not rows:
        raise Refusal("file-empty")
    return rows


def _filled(sheet: SheetRows) -> list[tuple[int, list[str]]]:
    """The parsed rows with content that were not taken yet; cells further right have no name, so they are refused."""
    return [(row, cells[:MAX_COLUMNS]) for row, cells in sheet.take_rows() if any(map(str.strip, cells))]


def _cell_context(archive: ZipArchive, contents: WorkbookContents, targets: dict[str, tuple[str, str]]) -> CellContext:
    """The context of all cells, from styles and shared strings."""
    parts = dict(targets.values())
    styles, strings = Styles(), SharedStrings(guarded=contents.guarded)
    if "styles" in parts:
        _parse_part(archive, parts["styles"], styles)
    if "sharedStrings" in parts:
        _parse_part(archive, parts["sharedStrings"], strings, limit=MAX_SHARED_STRINGS)
    return CellContext(contents.epoch, styles.displays, strings, contents.guarded)


def _parse_part(archive: ZipArchive, name: str, target: _TargetT, *, limit: int = MAX_SMALL_PART) -> _TargetT:
    """Parse a whole part into ``target``, and return it."""
    for _ in archive.parse(name, target, limit=limit):
        pass
    return target


def _main_part(archive: ZipArchive) -> str:
    """The name of the main part by the archive's relationships; not every program calls it ``xl/workbook.xml``."""
    targets = _targets(archive, "") if "_rels/.rels" in archive else {}
    part = dict(targets.values()).get("officeDocument", "")
    if kind := _other_kind(archive, part):
        raise Refusal("file-of-other-kind", kind=kind)
    return part


def _other_kind(archive: ZipArchive, main: str) -> str:
    """The kind of an archive that is no XLSX workbook, empty for one that is."""
    if not main:
        return "OpenDocument" if "content.xml" in archive else "ZIP"
    return "XLSB" if main.endswith(".bin") else _OTHER_KINDS.get(posixpath.dirname(main), "")


def _targets(archive: ZipArchive, origin: str) -> dict[str, tuple[str, str]]:
    """The relationships of a part, with targets as names in the archive: id → (kind, part)."""
    folder, name = posixpath.split(origin)
    relationships = _parse_part(archive, posixpath.join(folder, "_rels", f"{name}.rels"), Relationships())
    base = posixpath.join("/", folder)
    return {
        each: (kind, posixpath.normpath(posixpath.join(base, target.replace("\\", "/"))).lstrip("/"))
        for each, (kind, target) in relationships.targets.items()
    }
