"""Digests of rows, stored in the event that made them, so that the chain of events vouches for the rows
(docs/proof.md#digests-in-events).

A digest covers a fixed list of columns, named by ``VERSION``: only columns that no merge, transfer, erasure or key
rotation changes. A new list gets a new version, and the code of the old one stays. Rows of a batch are read as text in
blocks, ordered by primary key: a million rows stay cheap, and memory stays flat. All digests are SHA-256 in
hexadecimal.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from licences.domain.chain import canonical_json
from licences.models import ReleaseCodeUse, UnlockCode

VERSION = 1
_BLOCK = 5_000  # rows: about 1 MB of text


# Version 1. Table → the columns that the digest of a row covers: numbers and dates (NULL is empty), then free texts.
_COLUMNS: dict[str, tuple[list[str], list[str]]] = {
    "licences_licencegrant": (
        [
            "id",
            "serial_id",
            "product_id",
            "quantity",
            "line",
            "purchased_on",
            "software_assurance_until",
            "file_import_id",
            "file_row",
        ],
        ["purchase_reference", "row_digest", "column_checks", "allocation_key"],
    ),
    "licences_serial": (["id", "site_id"], ["code", "origin"]),
    "licences_licencefile": (["id", "unlock_code_id"], []),
}
GRANTS, SERIALS, LICENCE_FILES = _COLUMNS


def _row_as_text(table: str) -> str:
    """An SQL expression for one text per row of ``GRANTS``, ``SERIALS`` or ``LICENCE_FILES``, alike on both databases.

    The length precedes each free text, so that no two rows have the same text. One call of ``printf`` takes half as
    long on SQLite as joining the columns one by one.
    """
    plain, texts = _COLUMNS[table]
    template = "|".join(["%%s"] * len(plain) + ["%%s:%%s"] * len(texts))
    values = [*plain, *[f"length({column}), {column}" for column in texts]]
    function = "format" if connection.vendor == "postgresql" else "printf"
    text = f"{function}('{template}', {', '.join(values)})"
    return f"{text} || {_GENERATION.format(function=function)}" if table == GRANTS else text


# Empty in the rows of version 1, so that these have the digest that they always had.
_GENERATION = """CASE WHEN generation IS NULL AND reverses_id IS NULL THEN ''
    ELSE {function}('|%%s|%%s', generation, reverses_id) END"""


# --- Many rows ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RowRange:
    """The rows of a table from one primary key to another, both included: how many there are, and their digest."""

    first: int
    last: int
    rows: int
    sha256: str

    def as_json(self) -> dict[str, Any]:
        """The range as JSON values under the names of its fields, for the details of an event."""
        return {"first": self.first, "last": self.last, "rows": self.rows, "sha256": self.sha256}


def digest_rows(table: str, first: int, last: int) -> RowRange:
    """The digest of the rows of ``GRANTS``, ``SERIALS`` or ``LICENCE_FILES`` whose keys are from first to last."""
    digest, rows = hashlib.sha256(), 0
    for count, text in _blocks(table, first, last):
        digest.update(text.encode() + b"\n")
        rows += count
    return RowRange(first, last, rows, digest.hexdigest())


def _blocks(table: str, first: int, last: int) -> Iterator[tuple[int, str]]:
    """The rows of a table with keys from first to last, in blocks of at most ``_BLOCK``.

    Yields how many rows a block has, and their texts joined by line breaks.
    """
    joined = "string_agg(line, chr(10) ORDER BY id)" if connection.vendor == "postgresql" else _IN_ORDER
    statement = f"""
        SELECT count(*), max(id), {joined} FROM (
            SELECT id, {_row_as_text(table)} AS line FROM {table} WHERE id >= %s AND id <= %s ORDER BY id LIMIT {_BLOCK}
        ) block
    """  # noqa: S608  (names of this module)
    with connection.cursor() as cursor:
        count = _BLOCK
        while count == _BLOCK and first <= last:
            cursor.execute(statement, [first, last])
            count, highest, text = cursor.fetchone()
            if count:
                yield count, text
                first = highest + 1


_IN_ORDER = "group_concat(line, char(10))"  # SQLite keeps the order of the subquery


# --- Rows of a batch of purchases ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BatchEnds:
    """The highest primary keys of grants and serials. Only the holder of the purchase lock adds further ones."""

    grant: int
    serial: int

    @classmethod
    def current(cls) -> "BatchEnds":
        """Read the highest keys now; 0 for an empty table."""
        with connection.cursor() as cursor:
            cursor.execute(_HIGHEST_KEYS)
            return cls(*cursor.fetchone())


_HIGHEST_KEYS = f"SELECT (SELECT coalesce(max(id), 0) FROM {GRANTS}), (SELECT coalesce(max(id), 0) FROM {SERIALS})"  # noqa: S608


def digest_purchase_batch(before: BatchEnds) -> dict[str, Any]:
    """Digests of the grants and serials that a transaction added, for the details of their event.

    ``before`` has the highest keys from before it added any; the caller has held the purchase lock since they were
    read.
    """
    after = BatchEnds.current()
    grants = digest_rows(GRANTS, before.grant + 1, after.grant)
    batch = {"version": VERSION, "grants": grants.as_json()}
    if after.serial > before.serial:
        batch["serials"] = digest_rows(SERIALS, before.serial + 1, after.serial).as_json()
    return batch


# --- An unlock code and its licence file -------------------------------------------------------------


def digest_issued_code(code: UnlockCode) -> dict[str, Any]:
    """Digests of a new unlock code and of its licence file, for the details of its event."""
    return {"version": VERSION, "code": digest_unlock_code(code), "file": digest_licence_file(code.licence_file.text)}


def digest_unlock_code(code: UnlockCode) -> str:
    """The digest of what an unlock code's row says, but for who issued it: that is the actor of its event.

    A SHA-256 as 64 hexadecimal digits; what it covers is version 1 of the digests.
    """
    content = {
        "serial": code.serial.code,
        "installation": code.installation_id,
        "site_id": code.installation.site_id,
        "sequence": code.sequence,
        "code": code.code,
        "release_code": code.release_code,
        "key_id": code.key_id,
        "assured_month": code.assured_month,
        "expires_on": code.expires_on.isoformat() if code.expires_on else None,
        "lines": code.lines,
        "occasion": str(code.occasion),
    }
    return _sha256(content)


def digest_licence_file(text: str) -> str:
    """The digest of what a licence file says, as 64 hexadecimal digits; empty if the text is not a licence file.

    ``text`` is a JWS in compact form. The digest covers all claims but the customer's name, which an erasure removes,
    and not the signature, which changes with the key.
    """
    try:
        payload = text.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return _sha256({name: value for name, value in claims.items() if name != "customer"})
    except (IndexError, ValueError, AttributeError):
        return ""


def digest_release_code_use(use: ReleaseCodeUse | None) -> str:
    """The digest of the release that a request used up, as 64 hexadecimal digits; empty if there was none to use."""
    if use is None:
        return ""
    return _sha256({"installation": use.installation_id, "request": use.request_id, "release_code": use.release_code})


def _sha256(value: object) -> str:
    """The SHA-256 of a JSON value in its canonical form, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
