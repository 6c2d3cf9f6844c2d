"""From an uploaded file to a judgement on each of its rows, and to the same judgement again when it is confirmed."""

import hashlib
import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tablib
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from licences.domain.cells import SurplusCells
from licences.domain.errors import Refusal
from licences.imported_tables import ImportTable
from licences.spreadsheets.reading import Table, open_table, sha256_of

# A file is judged while somebody waits, and again with the table held.
MAX_ROWS = 2_000
MAX_BYTES = 1 << 20


# --- The file ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """The rows of a file, in the order of ``columns``, as texts, with their numbers in the file.

    ``too_long`` are the numbers of rows with more cells than the header. All of it can be kept in a session.
    """

    file_name: str
    sha256: str
    columns: list[str]
    rows: list[list[str]]
    numbers: list[int]
    too_long: list[int]
    unknown_columns: list[str]


def read_upload(upload: UploadedFile, wanted: type[ImportTable]) -> Sheet:
    """``ValidationError`` or ``Refusal``, in words, for a file that is too large or is no such table."""
    if (upload.size or 0) > MAX_BYTES:
        raise ValidationError(_("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES >> 20})
    with tempfile.NamedTemporaryFile() as file:
        for chunk in upload.chunks():
            file.write(chunk)
        file.flush()
        return _sheet(Path(file.name), upload.name or "", wanted)


def _sheet(path: Path, file_name: str, wanted: type[ImportTable]) -> Sheet:
    spellings = _spellings(wanted)
    table = open_table(path, columns=list(spellings), required=())
    positions = _positions(table, spellings, wanted)
    rows: list[list[str]] = []
    numbers, too_long = [], []
    for number, cells in table.rows():
        if len(rows) == MAX_ROWS:
            limit = number_format(MAX_ROWS, use_l10n=True, force_grouping=True)
            raise ValidationError(_("The file has more than %(limit)s rows. Import it in parts.") % {"limit": limit})
        rows.append([cells[position] for position in positions])
        numbers.append(number)
        if isinstance(cells, SurplusCells):
            too_long.append(number)
    if not rows:
        raise ValidationError(_("There is no row below the header."))
    return Sheet(file_name, sha256_of(path), list(wanted.fields), rows, numbers, too_long, table.unknown_columns)


def _spellings(wanted: type[ImportTable]) -> dict[str, str]:
    """How a header may name a column → the column: by its own name, and as exports of any language call it."""
    spellings: dict[str, str] = {}
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            spellings |= {wanted.title(name): name for name in wanted.fields}
    return spellings | {name: name for name in wanted.fields}


def _positions(table: Table, spellings: dict[str, str], wanted: type[ImportTable]) -> list[int]:
    """Where a row of ``table`` has each column. ``Refusal``: ``columns-missing``, ``columns-twice``."""
    present = [spelling for spelling in table.columns if spelling]
    found = [spellings[spelling] for spelling in present]
    missing = [name for name in wanted.fields if name not in found]
    if missing:
        raise Refusal("columns-missing", columns=missing)
    twice = [name for name in wanted.fields if found.count(name) > 1]
    if twice:
        raise Refusal("columns-twice", columns=twice)
    order = list(spellings)
    return [order.index(present[found.index(name)]) for name in wanted.fields]


# --- The judgement -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JudgedCell:
    title: str
    value: str
    before: str = ""
    is_changed: bool = False
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """``outcome`` is new, changed, unchanged or rejected. ``problems`` are those that are not of one cell."""

    number: int
    outcome: str
    cells: list[JudgedCell]
    problems: list[str]


@dataclass(frozen=True)
class Judgement:
    """``accepted`` are the new and changed objects, as they would be recorded."""

    rows: list[JudgedRow]
    accepted: list[Any]

    def count(self, outcome: str) -> int:
        return sum(row.outcome == outcome for row in self.rows)

    @property
    def is_acceptable(self) -> bool:
        return self.count("rejected") == 0 and self.count("unchanged") < len(self.rows)

    def digest(self) -> str:
        """Of all that would happen, so that what was confirmed can be told from what has come of it since."""
        said = [
            (row.number, row.outcome, row.problems, [(cell.value, cell.before, cell.is_changed) for cell in row.cells])
            for row in self.rows
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


class OutOfDateError(Exception):
    """Something else would come of a file than what its preview said."""


def judge(wanted: type[ImportTable], sheet: Sheet, on_record: Iterable[Any]) -> Judgement:
    """What would become of each row, with ``on_record`` being all that the table holds. Writes nothing."""
    resource = wanted(on_record, numbers=sheet.numbers, too_long=sheet.too_long)
    result = resource.import_data(tablib.Dataset(*sheet.rows, headers=sheet.columns))
    for error in (*result.base_errors, *(error for row in result.rows for error in row.errors)):
        raise error.error  # none that a file can cause
    rows = [_judged(resource, row, number) for row, number in zip(result.rows, sheet.numbers, strict=True)]
    return Judgement(rows, resource.accepted)


def preview(wanted: type[ImportTable], sheet: Sheet) -> Judgement:
    return judge(wanted, sheet, wanted.on_record())


def import_sheet(wanted: type[ImportTable], sheet: Sheet, *, digest: str, by: str) -> Judgement:
    """Judge again with the table held, and record it; ``OutOfDateError`` where that is not what ``digest`` says."""
    source = {"file": sheet.file_name, "digest": sheet.sha256}
    try:
        with transaction.atomic():
            judgement = judge(wanted, sheet, wanted.on_record().select_for_update(no_key=True))
            if judgement.digest() != digest:
                raise OutOfDateError
            wanted.record(judgement.accepted, by=by, source=source)
    except IntegrityError:  # somebody added the same at this moment
        raise OutOfDateError from None
    return judgement


_OUTCOMES = {"new": "new", "update": "changed", "skip": "unchanged"}


def _judged(resource: ImportTable, row: Any, number: int) -> JudgedRow:
    problems = dict(row.validation_error.message_dict) if row.validation_error else {}
    outcome = "rejected" if problems else _OUTCOMES[row.import_type]
    cells = [_cell(resource, row, name, problems.pop(name, [])) for name in resource.fields]
    return JudgedRow(number, outcome, cells, [words for several in problems.values() for words in several])


def _cell(resource: ImportTable, row: Any, name: str, problems: list[str]) -> JudgedCell:
    """What a rejected row says is shown as it is in the file."""
    title = resource.title(name)
    if row.instance is None:
        return JudgedCell(title, str(row.row_values[name]), problems=problems)
    value = str(getattr(row.instance, name))
    before = str(getattr(row.original, name)) if row.original else value
    return JudgedCell(title, value, before, before != value, problems)


def shown(rows: Iterable[JudgedRow], limit: int) -> list[JudgedRow]:
    """As many as a page holds: those that need somebody first, each sort in the order of the file."""
    order = ["rejected", "changed", "new", "unchanged"]
    return sorted(rows, key=lambda row: order.index(row.outcome))[:limit]
