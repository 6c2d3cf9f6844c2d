"""The hash chain of the event log: each row holds the hash of the row before it.

Personal fields are covered through a salted digest, so that erasing them leaves the chain verifiable.
"""

import hashlib
import json
from collections.abc import Mapping

GENESIS = "0" * 64
RANDOM = "random"  # a key of personal fields


def canonical_json(value: object) -> str:
    """One text per value, whatever the database did to the order of keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def unguessable(personal: Mapping[str, object], random: str) -> dict[str, object]:
    """Personal fields with something random among them, which goes when they are erased.

    The salt stays, as the hash covers it: by the salt alone, whoever guesses an erased name could confirm his guess.
    """
    return {**personal, RANDOM: random} if personal else {}


def personal_digest(salt: str, personal: Mapping[str, object]) -> str:
    return _sha256(salt + canonical_json(personal))


def link_hash(previous_hash: str, content: Mapping[str, object]) -> str:
    """The hash of a row over its content (JSON values only) and the hash of the row before it."""
    return _sha256(previous_hash + canonical_json(content))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
