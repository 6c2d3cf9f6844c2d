"""Searching uploaded files and rejected rows for values that identify a customer.

Files are searched as bytes: that is fast, and works for files that cannot be read as a table.
"""

import json
import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import IO

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from licences.models import FileImport, RejectedRow
from licences.spreadsheets.encodings import ENCODINGS

_BLOCK = 1 << 20  # bytes read at a time
_LONGEST = 1 << 13  # bytes of a value with its blanks
_BLANKS = (" ", "\t", "\u00a0", "\u202f")


def imports_naming(values: Sequence[str], imports: Iterable[FileImport]) -> Iterator[FileImport]:
    """The imports whose uploaded file contains one of the values; an import whose file was deleted is none of them."""
    for file_import in imports:
        if file_import.upload and file_names_any(Path(file_import.upload.path), values):
            yield file_import


def file_names_any(path: Path, values: Sequence[str]) -> bool:
    """Whether a file contains one of the values, in any encoding that can be imported, or as a workbook (XLSX).

    More blanks between words, accents as characters of their own, and all in capitals or small letters make no
    difference, as they make none to an import. A file that does not exist contains nothing.
    """
    if not values or not path.exists():
        return False
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            return _contains_any(file, _needles_in_text(values))
    needles = _needles_in_workbook(values)
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            with archive.open(member) as file:
                if _contains_any(file, needles):
                    return True
    return False


def text_names_any(text: str, values: Sequence[str]) -> bool:
    """Whether one line of text, such as the name of a file, contains one of the values; the rest as for a file."""
    plain = _plain(text)
    return any(_plain(value) in plain for value in values)


def rejected_rows_naming(values: Sequence[str]) -> QuerySet[RejectedRow]:
    """Rejected rows of any import that contain one of the values; the rest as for a file."""
    naming = Q(pk__in=[])
    for word in {_longest_word(spelling) for value in values for spelling in _spellings(value)}:
        for spelling in {json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1]}:
            naming |= Q(cells_text__contains=spelling) | Q(problems_text__contains=spelling)
    texts = {"cells_text": Cast("cells", TextField()), "problems_text": Cast("problems", TextField())}
    candidates = RejectedRow.objects.annotate(**texts).filter(naming).only("cells", "problems")
    quoted = [json.dumps(value, ensure_ascii=False)[1:-1] for value in values]
    ids = [
        row.pk
        for row in candidates.iterator()
        if text_names_any(json.dumps([row.cells, row.problems], ensure_ascii=False), quoted)
    ]
    return RejectedRow.objects.filter(pk__in=ids)


# --- Spellings ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Needle:
    """A value in one encoding: its longest word, which is looked for first because that is quick, and all of it."""

    word: bytes
    pattern: bytes


def _needles_in_text(values: Sequence[str]) -> set[_Needle]:
    """The values in all encodings, plain and with quotation marks doubled as in CSV."""
    texts = {spelling for value in values for spelling in (*_spellings(value), *_spellings(value.replace('"', '""')))}
    return {_needle(text, encoding) for text in texts for encoding in ENCODINGS if _is_encodable(text, encoding)}


def _needles_in_workbook(values: Sequence[str]) -> set[_Needle]:
    texts = {spelling for value in values for spelling in _spellings(value)}
    return {_needle(text, "utf-8") for text in texts | {escape(text, quote=False) for text in texts}}


def _needle(text: str, encoding: str) -> _Needle:
    blanks = [re.escape(each.encode(encoding)) for each in _BLANKS if _is_encodable(each, encoding)]
    between = b"(?:" + b"|".join(blanks) + b")+"
    words = [re.escape(word.encode(encoding)) for word in text.split()]
    return _Needle(_longest_word(text).encode(encoding), between.join(words))


def _spellings(value: str) -> set[str]:
    """The value as it is, in capitals and in small letters, each with accents composed and decomposed."""
    return {unicodedata.normalize(form, text) for form in ("NFC", "NFD") for text in _in_any_case(value)}


def _in_any_case(value: str) -> tuple[str, str, str]:
    return value, value.upper(), value.lower()


def _longest_word(text: str) -> str:
    return max(text.split(), key=len)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _is_encodable(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _contains_any(file: IO[bytes], needles: Collection[_Needle]) -> bool:
    rest = b""  # the end of the block before: a value may lie across two blocks
    while block := file.read(_BLOCK):
        window = rest + block
        if any(needle.word in window and re.search(needle.pattern, window) for needle in needles):
            return True
        rest = window[-_LONGEST:]
    return False
