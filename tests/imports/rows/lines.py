"""Purchase lines from named cells, and their keys."""

from collections.abc import Mapping

from licences.imports.rows import purchase_lines
from licences.imports.rows.purchase_lines import COLUMNS, PurchaseLine
from licences.imports.rows.row_cells import CellProblem


def parse(cells: Mapping[str, str]) -> PurchaseLine | list[CellProblem]:
    return purchase_lines.parse_cells(tuple(cells.get(column, "") for column in COLUMNS))


def keys_of(line: PurchaseLine) -> purchase_lines.PartyKeys:
    return purchase_lines.party_keys(line.party().texts)


def column_checks(line: PurchaseLine) -> str:
    return purchase_lines.column_checks(line.purchase_texts(), keys_of(line))


def allocation_key(line: PurchaseLine) -> str:
    return purchase_lines.allocation_key(line.purchase_reference, keys_of(line))
