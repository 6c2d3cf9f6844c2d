"""The zip archive of a workbook: unpacked part by part, within limits against zip bombs.

A few kilobytes can unpack to gigabytes. The declared sizes are checked before anything is unpacked, and the unpacked
bytes are counted, because a declaration may be false.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Protocol, Self
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from licences.domain.errors import Refusal

MAX_UNPACKED = 2 << 30  # bytes; a full sheet of purchases takes two thirds of it
MAX_MEMBERS = 10_000
MAX_RATIO = 200
ANY_RATIO_BELOW = 50 << 20  # bytes; a small table of equal rows compresses very well
MAX_TOKEN = 1 << 20  # bytes of one tag, all of which the parser keeps in memory

# The exceptions of zipfile, zlib and expat for broken files.
BROKEN_FILE_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ExpatError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    LookupError,
    ArithmeticError,
)

_BLOCK = 1 << 16
_MAX_DIRECTORY = 4 << 20
_ENCRYPTED = 1  # bit in the flags of a part


class ParserTarget(Protocol):
    """The receiver of a part's XML, as in ``XMLParser(target=…)``: start tags, end tags and texts."""

    def start(self, tag: str, attrib: dict[str, str], /) -> None: ...

    def end(self, tag: str, /) -> None: ...

    def data(self, text: str, /) -> None: ...


class ZipArchive:
    """A zip archive, open for reading. Names of parts are compared in lower case and with slashes, as Office does.

    ``limit`` is how many bytes may be unpacked from all parts together. Opening and parsing raise ``Refusal``
    (``file-too-large-unpacked``, ``file-encrypted``), and ``BROKEN_FILE_ERRORS`` for broken files.
    """

    def __init__(self, path: Path, *, limit: int) -> None:
        self._limit = limit
        self._unpacked = 0
        self._file = _ArchiveFile(path)
        try:
            self._zip = zipfile.ZipFile(self._file)
            self._parts = {_part_name(info.filename): info for info in self._zip.infolist()}
            self._refuse_declared_sizes()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._zip.close()
        self._file.close()

    def __contains__(self, name: str) -> bool:
        return _part_name(name) in self._parts

    def _refuse_declared_sizes(self) -> None:
        """Refuse an archive that declares too many parts, too many bytes or too high a compression."""
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS or sum(info.file_size for info in members) > MAX_UNPACKED:
            raise Refusal("file-too-large-unpacked")
        for info in members:
            if info.file_size > max(ANY_RATIO_BELOW, MAX_RATIO * info.compress_size):
                raise Refusal("file-too-large-unpacked")

    def parse(self, name: str, target: ParserTarget, *, limit: int = MAX_UNPACKED) -> Iterator[float]:
        """Parse the XML of a part into ``target``; yields after each block how much of it is read, from 0 to 1.

        ``Refusal``: ``file-encrypted``, ``file-too-large-unpacked`` (more than ``limit`` bytes, or than the archive's).
        """
        info = self._readable(name, limit)
        parser = _parser(target)
        read = 0
        with self._zip.open(info) as stream:
            while block := stream.read(_BLOCK):
                read += len(block)
                self._count_unpacked(len(block))
                parser.Parse(block, False)
                if read - parser.CurrentByteIndex > MAX_TOKEN:
                    raise ValueError("a tag that does not end")
                yield read / info.file_size
        parser.Parse(b"", True)
        yield 1.0

    def contains_text(self, name: str, text: str) -> bool:
        """Whether the bytes of a part contain an ASCII text, of 8 or 16 bits each. Exceptions as ``parse``."""
        sought = text.encode(), text.encode("utf-16-le")[:-1]
        before = b""
        with self._zip.open(self._readable(name, MAX_UNPACKED)) as stream:
            while block := stream.read(_BLOCK):
                self._count_unpacked(len(block))
                window = before + block
                if any(each in window for each in sought):
                    return True
                before = window[-2 * len(text) :]
        return False

    def _readable(self, name: str, limit: int) -> zipfile.ZipInfo:
        """The directory entry of a part that may be unpacked up to ``limit`` bytes."""
        info = self._parts[_part_name(name)]
        if info.flag_bits & _ENCRYPTED:
            raise Refusal("file-encrypted")
        if info.file_size > limit:
            raise Refusal("file-too-large-unpacked")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("an unusual compression")  # zipfile unpacks only these in blocks of limited size
        return info

    def _count_unpacked(self, size: int) -> None:
        """Count unpacked bytes, and refuse more than the limit of the archive."""
        self._unpacked += size
        if self._unpacked > self._limit:
            raise Refusal("file-too-large-unpacked")


def _parser(target: ParserTarget) -> XMLParserType:
    """An expat parser without the wrappers of the standard library, which take half as long again."""
    parser = ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = target.start
    parser.EndElementHandler = target.end
    parser.CharacterDataHandler = target.data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> NoReturn:
    """Refuse a document type declaration: no workbook has one, and entities declared there can expand without limit."""
    raise ValueError("a document type declaration")


def _part_name(name: str) -> str:
    """The name of a part in the form in which names are compared."""
    return name.replace("\\", "/").lstrip("/").lower()


class _ArchiveFile(io.FileIO):
    """A file that refuses a huge zip directory, which ``zipfile`` would read into memory whatever its size."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _MAX_DIRECTORY:
            raise Refusal("file-too-large-unpacked")
        return super().read(size) or b""
