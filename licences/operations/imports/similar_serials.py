"""Unknown serial numbers one slip away from known ones: rather a slip than a new one (decisions.md 10).

A few are looked up, every spelling that one slip makes of them. Many, as a file from an older system has, are compared
with all that are known, position by position: two codes of the same length are one wrong symbol apart where they are
the same but for one position.
"""

from licences.domain.codes import SERIAL_LENGTH
from licences.domain.near_misses import near_misses
from licences.operations.imports import bulk, scratch
from licences.operations.imports.steps import Steps

FEW = 500
TABLES = {
    "slip": "spelling text, code text, PRIMARY KEY (spelling, code)",
    "alike": "code text, known text, PRIMARY KEY (code, known)",
}
_UNKNOWN = "SELECT code FROM named WHERE target < 0"


def find_similar(run: Steps) -> int:
    """Leave in ``alike`` which unknown serial number is one slip away from which known one; returns how many are."""
    scratch.create(TABLES)
    ((unknown,),) = run.all("SELECT count(*) FROM named WHERE target < 0")
    if unknown > FEW:
        _compare_with_all(run)
    elif unknown:
        _look_up(run)
    ((found,),) = run.all("SELECT count(DISTINCT code) FROM alike")
    return int(found)


def _look_up(run: Steps) -> None:
    codes = [code for (code,) in run.all(_UNKNOWN)]
    bulk.insert(
        "slip", ("spelling", "code"), ((slip, code) for code in codes for slip in near_misses(code, SERIAL_LENGTH))
    )
    scratch.analyze("slip")
    run("INSERT INTO alike SELECT s.code, k.code FROM slip s JOIN licences_serial k ON k.code = s.spelling")


def _compare_with_all(run: Steps) -> None:
    for position in range(1, SERIAL_LENGTH + 1):
        run(f"INSERT INTO slip SELECT {_but_for(position, 'n.code')}, n.code FROM named n WHERE n.target < 0")
    scratch.analyze("slip")
    for position in range(1, SERIAL_LENGTH + 1):
        run(
            "INSERT INTO alike SELECT s.code, k.code FROM licences_serial k "
            f"JOIN slip s ON s.spelling = {_but_for(position, 'k.code')} ON CONFLICT DO NOTHING"
        )
    for position in range(1, SERIAL_LENGTH):
        run(
            "INSERT INTO alike SELECT n.code, k.code FROM named n "
            f"JOIN licences_serial k ON k.code = {_swapped_at(position)} "
            "WHERE n.target < 0 AND k.code <> n.code ON CONFLICT DO NOTHING"
        )


def _but_for(position: int, code: str) -> str:
    """A code with a mark instead of one symbol."""
    return f"substr({code}, 1, {position - 1}) || '_' || substr({code}, {position + 1})"


def _swapped_at(position: int) -> str:
    """A code with two neighbours swapped."""
    parts = (f"1, {position - 1}", f"{position + 1}, 1", f"{position}, 1", f"{position + 2}")
    return " || ".join(f"substr(n.code, {part})" for part in parts)
