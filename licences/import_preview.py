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
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from licences.domain.cells import SurplusCells
from licences.domain.errors import Refusal
from licences.imported_tables import ImportTable
from licences.spreadsheets.reading import Table, open_table

MAX_ROWS = 10_000
MAX_BYTES = 5 << 20


# --- The file ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """The rows of a file, in the order of ``columns``, as texts, with their numbers in the file."""

    columns: list[str]
    rows: list[list[str]]
    numbers: list[int]
    too_long: frozenset[int] = frozenset()
    unknown_columns: list[str] = field(default_factory=list)

    def stored(self) -> dict[str, Any]:
        """What a session holds between preview and confirmation; ``Sheet(**stored)`` is the sheet again."""
        return {"columns": self.columns, "rows": self.rows, "numbers": self.numbers}


def read_upload(upload: UploadedFile, wanted: type[ImportTable]) -> Sheet:
    """``ValidationError`` or ``Refusal``, in words, for a file that is too large or is no such table."""
    if (upload.size or 0) > MAX_BYTES:
        raise ValidationError(_("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES >> 20})
    with tempfile.NamedTemporaryFile() as file:
        for chunk in upload.chunks():
            file.write(chunk)
        file.flush()
        return _sheet(Path(file.name), wanted)


def _sheet(path: Path, wanted: type[ImportTable]) -> Sheet:
    spellings = _spellings(wanted)
    table = open_table(path, columns=list(spellings), required=())
    columns = list(wanted.fields)
    positions = _positions(table, spellings, wanted)
    rows, numbers, too_long = [], [], set()
    for number, cells in table.rows():
        if len(rows) == MAX_ROWS:
            limit = number_format(MAX_ROWS, use_l10n=True, force_grouping=True)
            raise ValidationError(_("The file has more than %(limit)s rows. Import it in parts.") % {"limit": limit})
        rows.append([cells[positions[column]] for column in columns])
        numbers.append(number)
        if isinstance(cells, SurplusCells):
            too_long.add(number)
    if not rows:
        raise ValidationError(_("There is no row below the header."))
    return Sheet(columns, rows, numbers, frozenset(too_long), table.unknown_columns)


def _spellings(wanted: type[ImportTable]) -> dict[str, str]:
    """How a header may name a column → the column: by its own name, and as exports of any language call it."""
    spellings = {}
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            spellings |= {wanted.title(name): name for name in wanted.fields}
    return spellings | {name: name for name in wanted.fields}


def _positions(table: Table, spellings: dict[str, str], wanted: type[ImportTable]) -> dict[str, int]:
    """Column → where a row of ``table`` has it."""
    present = [spelling for spelling in table.columns if spelling]
    found = [spellings[spelling] for spelling in present]
    missing = [name for name in wanted.fields if name not in found]
    if missing:
        raise Refusal("columns-missing", columns=missing)
    twice = [name for name in wanted.fields if found.count(name) > 1]
    if twice:
        raise Refusal("columns-twice", columns=twice)
    order = list(spellings)
    return {spellings[spelling]: order.index(spelling) for spelling in present}


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
    rows: list[JudgedRow]

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


_OUTCOMES = {"new": "new", "update": "changed", "skip": "unchanged"}


def judge(wanted: type[ImportTable], sheet: Sheet, *, by: str, write: bool) -> Judgement:
    """Do all of it; without ``write``, or where a row is rejected, nothing of it stays."""
    resource = wanted(by=by, numbers=sheet.numbers, too_long=sheet.too_long)
    data = tablib.Dataset(*sheet.rows, headers=sheet.columns)
    result = resource.import_data(data, dry_run=not write, use_transactions=True, rollback_on_validation_errors=True)
    if result.base_errors:
        raise result.base_errors[0].error
    return Judgement([_judged(resource, row, number) for row, number in zip(result.rows, sheet.numbers, strict=True)])


def _judged(resource: ImportTable, row: Any, number: int) -> JudgedRow:
    problems = _problems(row)
    outcome = "rejected" if problems else _OUTCOMES[row.import_type]
    cells = [_cell(resource, row, name, problems.pop(name, [])) for name in resource.fields]
    return JudgedRow(number, outcome, cells, [words for several in problems.values() for words in several])


def _problems(row: Any) -> dict[str, list[str]]:
    """Column, or ``NON_FIELD_ERRORS``, → what is wrong there."""
    if row.validation_error:
        return dict(row.validation_error.message_dict)
    for each in row.errors:
        if not isinstance(each.error, DatabaseError):
            raise each.error
    words = _("The database refused this row. Somebody else may have changed the same at this moment.")
    return {NON_FIELD_ERRORS: [words]} if row.errors else {}


def _cell(resource: ImportTable, row: Any, name: str, problems: list[str]) -> JudgedCell:
    if row.instance is None:
        return JudgedCell(resource.title(name), str(row.row_values.get(name, "")), problems=problems)
    value = str(getattr(row.instance, name))
    before = str(getattr(row.original, name)) if row.original else value
    return JudgedCell(resource.title(name), value, before, before != value, problems)


def shown(rows: Iterable[JudgedRow], limit: int) -> list[JudgedRow]:
    """As many as a page holds: those that need somebody first, each sort in the order of the file."""
    order = ["rejected", "changed", "new", "unchanged"]
    return sorted(rows, key=lambda row: order.index(row.outcome))[:limit]
