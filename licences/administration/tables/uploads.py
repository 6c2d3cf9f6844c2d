"""Reading the uploaded file of a small table, CSV or XLSX, with the project's own reader."""

import tempfile
from pathlib import Path
from typing import Any

import tablib
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from import_export.formats.base_formats import Format

from licences.administration.tables.import_table import ImportTable
from licences.domain.cells import MisquotedCells, SurplusCells
from licences.domain.errors import Refusal
from licences.spreadsheets.reading import TableFile, open_table, sha256_of

# Every file is judged within a request, and once more while the table is locked.
MAX_ROWS = 2_000


class SpreadsheetFormat(Format):
    """The only import format of django-import-export here: the content of the file decides.

    ``import_table`` is the table whose columns the file must have.
    """

    def __init__(self, import_table: type[ImportTable], encoding: str | None = None) -> None:
        self.import_table = import_table

    def get_title(self) -> str:
        return "CSV, XLSX"

    def create_dataset(self, in_stream: bytes) -> Any:
        """The dataset that ``ImportTable`` reads: rows as texts, in the order of the table's columns.

        It also has ``numbers`` (of the rows in the file), ``faulty`` (number of a row → the code of what is wrong with
        it as a whole), ``unknown_columns`` and ``sha256``. ``ValidationError`` for no rows or more than ``MAX_ROWS``;
        ``Refusal``: ``columns-missing``, ``columns-twice``, ``encoding-unsure``, and those of ``spreadsheets.reading``.
        """
        with tempfile.NamedTemporaryFile() as file:
            file.write(in_stream)
            file.flush()
            return _dataset(Path(file.name), self.import_table)


def _dataset(path: Path, import_table: type[ImportTable]) -> Any:
    """The dataset of a file; see ``SpreadsheetFormat.create_dataset``."""
    spellings = _spellings(import_table)
    table = open_table(path, columns=list(spellings), required=())
    positions = _positions(table, spellings, import_table)
    if not table.encoding_is_sure:
        raise Refusal("encoding-unsure", encodings=list(table.encoding_samples))
    dataset = tablib.Dataset(headers=list(import_table.fields))
    dataset.numbers, dataset.faulty = [], {}
    for number, cells in table.rows():
        if len(dataset) == MAX_ROWS:
            limit = number_format(MAX_ROWS, use_l10n=True, force_grouping=True)
            raise ValidationError(
                _("The file has more than %(limit)s rows. Split it into smaller files.") % {"limit": limit}
            )
        dataset.append([cells[position] for position in positions])
        dataset.numbers.append(number)
        if isinstance(cells, SurplusCells | MisquotedCells):
            dataset.faulty[number] = "too-many-cells" if isinstance(cells, SurplusCells) else "row-quotes"
    if not dataset:
        raise ValidationError(_("The file has no rows below the header."))
    dataset.sha256, dataset.unknown_columns = sha256_of(path), table.unknown_columns
    return dataset


def _spellings(import_table: type[ImportTable]) -> dict[str, str]:
    """Spelling in a header → column: its own name, or its title in any language, as exports have it."""
    spellings: dict[str, str] = {}
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            spellings |= {import_table.title(name): name for name in import_table.fields}
    return spellings | {name: name for name in import_table.fields}


def _positions(table: TableFile, spellings: dict[str, str], import_table: type[ImportTable]) -> list[int]:
    """The position of each column in the rows of the file. ``Refusal``: ``columns-missing``, ``columns-twice``."""
    present = [spelling for spelling in table.columns if spelling]
    columns = [spellings[spelling] for spelling in present]
    missing = [name for name in import_table.fields if name not in columns]
    if missing:
        raise Refusal("columns-missing", columns=_titled(missing, import_table))
    twice = [name for name in import_table.fields if columns.count(name) > 1]
    if twice:
        raise Refusal("columns-twice", columns=_titled(twice, import_table))
    order = list(spellings)
    return [order.index(present[columns.index(name)]) for name in import_table.fields]


def _titled(columns: list[str], import_table: type[ImportTable]) -> list[str]:
    """The titles of columns in the reader's language, with their names in brackets."""
    return [f"{import_table.title(name)} ({name})" for name in columns]
