"""Finding unknown serial numbers that are one slip away from a known one (docs/decisions.md#which-serial-a-row-means).

A slip is one wrong character or two swapped neighbours. For a few unknown serials every near spelling is looked up.
Many, as in a file from an older system, are compared with all known serials position by position: two codes of equal
length are one wrong character apart if they are equal without that position.
"""

from licences.domain.codes import SERIAL_LENGTH
from licences.domain.near_misses import near_misses
from licences.imports import bulk, temporary_tables
from licences.imports.statement_runner import StatementRunner

MAX_LOOKED_UP = 500  # unknown serials; for more, comparing with all known ones is faster
TABLES = {
    "near_spelling": "spelling text, code text, PRIMARY KEY (spelling, code)",
    "similar_serial": "code text, known text, PRIMARY KEY (code, known)",
}
_UNKNOWN = "SELECT code FROM named_serial WHERE target < 0"


def find_similar(run: StatementRunner) -> int:
    """Find the serial numbers in a file that are unknown, but one slip away from a known one; returns how many.

    Reads the table ``named_serial`` and fills ``similar_serial`` with the pairs.
    """
    temporary_tables.create(TABLES)
    ((unknown,),) = run.fetch_all("SELECT count(*) FROM named_serial WHERE target < 0")
    if unknown > MAX_LOOKED_UP:
        _compare_with_all(run)
    elif unknown:
        _look_up(run)
    ((similar,),) = run.fetch_all("SELECT count(DISTINCT code) FROM similar_serial")
    return int(similar)


def _look_up(run: StatementRunner) -> None:
    """Find known serial numbers similar to a few unknown ones, and insert the pairs into ``similar_serial``.

    Every spelling one slip away from the unknown ones is made and looked up.
    """
    codes = [code for (code,) in run.fetch_all(_UNKNOWN)]
    spellings = ((spelling, code) for code in codes for spelling in near_misses(code, SERIAL_LENGTH))
    bulk.insert_rows("near_spelling", ("spelling", "code"), spellings)
    temporary_tables.analyze("near_spelling")
    run(
        "INSERT INTO similar_serial SELECT s.code, k.code FROM near_spelling s "
        "JOIN licences_serial k ON k.code = s.spelling"
    )


def _compare_with_all(run: StatementRunner) -> None:
    """Find known serial numbers similar to many unknown ones, and insert the pairs into ``similar_serial``.

    The unknown ones are compared with all known ones, position by position.
    """
    for position in range(1, SERIAL_LENGTH + 1):
        run(
            f"INSERT INTO near_spelling SELECT {_masked_at(position, 'n.code')}, n.code FROM named_serial n "
            "WHERE n.target < 0"
        )
    temporary_tables.analyze("near_spelling")
    for position in range(1, SERIAL_LENGTH + 1):
        run(
            "INSERT INTO similar_serial SELECT s.code, k.code FROM licences_serial k "
            f"JOIN near_spelling s ON s.spelling = {_masked_at(position, 'k.code')} ON CONFLICT DO NOTHING"
        )
    for position in range(1, SERIAL_LENGTH):
        run(
            "INSERT INTO similar_serial SELECT n.code, k.code FROM named_serial n "
            f"JOIN licences_serial k ON k.code = {_swapped_at(position)} "
            "WHERE n.target < 0 AND k.code <> n.code ON CONFLICT DO NOTHING"
        )


def _masked_at(position: int, code: str) -> str:
    """SQL for a code in which the character at ``position`` (from 1) is an underscore.

    ``code`` is the SQL of the code.
    """
    return f"substr({code}, 1, {position - 1}) || '_' || substr({code}, {position + 1})"


def _swapped_at(position: int) -> str:
    """SQL for ``n.code`` with the characters at ``position`` (from 1) and after it swapped."""
    parts = (f"1, {position - 1}", f"{position + 1}, 1", f"{position}, 1", f"{position + 2}")
    return " || ".join(f"substr(n.code, {part})" for part in parts)
