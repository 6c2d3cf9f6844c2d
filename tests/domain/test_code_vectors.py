"""vectors.json holds worked examples; an implementation that reproduces them all is right (codes.md)."""

import json
from datetime import date
from pathlib import Path

import pytest

from licences.domain import codes

DATA = json.loads((Path(__file__).parents[1] / "data" / "vectors.json").read_text())
KEYS = {int(key_id): bytes.fromhex(key) for key_id, key in DATA["keys"].items()}
VECTORS = DATA["vectors"]

each_vector = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["unlock_code"][:11])


def statement(vector: dict) -> codes.Statement:
    return codes.Statement(
        key_id=vector["key_id"],
        sequence=vector["sequence"],
        assured_month=vector["sa_month"],
        lines=tuple((slot, quantity) for slot, quantity in vector["lines"]),
        expires_on=date.fromisoformat(vector["expires_on"]) if vector["expires_on"] else None,
    )


def place(vector: dict) -> dict[str, str]:
    return {"serial": vector["serial"], "site_id": vector["site_id"]}


def test_there_are_twelve_vectors_with_emergency_codes_among_them():
    assert len(VECTORS) == 12
    assert any(vector["expires_on"] for vector in VECTORS)


@each_vector
def test_it_makes_the_unlock_code_of_the_vector(vector):
    key = KEYS[vector["key_id"]]
    made = codes.encode_unlock_code(statement(vector), key=key, **place(vector))
    assert codes.grouped(made) == vector["unlock_code"]


@each_vector
def test_it_reads_the_unlock_code_of_the_vector(vector):
    code = codes.canonical(vector["unlock_code"])
    assert codes.decode_unlock_code(code, keys=KEYS, **place(vector)) == statement(vector)


@each_vector
def test_it_makes_the_release_code_of_the_vector(vector):
    made = codes.release_code(codes.canonical(vector["unlock_code"]), **place(vector))
    assert codes.grouped(made) == vector["release_code"]
