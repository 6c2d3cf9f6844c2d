"""One row of a file of installations that an older system registered: from text to values, or to every problem in it.

What is registered is kept word for word; contact details may be empty (decisions.md 13). Nothing here knows what is on
record.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from licences.domain import row_cells
from licences.domain.cells import NumberCell
from licences.domain.errors import Refusal
from licences.domain.row_cells import Problem
from licences.domain.versions import Version

COLUMNS = (
    "serial",
    "site_id",
    "registered_on",
    "name",
    "address_line1",
    "address_line2",
    "postcode",
    "city",
    "country",
    "contact_name",
    "contact_phone",
    "contact_email",
    "server_version",
    "client_version",
)
REQUIRED_COLUMNS = ("serial", "site_id", "name")
MAX_LENGTHS = {
    "name": 200,
    "address_line1": 200,
    "address_line2": 200,
    "postcode": 20,
    "city": 100,
    "country": 100,
    "contact_name": 200,
    "contact_phone": 100,
    "contact_email": 254,
}
_CODE_COLUMNS = frozenset({"postcode", "contact_phone"})


class InstallationRow(NamedTuple):
    """One valid row, in the order of ``COLUMNS``. Codes are canonical, versions in their one spelling or empty."""

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
        """The higher of the two, which it may go on running (decisions.md 11); empty where neither is known."""
        known = [Version.parse(text) for text in (self.server_version, self.client_version) if text]
        return str(max(known)) if known else ""


def parse_cells(cells: Sequence[str]) -> InstallationRow | list[Problem]:
    """Read the cells of a row in the order of ``COLUMNS``; returns the row, or all its problems."""
    read = row_cells.Reading(cells, COLUMNS)
    values: list[Any] = [
        read.cell(column, _READERS[column])
        if column in _READERS
        else read.text(column, MAX_LENGTHS[column], required=column in REQUIRED_COLUMNS, code=column in _CODE_COLUMNS)
        for column in COLUMNS
    ]
    return read.problems or InstallationRow(*values)


def _version(cell: str) -> str:
    if not cell:
        return ""
    if isinstance(cell, NumberCell):  # 2.10 and 2.1 are one number
        raise Refusal("cell-is-a-number")
    return str(Version.parse(cell))


_READERS: dict[str, Callable[[str], Any]] = {
    "serial": row_cells.required_serial,
    "site_id": row_cells.site_id,
    "registered_on": row_cells.day,
    "server_version": _version,
    "client_version": _version,
}
