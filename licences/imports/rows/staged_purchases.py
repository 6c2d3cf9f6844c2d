"""The staged form of a purchase row: its texts, and the keys that the SQL of the judgement joins by.

All values are texts in the form the database parses, or None.
"""

from collections.abc import Container

from licences.domain.customer_keys import CustomerKeys
from licences.domain.record_keys import reference_key, sku_key
from licences.imports.rows.purchase_lines import (
    COLUMNS,
    PurchaseLine,
    PurchaseParty,
    allocation_key,
    column_checks,
    parse_cells,
    party_keys,
    plain_texts,
    row_digest,
)
from licences.imports.rows.row_cells import CellProblem

STAGED_COLUMNS = (
    "id",
    *COLUMNS,
    "product_key",
    "buyer",
    "place",
    "match_key",
    *CustomerKeys._fields,
    "number_key",
    "reference_key",
    "raw_reference",
    "raw_digest",
    "site_key",
    "allocation_key",
    "row_digest",
    "column_checks",
)
KEYS_VERSION = 3  # of the staged keys; rows that older code staged are staged again


def stage_row(
    row_id: int, cells: tuple[str, ...], digests: Container[str] = ()
) -> tuple[str | None, ...] | list[CellProblem]:
    """The values of ``STAGED_COLUMNS`` for one row, or every problem in it, with the codes of ``parse_cells``.

    ``row_id`` is the row key; ``cells`` are texts in the order of ``COLUMNS``; ``digests`` are row digests on record,
    for whose rows no keys are computed.
    """
    if texts := plain_texts(cells):
        return _values(row_id, *texts, digests)
    line = parse_cells(cells)
    if isinstance(line, list):
        return line
    raw = line if all(map(str.isascii, cells)) else parse_cells(cells, raw=True)
    if isinstance(raw, list) or raw == line:
        return stage_line(row_id, line)
    return _values(row_id, line.purchase_texts(), line.party(), digests, (raw.purchase_reference, raw.row_digest()))


def stage_line(row_id: int, line: PurchaseLine) -> tuple[str | None, ...]:
    """The values of ``STAGED_COLUMNS`` for a parsed line; ``row_id`` is the row key."""
    return _values(row_id, line.purchase_texts(), line.party(), ())


def _values(
    row_id: int,
    purchase_texts: tuple[str, ...],
    party: PurchaseParty,
    digests: Container[str],
    raw: tuple[str, str] = ("", ""),
) -> tuple[str | None, ...]:
    """The values of ``STAGED_COLUMNS``; without keys for a row whose digest is on record.

    ``raw``: purchase reference and digest of the row with what cannot be seen.
    """
    reference, number, purchased_on, serial, product, quantity, assured_until = purchase_texts
    row = (
        str(row_id),
        reference,
        number,
        purchased_on or None,
        serial,
        product,
        quantity,
        assured_until or None,
        *party.texts,
    )
    whole = row_digest(purchase_texts, party)
    if whole in digests and not raw[1]:
        return (*row, *_NO_KEYS, whole, "")
    keys = party_keys(party.texts)
    return (
        *row,
        sku_key(product),
        keys.buyer,
        keys.buyer_site,
        keys.match_key,
        *keys.customer,
        keys.number_key,
        _sparse_reference_key(reference),
        *raw,
        keys.site_key,
        allocation_key(reference, keys),
        whole,
        column_checks(purchase_texts, keys),
    )


# A row that is on record stays unchanged whatever else happens, so nothing is joined by its keys.
_NO_KEYS = ("", "0", "0", "", "", "", "0", "0", "0", "", "", "", "", "", "")


def _sparse_reference_key(reference: str) -> str:
    """The key of a purchase reference, empty where the reference is its own key, as nearly every one is."""
    key = reference_key(reference)
    return "" if key == reference else key
