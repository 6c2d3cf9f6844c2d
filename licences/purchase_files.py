"""Reading a purchase file: bytes to rows of text, whatever made them (surface.md, "Purchase file").

CSV in UTF-8 with or without BOM, UTF-16 or Windows-1252; comma, semicolon or tab. Rows are streamed.
"""

import codecs
import csv
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from licences.domain.errors import Refusal
from licences.domain.purchase_lines import COLUMNS, REQUIRED_COLUMNS

ERROR_COLUMN = "error"  # what a file of rejected rows has besides; ignored when it is mended and read again
_BLOCK = 1 << 16
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_FALLBACK = "cp1252"


@dataclass(frozen=True, slots=True)
class PurchaseFile:
    """A file whose header was understood. ``unknown_columns`` are left out, and named in a warning."""

    path: Path
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    sha256: str
    unknown_columns: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, path: Path) -> "PurchaseFile":
        """Recognise a file by its content.

        ``Refusal``: ``file-unreadable``, ``file-empty``, ``file-is-spreadsheet``, ``file-no-table``,
        ``columns-missing``, ``columns-twice``.
        """
        try:
            encoding, sha256 = _recognise(path)
            with path.open(encoding=encoding, newline="") as text:
                header_line = text.readline(_BLOCK)
        except OSError as error:
            raise Refusal("file-unreadable", why=error.strerror) from None
        delimiter = max(",;\t", key=header_line.count)
        names = [_column_name(cell) for cell in next(csv.reader([header_line], delimiter=delimiter), [])]
        _refuse_unusable(names)
        known = tuple(name if name in COLUMNS else "" for name in names)
        unknown = [name for name in names if name and name not in (*COLUMNS, ERROR_COLUMN)]
        return cls(path, encoding, delimiter, known, sha256, unknown)

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Row number in the file (the header is 1) and its cells by column. Empty rows are passed over."""
        number = 1
        try:
            with self.path.open(encoding=self.encoding, newline="") as text:
                for number, cells in enumerate(csv.reader(text, delimiter=self.delimiter), start=1):
                    if number > 1 and any(cell.strip() for cell in cells):
                        yield number, self._by_column(cells)
        except (csv.Error, UnicodeError) as error:
            raise Refusal("file-broken", row=number + 1, why=str(error)) from None

    def _by_column(self, cells: list[str]) -> dict[str, str]:
        return {name: cell for name, cell in zip(self.columns, cells, strict=False) if name}


def _column_name(cell: str) -> str:
    return "_".join(cell.strip().casefold().split())


def _refuse_unusable(names: list[str]) -> None:
    counted = Counter(name for name in names if name in COLUMNS)
    if not counted:
        raise Refusal("file-no-table")
    missing = [name for name in REQUIRED_COLUMNS if name not in counted]
    if missing:
        raise Refusal("columns-missing", columns=missing)
    twice = [name for name, count in counted.items() if count > 1]
    if twice:
        raise Refusal("columns-twice", columns=twice)


def _recognise(path: Path) -> tuple[str, str]:
    """(encoding, SHA-256) of a text file, read once in blocks."""
    sha256 = hashlib.sha256()
    encoding, first = "", b""
    utf8 = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            sha256.update(block)
            if not first:
                first = block
                encoding = _by_first_bytes(block)
            is_utf8 = is_utf8 and _continues(utf8, block)
        is_utf8 = is_utf8 and _continues(utf8, b"", final=True)
    if not first:
        raise Refusal("file-empty")
    return encoding or ("utf-8" if is_utf8 else _FALLBACK), sha256.hexdigest()


def _by_first_bytes(block: bytes) -> str:
    if block.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Refusal("file-is-spreadsheet")
    for bom, encoding in _BOMS.items():
        if block.startswith(bom):
            return encoding
    if b"\0" not in block:
        return ""
    # UTF-16 without its mark: every other byte of the header's ASCII letters is zero.
    head = block[:64]
    if head[1::2].count(0) == len(head) // 2:
        return "utf-16-le"
    if head[::2].count(0) == (len(head) + 1) // 2:
        return "utf-16-be"
    raise Refusal("file-no-table")


def _continues(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def write_rejects(path: Path, rejected: list[tuple[dict[str, str], str]]) -> None:
    """Write rejected rows back, cells as they were plus ``error``: to be mended and read again."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=[*COLUMNS, ERROR_COLUMN], extrasaction="ignore")
        writer.writeheader()
        for cells, error in rejected:
            writer.writerow({**cells, ERROR_COLUMN: error})
