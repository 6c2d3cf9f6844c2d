"""The file of an import as its sender made it: opened by a profile or by known names, rows that are no data left out.

The rules are docs/imports.md#column-titles, #profiles and #rows-that-are-skipped.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from licences.domain.errors import Refusal
from licences.imports.kinds import import_kind, import_kind_named
from licences.imports.profiles import profile_of_shape, reading_hints
from licences.imports.rows.extra_rows import ExtraRows
from licences.imports.rows.sender_rows import adapted_rows
from licences.models import FileImport, SenderProfile
from licences.spreadsheets.reading import TableFile, open_table

SAMPLES = 3  # rows that are shown beside each column
_OWN_NUMBERS = ("customer_number",)  # of a sender who has own numbers for customers: neither compared nor stored
TITLES = "titles"  # the skipped rows above the header
_ROWS_NAMED = 100  # row numbers kept of each kind of skipped rows
_ASKABLE = ("columns-missing", "columns-twice", "file-no-table")


@dataclass(frozen=True, slots=True)
class SenderFile:
    """An opened file, the profile that it is read by, if any, and the rows that were left out while it was read."""

    table: TableFile
    profile: SenderProfile | None
    extra: ExtraRows

    def rows(self, kind: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Pairs of row number and cells of the rows of data; ``kind`` is a value of ``FileImport.Kind``.

        The cells are as the profile of the sender has them. ``Refusal``, while rows are read: ``file-broken``,
        ``row-too-large``, ``row-nul``, ``row-not-decodable``, ``file-unreadable``, ``file-too-large-unpacked``.
        """
        rows = self.table.rows(skip=self.extra.skips)
        profile = self.profile
        if profile is None or not (profile.defaults or profile.decimal_style or profile.has_own_numbers):
            return rows
        return adapted_rows(
            rows,
            columns=import_kind_named(kind).columns,
            defaults=profile.defaults,
            decimal_style=profile.decimal_style,
            unread=_OWN_NUMBERS if profile.has_own_numbers else (),
        )

    def skipped_rows(self) -> dict[str, dict[str, Any]]:
        """Kind of skipped rows → their ``count``, and the first of their row numbers as ``rows``."""
        skipped = {TITLES: [row for row, _text in self.table.title_rows], **self.extra.rows}
        return {kind: {"count": len(rows), "rows": rows[:_ROWS_NAMED]} for kind, rows in skipped.items() if rows}


def open_sender_file(file_import: FileImport, path: Path) -> SenderFile:
    """Open the file of an import, and find out which column is which.

    They are those of the profile that the import has, else of the profile whose sender writes these titles, else those
    that the titles name. ``path`` is where the file is. ``Refusal``: ``file-unreadable``, ``file-empty``,
    ``file-encrypted``, ``file-is-spreadsheet`` (of a kind that is not read), ``file-too-large-unpacked``,
    ``file-broken``, ``file-no-table``, ``file-of-other-kind``, ``columns-missing``, ``columns-twice``,
    ``columns-too-many``.
    """
    kind, profile = import_kind(file_import), file_import.profile
    hints = reading_hints(file_import.kind, profile=profile)
    required = [column for column in kind.required_columns if profile is None or column not in profile.defaults]
    chosen = file_import.format.get("encoding_chosen", "")
    table = open_table(path, columns=kind.columns, required=required, hints=hints, encoding=chosen)
    if profile is None and (profile := profile_of_shape(file_import.kind, table.shape)):
        hints = reading_hints(file_import.kind, profile=profile)
        if hints.encoding or hints.delimiter:
            required = list(kind.required_columns)
            with suppress(Refusal):  # of a file with these titles that was saved otherwise: read as it was detected
                table = open_table(path, columns=kind.columns, required=required, hints=hints, encoding=chosen)
    extra = ExtraRows(
        columns=kind.columns,
        required=kind.required_columns,
        named=table.columns,
        titles=table.titles,
        totals_words=profile.totals_words.split(",") if profile else (),
    )
    return SenderFile(table, profile, extra)


def guessed_table(kind: str, path: Path) -> TableFile:
    """Open a file whose columns are not known yet, with the most likely header and what its titles seem to mean.

    ``kind`` is a value of ``FileImport.Kind``. ``Refusal``: the codes of ``open_sender_file`` but those about columns.
    """
    found = import_kind_named(kind)
    hints = reading_hints(kind, guess=True)
    return open_table(path, columns=found.columns, required=found.required_columns, hints=hints)


def may_be_asked(file_import: FileImport, refusal: Refusal) -> bool:
    """Whether a person can say what the columns of an import's file are, which was refused.

    They can if it is a table, was refused for its columns, and is not a file of another kind.
    """
    if refusal.code not in _ASKABLE:
        return False
    path = Path(file_import.upload.path)
    try:
        table = guessed_table(file_import.kind, path)
        is_table = sum(map(bool, table.titles)) > 1 and bool(table.sample(1))
    except Refusal:
        return False
    return is_table and not any(_is_of_kind(kind, path) for kind in FileImport.Kind if kind != file_import.kind)


def _is_of_kind(kind: str, path: Path) -> bool:
    """Whether the file at ``path`` has the columns of this kind of import, by their own names."""
    found = import_kind_named(kind)
    try:
        open_table(path, columns=found.columns, required=found.required_columns)
    except Refusal:
        return False
    return True
