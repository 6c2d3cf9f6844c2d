"""Rows of a file into the database, where they wait to be judged."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from licences.domain.row_cells import Problem
from licences.models import FileImport, RejectedRow, RowOutcome
from licences.operations.imports import bulk, scratch
from licences.operations.imports.kinds import kind_of

CHUNK = 20_000
BLOCK = 500  # rows whose purchases are looked up at once
REJECTED_COLUMNS = ("id", "problems", "cells", "readable")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")  # PostgreSQL keeps none of them in its JSON

Row = tuple[int, tuple[str, ...]]


def stage(
    file_import: FileImport,
    rows: Iterable[Row],
    *,
    fraction: Callable[[], float] = lambda: 0.0,
    watch: Callable[[FileImport], None] = lambda file_import: None,
) -> None:
    """Stage all rows, each with its number in the file, in chunks of one transaction each.

    Progress is written with every chunk, ``fraction`` being how much of the file was read by then.
    """
    clear(file_import)
    file_import.rows_read = file_import.rows_checked = 0
    remaining = iter(rows)
    while _stage_chunk(file_import, islice(remaining, CHUNK), fraction):
        watch(file_import)
    scratch.analyze(kind_of(file_import).LOOKED_AT)


def _stage_chunk(file_import: FileImport, rows: Iterator[Row], fraction: Callable[[], float]) -> bool:
    read = 0
    with transaction.atomic():
        while block := list(islice(rows, BLOCK)):
            _stage_block(file_import, block)
            read += len(block)
        file_import.rows_read += read
        file_import.fraction_read = fraction()
        file_import.heartbeat_at = timezone.now()
        file_import.save(update_fields=["rows_read", "fraction_read", "heartbeat_at"])
    return read > 0


def _stage_block(file_import: FileImport, block: Sequence[Row]) -> None:
    kind = kind_of(file_import)
    first_id, _last = file_import.row_ids
    on_record = kind.on_record([cells for _row, cells in block])
    unreadable: list[Sequence[str | None]] = []

    def readable() -> Iterator[Sequence[str | None]]:
        for row, cells in block:
            staged = kind.staged(first_id + row, cells, on_record)
            if isinstance(staged, tuple):
                yield staged
            else:
                unreadable.append(rejected(first_id + row, staged, cells, readable=False))

    bulk.insert(kind.TABLE, kind.STAGED_COLUMNS, readable())
    if unreadable:
        bulk.insert(RejectedRow._meta.db_table, REJECTED_COLUMNS, unreadable)


def rejected(row_id: int, problems: Sequence[Problem], cells: Sequence[str], *, readable: bool) -> Sequence[str | None]:
    """The values of ``REJECTED_COLUMNS``. ``readable`` rows are staged as well: what is on record refused them."""
    return (str(row_id), problems_as_json(problems), _json(list(cells)), "1" if readable else "0")


def problems_as_json(problems: Sequence[Problem]) -> str:
    return _json([[each.column, each.value, each.reason, dict(each.parameters)] for each in problems])


def _json(value: Any) -> str:
    return json.dumps(_storable(value), default=str)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _NO_TEXT.sub("\ufffd", value)
    if isinstance(value, list | tuple):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {name: _storable(each) for name, each in value.items()}
    return value


def clear(file_import: FileImport, *, rejected: bool = True) -> None:
    """Forget what is staged of an import."""
    tables = [kind_of(file_import).MODEL, RowOutcome]
    for model in [*tables, RejectedRow] if rejected else tables:
        model.objects.filter(pk__range=file_import.row_ids)._raw_delete(model.objects.db)
