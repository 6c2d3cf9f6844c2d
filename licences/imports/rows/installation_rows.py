"""Parsing one row of a file of installations: from cell texts to values, or to every problem in them.

The registered details are kept word for word, and contact details may be empty
(docs/decisions.md#taken-over-installations). Nothing here reads the records.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from customers.contact import CONTACT_LENGTHS
from licences.domain.cells import NumberCell
from licences.domain.errors import Refusal
from licences.domain.versions import Version
from licences.imports.rows import row_cells
from licences.imports.rows.row_cells import CellProblem

REQUIRED_COLUMNS = ("serial", "site_id", "name")
MAX_LENGTHS = {"name": 200, **CONTACT_LENGTHS}
_CODE_COLUMNS = frozenset({"postcode", "contact_phone"})


class InstallationRow(NamedTuple):
    """One valid row; its fields are ``COLUMNS``. Codes and versions are canonical; a version may be empty."""

    serial: str
    site_id: str
    registered_on: date | None
    name: str
    address_line1: str
    address_line2: str
    postcode: str
    city: str
    country: str
    contact_name: str
    contact_phone: str
    contact_email: str
    server_version: str
    client_version: str

    @property
    def highest_version(self) -> str:
        """The higher of the two versions, which the site may go on running; empty where neither is known.

        The rule is docs/decisions.md#lawful-versions.
        """
        known = [Version.parse(text) for text in (self.server_version, self.client_version) if text]
        return str(max(known)) if known else ""


COLUMNS = InstallationRow._fields


def parse_cells(cells: Sequence[str]) -> InstallationRow | list[CellProblem]:
    """Parse the cells of a row, in the order of ``COLUMNS``; returns the row, or every problem in it.

    The codes of the problems are those of ``row_cells``, and ``not-a-version`` of ``Version.parse``.
    """
    read = row_cells.CellReader(cells, COLUMNS)
    values: list[Any] = [
        read.cell(column, _READERS[column])
        if column in _READERS
        else read.text(column, MAX_LENGTHS[column], required=column in REQUIRED_COLUMNS, code=column in _CODE_COLUMNS)
        for column in COLUMNS
    ]
    return read.problems or InstallationRow(*values)


def _version(cell: str) -> str:
    """A version in its canonical spelling, or empty. ``Refusal``: ``cell-is-a-number``, ``not-a-version``."""
    if not cell:
        return ""
    if isinstance(cell, NumberCell):  # as a number, 2.10 is 2.1
        raise Refusal("cell-is-a-number")
    return str(Version.parse(cell))


_READERS: dict[str, Callable[[str], Any]] = {
    "serial": row_cells.parse_required_serial,
    "site_id": row_cells.parse_site_id,
    "registered_on": row_cells.parse_day,
    "server_version": _version,
    "client_version": _version,
}
