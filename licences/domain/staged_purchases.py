"""A row of a purchase file as it is staged: its texts, and the keys that the judging joins by.

All values are texts as the database reads them, or None.
"""

from licences.domain.purchase_lines import (
    COLUMNS,
    Party,
    PurchaseLine,
    allocation_key,
    column_checks,
    parse_cells,
    plain_texts,
    row_digest,
)
from licences.domain.row_cells import Problem

STAGED_COLUMNS = (
    "id",
    *COLUMNS,
    "product_key",
    "buyer",
    "place",
    "match_key",
    "site_key",
    "allocation_key",
    "row_digest",
    "column_checks",
)


def staged(row_id: int, cells: tuple[str, ...]) -> tuple[str | None, ...] | list[Problem]:
    """The values of ``STAGED_COLUMNS`` for a row of a file, or its problems."""
    if texts := plain_texts(cells):
        return _values(row_id, *texts)
    line = parse_cells(cells)
    return line if isinstance(line, list) else staged_line(row_id, line)


def staged_line(row_id: int, line: PurchaseLine) -> tuple[str | None, ...]:
    """The values of ``STAGED_COLUMNS`` for a line."""
    return _values(row_id, line.what(), line.party())


def _values(row_id: int, what: tuple[str, ...], who: Party) -> tuple[str | None, ...]:
    reference, number, purchased_on, serial, product, quantity, assured_until = what
    return (
        str(row_id),
        reference,
        number,
        purchased_on or None,
        serial,
        product,
        quantity,
        assured_until or None,
        *who.texts,
        product.casefold(),
        who.buyer,
        who.place,
        who.match_key,
        who.site_key,
        allocation_key(reference, who),
        row_digest(what, who),
        column_checks(what, who),
    )
