"""The zip file that a workbook is: unpacked part by part, and no further than its limits.

A few kilobytes can unpack to gigabytes. The sizes that the file declares are checked before anything is unpacked, and
what really comes out is counted, for a declaration may be wrong.
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
ANY_RATIO_BELOW = 50 << 20  # bytes; a small table of equal rows packs very well
MAX_TOKEN = 1 << 20  # bytes of one tag, which the parser holds in memory

# What zipfile, zlib and expat raise on files that are broken.
BROKEN = (
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
_ENCRYPTED = 1  # the bit among the flags of a part


class Target(Protocol):
    """Whoever is told what a part of the workbook holds."""

    def start(self, tag: str, attrib: dict[str, str], /) -> None: ...

    def end(self, tag: str, /) -> None: ...

    def data(self, text: str, /) -> None: ...


class Archive:
    """A zip file that is open for reading; names are in lower case, with slashes, as Office compares them.

    ``limit``: how many bytes may be unpacked of it, all parts together.
    Raises ``Refusal``: ``file-too-large-unpacked``, ``file-encrypted``; and what ``BROKEN`` names.
    """

    def __init__(self, path: Path, *, limit: int) -> None:
        self._limit = limit
        self._unpacked = 0
        self._file = _Upload(path)
        try:
            self._zip = zipfile.ZipFile(self._file)
            self._parts = {_part_name(info.filename): info for info in self._zip.infolist()}
            self._refuse_bombs()
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

    def _refuse_bombs(self) -> None:
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS or sum(info.file_size for info in members) > MAX_UNPACKED:
            raise Refusal("file-too-large-unpacked")
        for info in members:
            if info.file_size > max(ANY_RATIO_BELOW, MAX_RATIO * info.compress_size):
                raise Refusal("file-too-large-unpacked")

    def parse(self, name: str, target: Target, *, limit: int = MAX_UNPACKED) -> Iterator[float]:
        """Tell ``target`` what a part holds, block by block; after each, how much of it is read (0 … 1).

        A part of more than ``limit`` bytes is refused.
        """
        info = self._readable(name, limit)
        parser = _parser(target)
        read = 0
        with self._zip.open(info) as stream:
            while block := stream.read(_BLOCK):
                read += len(block)
                self._count(len(block))
                parser.Parse(block, False)
                if read - parser.CurrentByteIndex > MAX_TOKEN:
                    raise ValueError("a tag that does not end")
                yield read / info.file_size
        parser.Parse(b"", True)
        yield 1.0

    def _readable(self, name: str, limit: int) -> zipfile.ZipInfo:
        info = self._parts[_part_name(name)]
        if info.flag_bits & _ENCRYPTED:
            raise Refusal("file-encrypted")
        if info.file_size > limit:
            raise Refusal("file-too-large-unpacked")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("an unusual compression")  # which could not be unpacked in pieces of limited size
        return info

    def _count(self, size: int) -> None:
        self._unpacked += size
        if self._unpacked > self._limit:
            raise Refusal("file-too-large-unpacked")


def _parser(target: Target) -> XMLParserType:
    """expat itself: the classes around it in the standard library take half as long again."""
    parser = ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = target.start
    parser.EndElementHandler = target.end
    parser.CharacterDataHandler = target.data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> NoReturn:
    """No workbook has one, and only there entities are declared, which grow beyond all limits or name other files."""
    raise ValueError("a document type declaration")


def _part_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


class _Upload(io.FileIO):
    """A file whose zip directory cannot fill the memory: ``zipfile`` would read all of it, whatever its size."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _MAX_DIRECTORY:
            raise Refusal("file-too-large-unpacked")
        return super().read(size) or b""
