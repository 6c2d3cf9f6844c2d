"""The statement for a part of a serial number or site ID, in the middle or at the end of it."""

from django.db.backends.base.base import BaseDatabaseWrapper

from licences.database.search_index import PARTS
from licences.domain.codes import SERIAL_LENGTH
from licences.lookup.statements import CANDIDATES, FoundAs, SearchStatement
from licences.lookup.word_pools import trigrams

_HAS_PART = (
    f"(EXISTS (SELECT 1 FROM licences_serial s WHERE s.id = {PARTS}.rowid AND instr(s.code, %s) > 0) "
    f"OR EXISTS (SELECT 1 FROM licences_installation i WHERE i.serial_id = {PARTS}.rowid AND instr(i.site_id, %s) > 0))"
)


def select_with_code_part(connection: BaseDatabaseWrapper, part: str) -> SearchStatement:
    """A statement for serial numbers that have ``part`` (canonical) anywhere in their code or in one of their site IDs.

    PostgreSQL has trigrams of the codes themselves. SQLite has those of the search texts, which hold the codes, and
    compares the codes of what it finds: digits alone may be a telephone number there.
    """
    if connection.vendor != "postgresql":
        sql = f"SELECT rowid AS serial_id FROM {PARTS} WHERE {PARTS} MATCH %s AND {_HAS_PART} LIMIT {CANDIDATES}"
        return SearchStatement(sql, (trigrams(part), part, part), FoundAs.CODE_PART)
    # A table of its own, so that the planner does not count on finding the few soon, and read the codes one by one.
    pools = {"of_sites": "SELECT serial_id FROM licences_installation WHERE site_id LIKE %s"}
    if len(part) < SERIAL_LENGTH:
        pools["of_serials"] = "SELECT id AS serial_id FROM licences_serial WHERE code LIKE %s"
    tables = ", ".join(f"{name} AS MATERIALIZED ({sql})" for name, sql in pools.items())
    rows = " UNION ALL ".join(f"(SELECT serial_id FROM {name} LIMIT {CANDIDATES})" for name in pools)
    sql = f"WITH {tables} SELECT serial_id FROM ({rows}) AS coded LIMIT {CANDIDATES}"
    return SearchStatement(sql, (f"%{part}%",) * len(pools), FoundAs.CODE_PART)
