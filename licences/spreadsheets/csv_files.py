"""CSV: encoding, delimiter and header are recognised by what the file holds, and its records read one by one.

UTF-8 with or without BOM, UTF-16 of either order with or without BOM, Windows-1252; comma, semicolon or tab.
"""

import codecs
import csv
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO, TextIO

from licences.domain.errors import Refusal
from licences.spreadsheets.escaping import unescaped
from licences.spreadsheets.headers import Layout, Wanted

MAX_CELL = 100_000  # characters
MAX_ROW = 1_000_000
DELIMITERS = ",;\t"

_BLOCK = 1 << 16
_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_SEPARATOR_LINE = re.compile(r'"?sep=.?"?(\r\n|\r|\n)', re.IGNORECASE)  # Excel's; the header says it more reliably
_LINE_END = re.compile(r"[\r\n]")
_NOT_DECODED = re.compile("[\ud800-\udfff]")
_WESTERN = re.compile("[\x80-\xff\u2010-\u2044]")
_BEYOND_WESTERN = re.compile("[^\0-\xff\u2010-\u2044\ud800-\udfff]")
_WEIGHT_OF_WESTERN = 20
_MAGIC = {
    b"%PDF-": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "GZIP",
    b"7z\xbc\xaf": "7Z",
    b"Rar!": "RAR",
    b"{\\rtf": "RTF",
}
_MARKUP = {"<?xml": "XML", "<": "HTML", "{": "JSON", "[": "JSON"}

csv.field_size_limit(MAX_CELL)  # one limit for the process; nothing else in it reads larger cells


@dataclass(slots=True)
class CsvFile:
    """A CSV file that was recognised. ``start`` is the byte after its BOM."""

    path: Path
    encoding: str
    start: int
    delimiter: str
    separator_line: bool
    header_row: int
    format: str = "csv"
    sheet: str = ""
    _binary: BinaryIO | None = field(default=None, repr=False)
    _size: int = 0
    _finished: bool = False

    def records(self, errors: str = "strict") -> Iterator[tuple[int, list[str]]]:
        """Records and their numbers, from 1; the line in which Excel writes its separator does not count."""
        number = 0
        try:
            with self.path.open("rb") as binary, self._text(binary, errors) as text:
                lines = _Lines(text)
                for number, cells in enumerate(csv.reader(lines, delimiter=self.delimiter, strict=True), start=1):
                    lines.length = 0
                    if lines.apostrophe:
                        lines.apostrophe = False
                        cells = [unescaped(cell) if cell[:1] == "'" else cell for cell in cells]
                    yield number, cells
            self._finished = True
        except csv.Error:
            # Strict, for a lone quotation mark swallows rows, and nobody would miss them.
            if lines.is_one_large_line():
                raise Refusal("row-too-large", row=number + 1, limit=MAX_CELL) from None
            raise Refusal("row-quotes", row=number + 1) from None
        except _NulCharacter:
            raise Refusal("row-nul", row=number + 1) from None
        except UnicodeError:
            raise Refusal("row-not-decodable", row=number + 1, encoding=self.encoding) from None
        except OSError as error:
            raise Refusal("file-unreadable", why=error.strerror or str(error)) from None

    def _text(self, binary: BinaryIO, errors: str) -> TextIO:
        self._binary, self._finished = binary, False
        self._size = os.fstat(binary.fileno()).st_size
        binary.seek(self.start)
        text = io.TextIOWrapper(binary, encoding=self.encoding, errors=errors, newline="")
        if self.separator_line:
            text.readline(_BLOCK)
        return text

    def progress(self) -> float:
        if self._finished:
            return 1.0
        if self._binary is None or self._binary.closed:
            return 0.0
        return self._binary.tell() / self._size


class _NulCharacter(Exception):
    pass


class _Lines:
    """The lines of a text, for ``csv.reader``, which would put up with any length.

    ``length`` counts the characters since it was last set to 0, ``apostrophe`` says whether one was among them.
    """

    __slots__ = ("_last", "_text", "apostrophe", "length")

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._last = ""
        self.length = 0
        self.apostrophe = False

    def __iter__(self) -> Iterator[str]:
        for line in iter(partial(self._text.readline, MAX_ROW), ""):
            self._last = line
            self.length += len(line)
            if self.length >= MAX_ROW:
                raise csv.Error
            if "\0" in line:
                raise _NulCharacter
            if "'" in line:
                self.apostrophe = True
            yield line

    def is_one_large_line(self) -> bool:
        """A row that is too large over several lines has a quotation mark that does not end."""
        return self.length == len(self._last) > MAX_CELL


def open_csv(path: Path, head: bytes, wanted: Wanted, *, whole: bool) -> tuple[CsvFile, Layout]:
    """``head`` is the beginning of the file, ``whole`` says that it is all of it. See ``reading.open_table``."""
    encoding, start = _by_first_bytes(head)
    # The header first: what has none need not be read to its end. The names that matter are ASCII.
    _recognised_header(head, start, encoding or "utf-8", wanted, whole=whole)
    encoding, damaged = _by_all_bytes(path, start, encoding)
    header = _recognised_header(head, start, encoding, wanted, whole=whole)
    file = CsvFile(path, encoding, start, header.delimiter, header.separator_line, header.row)
    if damaged:
        _refuse_damaged(file)
    return file, wanted.layout(header.cells)


# --- Header and delimiter ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Header:
    cells: list[str]
    row: int
    delimiter: str
    separator_line: bool


def _recognised_header(head: bytes, start: int, encoding: str, wanted: Wanted, *, whole: bool) -> _Header:
    """The header is the first row that is not empty; its delimiter the one that finds the most columns in it."""
    text = head[start:].decode(encoding, "replace")
    if whole and not text.strip():
        raise Refusal("file-empty")
    beginning = text
    if not whole:
        text = text[: max((match.end() for match in _LINE_END.finditer(text)), default=0)]
    separator = _SEPARATOR_LINE.match(text)
    text = text[separator.end() :] if separator else text
    headers = [_header(text, delimiter, separator_line=separator is not None) for delimiter in DELIMITERS]
    header = max(headers, key=lambda each: sum(map(bool, wanted.named(each.cells))))
    try:
        wanted.layout(header.cells)
    except Refusal as refusal:
        if refusal.code == "file-no-table" and (kind := _other_kind(head, beginning)):
            raise Refusal("file-of-other-kind", kind=kind) from None
        raise
    return header


def _header(text: str, delimiter: str, *, separator_line: bool) -> _Header:
    records = enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1)
    try:
        for row, cells in records:
            if any(map(str.strip, cells)):
                return _Header(cells, row, delimiter, separator_line)
    except csv.Error:
        pass  # a cell that is too large
    return _Header([], 1, delimiter, separator_line)


def _other_kind(head: bytes, beginning: str) -> str:
    """What a file is that has no header, as far as its first bytes tell."""
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    beginning = beginning[:100].lstrip().casefold()
    return next((kind for markup, kind in _MARKUP.items() if beginning.startswith(markup)), "")


# --- Encoding ----------------------------------------------------------------------------------------


def _by_first_bytes(head: bytes) -> tuple[str, int]:
    """(encoding, or "" where only all bytes can tell; length of the BOM)."""
    for bom, encoding in _BOMS.items():
        if head.startswith(bom):
            return encoding, len(bom)
    # UTF-16 without its mark: one byte of each ASCII letter of the header is zero.
    sample = head[:512]
    low, high = sample[::2].count(0), sample[1::2].count(0)
    if high > len(sample) // 4 > 8 * low:
        return "utf-16-le", 0
    if low > len(sample) // 4 > 8 * high:
        return "utf-16-be", 0
    return "", 0


def _by_all_bytes(path: Path, start: int, encoding: str) -> tuple[str, bool]:
    """(encoding, whether the file is damaged: it has bytes that are no text in it)."""
    if _is_text(path, start, encoding or "utf-8"):
        return encoding or "utf-8", False
    if encoding or _is_damaged_utf8(path, start):
        return encoding or "utf-8", True
    return "cp1252", not _is_text(path, start, "cp1252")


def _is_text(path: Path, start: int, encoding: str) -> bool:
    try:
        for _ in _decoded(path, start, encoding, "strict"):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _is_damaged_utf8(path: Path, start: int) -> bool:
    """Windows-1252 would read all of it, and read its letters wrongly.

    Real Windows-1252 has few bytes that happen to be UTF-8 (``ß“``), hardly any that happen to be a western letter
    (``Ã¼``), and many that are none.
    """
    western = other = wrong = 0
    for text in _decoded(path, start, "utf-8", "surrogateescape"):
        if not text.isascii():
            western += len(_WESTERN.findall(text))
            other += len(_BEYOND_WESTERN.findall(text))
            wrong += len(_NOT_DECODED.findall(text))
    return _WEIGHT_OF_WESTERN * western + other > wrong


def _decoded(path: Path, start: int, encoding: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    with path.open("rb") as file:
        file.seek(start)
        while block := file.read(_BLOCK):
            yield decoder.decode(block)
        yield decoder.decode(b"", final=True)


def _refuse_damaged(file: CsvFile) -> None:
    """Name the first row with a byte that is no text: read it so that such bytes can be told from all others."""
    row = 0
    errors = "surrogatepass" if file.encoding.startswith("utf-16") else "surrogateescape"
    for row, cells in file.records(errors):
        if any(map(_NOT_DECODED.search, cells)):
            raise Refusal("row-not-decodable", row=row, encoding=file.encoding)
    raise Refusal("row-not-decodable", row=row + 1, encoding=file.encoding)
