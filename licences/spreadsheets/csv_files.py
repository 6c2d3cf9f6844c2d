"""CSV files: delimiter and header are detected from the content, and records are read one by one.

Delimiters: comma, semicolon, tab and vertical bar. ``file_encodings`` says which encodings.
"""

import csv
import io
import os
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, TextIO

from licences.domain.errors import Refusal
from licences.spreadsheets.escaping import unguarded
from licences.spreadsheets.file_encodings import (
    FileEncoding,
    encoding_by_all_bytes,
    encoding_by_first_bytes,
    is_utf8,
)
from licences.spreadsheets.headers import HEADER_ROWS, FoundHeader, MisquotedRecord, RequestedColumns

MAX_CELL = 100_000  # characters
MAX_ROW = 1_000_000  # characters
_NARROWEST = 4  # cells of a row: a cell of several lines may look like rows of a narrower table
DELIMITERS = ",;\t|"

_BLOCK = 1 << 16
_SEPARATOR_LINE = re.compile(r'"?sep=.?"?(\r\n|\r|\n)', re.IGNORECASE)  # Excel's; the header is more reliable
_LINE_END = re.compile(r"[\r\n]")
_NOT_DECODED = re.compile("[\ud800-\udfff]")
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

csv.field_size_limit(MAX_CELL)  # for the whole process, in which nothing else reads larger cells


@dataclass(slots=True)
class CsvFile:
    """A CSV file whose format was detected. ``start`` is the position of the first byte after its BOM."""

    path: Path
    encoding: str
    start: int
    delimiter: str
    separator_line: bool
    header_row: int
    encoding_found: FileEncoding
    width: int  # cells of the header
    format: str = "csv"
    sheet: str = ""
    filled: int = 0  # no cell of a CSV is merged
    _binary: BinaryIO | None = field(default=None, repr=False)
    _size: int = 0
    _finished: bool = False

    def records(self, errors: str = "strict") -> Iterator[tuple[int, list[str]]]:
        """Pairs of record number (from 1) and cells; the line in which Excel names its separator does not count.

        A record whose quotation marks do not match is its first line alone, as a ``MisquotedRecord``; the lines below
        it are read again. So is one whose lines are all rows of the table, and then its last line is misquoted too.
        ``errors`` is the error handler of the decoder. ``Refusal``: ``row-too-large``, ``row-nul``,
        ``row-not-decodable``, each with its row; ``file-unreadable``.
        """
        number = 0
        try:
            with self.path.open("rb") as binary, self._text(binary, errors) as text:
                lines = _Lines(text)
                while not lines.ended:
                    try:
                        for cells in self._read(lines):
                            number += 1
                            yield number, cells
                    except csv.Error:
                        # The reader is strict: an unpaired quotation mark would swallow rows, and nobody would notice.
                        number += 1
                        yield number, self._misquoted(lines, number)
            self._finished = True
        except _NulCharacter:
            raise Refusal("row-nul", row=number + 1) from None
        except UnicodeError:
            raise Refusal("row-not-decodable", row=number + 1, encoding=self.encoding) from None
        except OSError as error:
            raise Refusal("file-unreadable", why=error.strerror or str(error)) from None

    def _read(self, lines: "_Lines") -> Iterator[list[str]]:
        """The records up to one that is not read as it should be. ``csv.Error``: that one swallows others, or more."""
        record, width = lines.record, self.width
        for cells in csv.reader(lines, delimiter=self.delimiter, strict=True):
            if len(record) > 1 and _are_rows(record, self.delimiter, (self.width, width)):
                lines.closing = record[-1]
                raise csv.Error
            if lines.closing and record[0] is lines.closing:
                lines.closing, cells = "", MisquotedRecord(cells)
            else:
                width = len(cells)
            if lines.begin_record():
                cells[:] = map(unguarded, cells)
            yield cells

    def _misquoted(self, lines: "_Lines", number: int) -> "MisquotedRecord":
        """The first line of a record that cannot be read, split leniently. ``Refusal``: ``row-too-large``."""
        if lines.is_one_large_line():
            raise Refusal("row-too-large", row=number, limit=MAX_CELL) from None
        return MisquotedRecord(next(csv.reader([lines.give_back()], delimiter=self.delimiter), []))

    def _text(self, binary: BinaryIO, errors: str) -> TextIO:
        """The file as text, after its BOM and the line that names the separator."""
        self._binary, self._finished = binary, False
        self._size = os.fstat(binary.fileno()).st_size
        binary.seek(self.start)
        text = io.TextIOWrapper(binary, encoding=self.encoding, errors=errors, newline="")
        if self.separator_line:
            text.readline(_BLOCK)
        return text

    def progress(self) -> float:
        """How much of the file ``records`` has read, from 0 to 1."""
        if self._finished:
            return 1.0
        if self._binary is None or self._binary.closed:
            return 0.0
        return self._binary.tell() / self._size


class _NulCharacter(Exception):
    pass


class _Lines:
    """The lines of a text for ``csv.reader``, limited in length, which the reader itself does not do.

    ``record`` are the lines of the record that is being read. ``closing`` is a line that was given back, in which the
    quotation mark of an earlier row is closed; empty for none. ``ended`` is whether the last line was read and none was
    given back. Raises ``csv.Error`` for a row beyond ``MAX_ROW`` and ``_NulCharacter``.
    """

    __slots__ = ("_again", "_guards", "_length", "_text", "closing", "ended", "record")

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self.record: list[str] = []
        self.closing = ""
        self._length = 0
        self._guards = self.ended = False

    def __iter__(self) -> Iterator[str]:
        read = partial(self._text.readline, MAX_ROW)
        self.ended = False
        for line in chain(iter(self._given_back, ""), iter(read, "")):
            self.record.append(line)
            self._length += len(line)
            if self._length >= MAX_ROW:
                raise csv.Error
            if "\0" in line:
                raise _NulCharacter
            if "'" in line or "=" in line:
                self._guards = True
            yield line
        self.ended = True

    def _given_back(self) -> str:
        """The next line that was given back, or an empty one."""
        return self._again.popleft() if self._again else ""

    def begin_record(self) -> bool:
        """Forget the lines of the record that was read; returns whether they may have guards of cells."""
        self.record.clear()
        self._length = 0
        guards, self._guards = self._guards, False
        return guards

    def is_one_large_line(self) -> bool:
        """Whether the row is one line that is too large; several lines mean an unpaired quotation mark instead."""
        return len(self.record) == 1 and self._length > MAX_CELL

    def give_back(self) -> str:
        """The first line of the record that is being read; the others will be read once more."""
        first, *others = self.record
        self._again.extendleft(reversed(others))
        self.ended = False
        self.begin_record()
        return first


def _are_rows(lines: list[str], delimiter: str, widths: tuple[int, ...]) -> bool:
    """Whether the lines of one record are rows of a table of one of these widths, which a quotation mark has joined.

    A cell may have lines of its own, but hardly such as all have just as many separators as a row.
    """
    alone = re.compile(rf'(?:^|(?<={re.escape(delimiter)}))"(?:[^"]|"")*"(?=[{re.escape(delimiter)}\r\n]|$)')
    found = {alone.sub("", line).count(delimiter) + 1 for line in lines}
    return found <= {width for width in widths if width >= _NARROWEST}


def open_csv(
    path: Path, head: bytes, requested: RequestedColumns, *, whole: bool, encoding: str = ""
) -> tuple[CsvFile, FoundHeader]:
    """Detect the format of a CSV file and find its header; see ``reading.open_table`` for the refusals.

    ``head`` is the beginning of the file; ``whole``: the file has no more bytes than these. ``encoding`` is the one
    that a person chose.
    """
    by_mark, start = encoding_by_first_bytes(head)
    known = encoding or by_mark or requested.hints.encoding
    if known or is_utf8(head[start:]):  # the header first, so that a file without one is not read to its end
        _find_header(head, start, known or "utf-8", requested, whole=whole)
    if known and known != by_mark:
        found = FileEncoding.chosen(path, start, known)
    else:
        found = encoding_by_all_bytes(path, start, by_mark)
    header = _find_header(head, start, found.encoding, requested, whole=whole)
    file = CsvFile(
        path, found.encoding, start, header.delimiter, header.separator_line, header.found.row, found,
        width=len(header.found.layout.titles),
    )  # fmt: skip
    if found.is_damaged:
        _refuse_damaged(file)
    return file, header.found


def _refuse_damaged(file: CsvFile) -> None:
    """Raise the ``Refusal`` with the first row that has an undecodable byte, which the error handler marks."""
    row = 0
    errors = "surrogatepass" if file.encoding.startswith("utf-16") else "surrogateescape"
    for row, cells in file.records(errors):
        if any(map(_NOT_DECODED.search, cells)):
            raise Refusal("row-not-decodable", row=row, encoding=file.encoding)
    raise Refusal("row-not-decodable", row=row + 1, encoding=file.encoding)


# --- Header and delimiter ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Header:
    found: FoundHeader
    delimiter: str
    separator_line: bool


def _find_header(head: bytes, start: int, encoding: str, requested: RequestedColumns, *, whole: bool) -> _Header:
    """The header, with the file split at the delimiter that finds most of the requested columns in it."""
    text = head[start:].decode(encoding, "replace")
    if whole and not text.strip():
        raise Refusal("file-empty")
    beginning = text
    if not whole:
        text = text[: max((match.end() for match in _LINE_END.finditer(text)), default=0)]
    separator = _SEPARATOR_LINE.match(text)
    text = text[separator.end() :] if separator else text
    headers: list[_Header] = []
    refusals: list[tuple[int, Refusal]] = []
    for delimiter in requested.hints.delimiter or DELIMITERS:
        records = list(islice(_filled_records(text, delimiter), HEADER_ROWS))
        try:
            headers.append(_Header(requested.search(records), delimiter, separator is not None))
        except Refusal as refusal:
            refusals.append((max((requested.count(cells) for _row, cells in records), default=0), refusal))
    if headers:
        return max(headers, key=lambda each: (_known(each), len(each.found.layout.titles)))
    _count, closest = max(refusals, key=lambda each: each[0])
    if closest.code == "file-no-table" and (kind := _other_kind(head, beginning)):
        raise Refusal("file-of-other-kind", kind=kind) from None
    raise closest


def _known(header: _Header) -> int:
    """How many of the requested columns a header has."""
    return sum(map(bool, header.found.layout.columns))


def _filled_records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of the records with content when the text is split at this delimiter."""
    try:
        for row, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            if any(map(str.strip, cells)):
                yield row, [unguarded(cell) for cell in cells]
    except csv.Error:
        pass  # a cell that is too large


def _other_kind(head: bytes, beginning: str) -> str:
    """The kind of a file without a header, such as "PDF", by its first bytes; empty where they do not tell."""
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    beginning = beginning[:100].lstrip().casefold()
    return next((kind for markup, kind in _MARKUP.items() if beginning.startswith(markup)), "")
