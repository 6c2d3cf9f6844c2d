"""Staging: the rows of a file are stored in the database, where they wait to be judged."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from licences.domain.batches import batched
from licences.imports import bulk, temporary_tables
from licences.imports.kinds import import_kind
from licences.imports.rows.row_cells import CellProblem
from licences.models import FileImport, RejectedRow, RowOutcome

CHUNK = 20_000  # rows per transaction
BLOCK = 2_000  # rows whose known digests are looked up together
REJECTED_COLUMNS = ("id", "problems", "cells", "readable")
_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")  # PostgreSQL's JSON rejects these characters

Row = tuple[int, tuple[str, ...]]


def stage_rows(
    file_import: FileImport,
    rows: Iterable[Row],
    *,
    fraction: Callable[[], float] = lambda: 0.0,
    watch: Callable[[FileImport], None] = lambda file_import: None,
) -> None:
    """Stage all rows of a file, of which nothing is staged yet; one transaction per chunk.

    ``rows`` are pairs of row number (from 1) and cells. Each chunk saves progress and heartbeat, where ``fraction``
    returns how much of the file is read, from 0 to 1; ``watch`` is then called with the import. A row that cannot be
    read becomes a rejected row with every problem in it.
    """
    file_import.rows_read = file_import.rows_checked = 0
    remaining = iter(rows)
    for first in remaining:
        _stage_chunk(file_import, chain([first], islice(remaining, CHUNK - 1)), fraction)
        watch(file_import)
    temporary_tables.analyze(import_kind(file_import).analyzed)


def _stage_chunk(file_import: FileImport, rows: Iterator[Row], fraction: Callable[[], float]) -> None:
    """Stage the next rows in one transaction and save the progress.

    ``fraction`` returns how much of the file is read, from 0 to 1.
    """
    read = 0
    with transaction.atomic():
        for block in batched(rows, BLOCK):
            _stage_block(file_import, block)
            read += len(block)
        file_import.rows_read += read
        file_import.fraction_read = fraction()
        file_import.heartbeat_at = timezone.now()
        file_import.save(update_fields=["rows_read", "fraction_read", "heartbeat_at"])


def _stage_block(file_import: FileImport, block: Sequence[Row]) -> None:
    """Stage a block of rows, whose known digests are looked up together; unreadable ones become rejected rows."""
    kind = import_kind(file_import)
    first_id, _last = file_import.row_ids
    known_digests = kind.known_digests([cells for _row, cells in block])
    unreadable: list[Sequence[str | None]] = []

    def readable() -> Iterator[Sequence[str | None]]:
        """The staged values of readable rows; the others are collected in ``unreadable``."""
        for row, cells in block:
            staged = kind.stage_row(first_id + row, cells, known_digests)
            if isinstance(staged, tuple):
                yield staged
            else:
                unreadable.append(rejected_values(first_id + row, staged, cells, readable=False))

    bulk.insert_rows(kind.table, kind.staged_columns, readable())
    if unreadable:
        bulk.insert_rows(RejectedRow._meta.db_table, REJECTED_COLUMNS, unreadable)


def rejected_values(
    row_id: int, problems: Sequence[CellProblem], cells: Sequence[str], *, readable: bool
) -> Sequence[str | None]:
    """The values of ``REJECTED_COLUMNS`` for a row, its cells and what is wrong with them.

    ``readable``: the row is staged too, and was rejected when it was judged.
    """
    return (str(row_id), problems_as_json(problems), _json(list(cells)), "1" if readable else "0")


def problems_as_json(problems: Sequence[CellProblem]) -> str:
    """The problems as ``RejectedRow.problems`` stores them: ``[column, value, code, parameters]`` each."""
    return _json([[each.column, each.value, each.reason, dict(each.parameters)] for each in problems])


def _json(value: Any) -> str:
    """The value as JSON that PostgreSQL accepts."""
    return json.dumps(_storable(value), default=str)


def _storable(value: Any) -> Any:
    """The value with every character that PostgreSQL's JSON rejects replaced, also in nested values."""
    if isinstance(value, str):
        return _NOT_STORABLE.sub("\ufffd", value)
    if isinstance(value, list | tuple):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {name: _storable(each) for name, each in value.items()}
    return value


def clear_staged_rows(file_import: FileImport, *, include_rejected: bool = True) -> None:
    """Delete the staged rows and row outcomes of an import, and its rejected rows if ``include_rejected``."""
    tables = [import_kind(file_import).model, RowOutcome]
    for model in [*tables, RejectedRow] if include_rejected else tables:
        model.objects.filter(pk__range=file_import.row_ids)._raw_delete(model.objects.db)
