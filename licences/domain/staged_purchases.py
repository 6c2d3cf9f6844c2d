"""A row of a purchase file as it is staged: its texts, and the keys that the judging joins by.

All values are texts as the database reads them, or None.
"""

from collections.abc import Container

from licences.domain.purchase_lines import (
    COLUMNS,
    Party,
    PurchaseLine,
    allocation_key,
    column_checks,
    parse_cells,
    party_keys,
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


def staged(
    row_id: int, cells: tuple[str, ...], on_record: Container[str] = ()
) -> tuple[str | None, ...] | list[Problem]:
    """The values of ``STAGED_COLUMNS`` for a row of a file, or its problems. ``on_record`` are digests of rows."""
    if texts := plain_texts(cells):
        return _values(row_id, *texts, on_record)
    line = parse_cells(cells)
    return line if isinstance(line, list) else staged_line(row_id, line)


def staged_line(row_id: int, line: PurchaseLine) -> tuple[str | None, ...]:
    """The values of ``STAGED_COLUMNS`` for a line."""
    return _values(row_id, line.what(), line.party(), ())


def _values(row_id: int, what: tuple[str, ...], who: Party, on_record: Container[str]) -> tuple[str | None, ...]:
    reference, number, purchased_on, serial, product, quantity, assured_until = what
    row = (
        str(row_id),
        reference,
        number,
        purchased_on or None,
        serial,
        product,
        quantity,
        assured_until or None,
        *who.texts,
    )
    whole = row_digest(what, who)
    if whole in on_record:
        return (*row, *_NO_KEYS, whole, "")
    keys = party_keys(who.texts)
    return (
        *row,
        product.casefold(),
        keys.buyer,
        keys.place,
        keys.match_key,
        keys.site_key,
        allocation_key(reference, keys),
        whole,
        column_checks(what, keys),
    )


# What is on record stays there, so that such a row is unchanged whatever comes; nothing is looked for by its keys.
_NO_KEYS = ("", "0", "0", "", "", "")
