"""Looking for a customer in uploaded files, read as bytes: fast, and whatever is wrong with the file."""

import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import IO

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from licences.models import FileImport, RejectedRow

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252")
_BLOCK = 1 << 20


def files_mentioning(values: Sequence[str], imports: Iterable[FileImport]) -> Iterator[FileImport]:
    """Those of the imports whose uploaded file names one of the values; a file that is gone names nobody."""
    for file_import in imports:
        if file_import.upload and mentions(Path(file_import.upload.path), values):
            yield file_import


def mentions(path: Path, values: Sequence[str]) -> bool:
    """Whether one of the values stands in a file, in any encoding that can be imported; within a workbook too."""
    if not values or not path.exists():
        return False
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            return _stands_in(file, _spelled(values))
    wanted = [spelling for value in values for spelling in {value.encode(), escape(value, quote=False).encode()}]
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            with archive.open(member) as file:
                if _stands_in(file, wanted):
                    return True
    return False


def _spelled(values: Sequence[str]) -> list[bytes]:
    """In all encodings, and with quotation marks doubled, as CSV has them."""
    texts = {spelling for value in values for spelling in (value, value.replace('"', '""'))}
    return [text.encode(encoding, "ignore") for text in texts for encoding in _ENCODINGS if _fits(text, encoding)]


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _stands_in(file: IO[bytes], wanted: Sequence[bytes]) -> bool:
    longest = max(map(len, wanted))
    rest = b""
    while block := file.read(_BLOCK):
        text = rest + block
        if any(value in text for value in wanted):
            return True
        rest = text[-longest:]
    return False


def rejected_rows_naming(values: Sequence[str]) -> QuerySet[RejectedRow]:
    """Rejected rows of any import that hold one of the values, as PostgreSQL keeps JSON and as SQLite does."""
    naming = Q(pk__in=[])
    for value in values:
        for spelling in {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}:
            naming |= Q(cells_text__contains=spelling) | Q(problems_text__contains=spelling)
    texts = {"cells_text": Cast("cells", TextField()), "problems_text": Cast("problems", TextField())}
    return RejectedRow.objects.annotate(**texts).filter(naming)
