"""Unlock and release codes are those of the worked examples in vectors.json (docs/codes.md)."""

import json
from datetime import date
from pathlib import Path

from licences.domain import codes
from tests.tables import each_row

DATA = json.loads((Path(__file__).parents[1] / "data" / "vectors.json").read_text())
KEYS = {int(key_id): bytes.fromhex(key) for key_id, key in DATA["keys"].items()}
VECTORS = DATA["vectors"]

each_vector = each_row("vector", VECTORS)


def statement(vector: dict) -> codes.UnlockStatement:
    return codes.UnlockStatement(
        key_id=vector["key_id"],
        sequence=vector["sequence"],
        assured_month=vector["sa_month"],
        lines=tuple((slot, quantity) for slot, quantity in vector["lines"]),
        expires_on=date.fromisoformat(vector["expires_on"]) if vector["expires_on"] else None,
    )


def installation(vector: dict) -> dict[str, str]:
    return {"serial": vector["serial"], "site_id": vector["site_id"]}


def test_there_are_twelve_vectors_with_emergency_codes_among_them():
    assert len(VECTORS) == 12
    assert any(vector["expires_on"] for vector in VECTORS)


@each_vector
def test_it_encodes_the_unlock_code_of_the_vector(vector):
    key = KEYS[vector["key_id"]]
    code = codes.encode_unlock_code(statement(vector), key=key, **installation(vector))
    assert codes.grouped(code) == vector["unlock_code"]


@each_vector
def test_it_decodes_the_unlock_code_of_the_vector(vector):
    code = codes.canonical(vector["unlock_code"])
    assert codes.decode_unlock_code(code, keys=KEYS, **installation(vector)) == statement(vector)


@each_vector
def test_it_derives_the_release_code_of_the_vector(vector):
    code = codes.release_code(codes.canonical(vector["unlock_code"]), **installation(vector))
    assert codes.grouped(code) == vector["release_code"]
