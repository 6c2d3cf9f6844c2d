"""The encoding of a text file: UTF-8 or UTF-16, with or without BOM, or the code page that ``encodings`` guesses."""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from licences.spreadsheets.encodings import guess_encoding, sample_lines

_BLOCK = 1 << 16
_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_NOT_DECODED = re.compile("[\ud800-\udfff]")
_WESTERN = re.compile("[\x80-\xff\u2010-\u2044]")
_BEYOND_WESTERN = re.compile("[^\0-\xff\u2010-\u2044\ud800-\udfff]")
_WEIGHT_OF_WESTERN = 20


@dataclass(frozen=True, slots=True)
class FileEncoding:
    """The encoding of a file, and whether some bytes are no text in it.

    ``is_sure`` is False where a person has to choose one of ``samples``: encoding → lines as they read in it. Those are
    empty for Unicode.
    """

    encoding: str
    is_damaged: bool = False
    is_sure: bool = True
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def chosen(cls, path: Path, start: int, encoding: str) -> "FileEncoding":
        """The encoding that a person has chosen, with sample lines in it unless it is Unicode."""
        damaged = not _is_text(path, start, encoding)
        samples = {} if encoding.startswith("utf") else sample_lines(path, start, [encoding])
        return cls(encoding, damaged, is_sure=True, samples=samples)


def encoding_by_first_bytes(head: bytes) -> tuple[str, int]:
    """The encoding, empty where only all bytes can tell, and the length of the BOM."""
    for bom, encoding in _BOMS.items():
        if head.startswith(bom):
            return encoding, len(bom)
    # UTF-16 without a BOM: of each ASCII letter in the header, one byte is zero.
    sample = head[:512]
    low, high = sample[::2].count(0), sample[1::2].count(0)
    if high > len(sample) // 4 > 8 * low:
        return "utf-16-le", 0
    if low > len(sample) // 4 > 8 * high:
        return "utf-16-be", 0
    return "", 0


def encoding_by_all_bytes(path: Path, start: int, encoding: str) -> FileEncoding:
    """The encoding of a file, given the one that its first bytes tell, if they do."""
    if _is_text(path, start, encoding or "utf-8"):
        return FileEncoding(encoding or "utf-8")
    if encoding or _is_damaged_utf8(path, start):
        return FileEncoding(encoding or "utf-8", is_damaged=True)
    guess = guess_encoding(path, start)
    is_damaged = not _is_text(path, start, guess.encoding)
    return FileEncoding(guess.encoding, is_damaged, guess.is_sure, guess.samples)


def is_utf8(head: bytes) -> bool:
    """Whether the beginning of a file is text in UTF-8, which its last bytes may cut off."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _is_text(path: Path, start: int, encoding: str) -> bool:
    """Whether all bytes from ``start`` on can be decoded."""
    try:
        for _ in _decoded(path, start, encoding, "strict"):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _is_damaged_utf8(path: Path, start: int) -> bool:
    """Whether a file that is not UTF-8 is damaged UTF-8, whose letters Windows-1252 would misread.

    A real Windows-1252 file has few byte sequences that happen to be valid UTF-8 (``ß“``), hardly any that happen to
    be a western letter (``Ã¼``), and many that are invalid.
    """
    western = other = invalid = 0
    for text in _decoded(path, start, "utf-8", "surrogateescape"):
        if not text.isascii():
            western += len(_WESTERN.findall(text))
            other += len(_BEYOND_WESTERN.findall(text))
            invalid += len(_NOT_DECODED.findall(text))
    return _WEIGHT_OF_WESTERN * western + other > invalid


def _decoded(path: Path, start: int, encoding: str, errors: str) -> Iterator[str]:
    """The text of the file from ``start`` on, in blocks."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    with path.open("rb") as file:
        file.seek(start)
        while block := file.read(_BLOCK):
            yield decoder.decode(block)
        yield decoder.decode(b"", final=True)
