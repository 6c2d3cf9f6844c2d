"""The hash chain of the event log: each event holds the hash of the event before it.

The chain covers personal fields only through a salted digest, so that it can still be verified after they are erased.
"""

import hashlib
import json
from collections.abc import Mapping

GENESIS = "0" * 64
NONCE = "random"  # the key of the nonce among the personal fields of an event


def canonical_json(value: object) -> str:
    """Write a JSON value as one text, whatever order the database keeps the keys in."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def with_nonce(personal: Mapping[str, object], nonce: str) -> dict[str, object]:
    """Add a nonce to personal fields; without personal fields there is none.

    The nonce is erased with the fields. The salt alone would not do: the hash covers it, so it has to stay, and with it
    anyone could confirm a guess at an erased name.
    """
    return {**personal, NONCE: nonce} if personal else {}


def personal_digest(salt: str, personal: Mapping[str, object]) -> str:
    """Return the SHA-256 (64 hexadecimal digits) of an event's personal fields and its salt."""
    return _sha256(salt + canonical_json(personal))


def link_hash(previous_hash: str, content: Mapping[str, object]) -> str:
    """Return the hash of an event: the SHA-256 of the hash before it and the content (JSON values), in hexadecimal."""
    return _sha256(previous_hash + canonical_json(content))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
