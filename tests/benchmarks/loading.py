"""Loading synthetic serial numbers as fast as the database allows: rows first, indexes at the end."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from django.db import connection, transaction

from licences.database import search_index
from licences.database.search_index import PARTS
from licences.domain.matching import name_key
from licences.domain.search_words import sound
from licences.imports import bulk
from licences.models import Product, SearchMark, SearchWord
from licences.operations import search
from tests.benchmarks import millions, synthetic

CHUNK = 20_000
_WORDS = 5_000


def load(count: int) -> None:
    """Load that many serial numbers into an empty database. Beyond a million, whole millions, on PostgreSQL only."""
    Product.objects.create(pk=1, sku="XCH-SRV", name="Xchange Server", slot=1)
    words: set[str] = set()
    with _without_indexes():
        generated = min(count, synthetic.PARTIES)
        for first in range(1, generated + 1, CHUNK):
            _load_chunk(first, min(first + CHUNK - 1, generated), words)
        _load_words(words)
        for offset in range(synthetic.PARTIES, count, synthetic.PARTIES):
            millions.copy_first_million(offset)
    SearchMark.objects.update_or_create(pk=1, defaults={"serial_id": count, "version": search.VERSION})
    finish()


@transaction.atomic
def _load_chunk(first: int, last: int, words: set[str]) -> None:
    rows_by_table: dict[str, list[synthetic.Row]] = defaultdict(list)
    for table, row in synthetic.rows(first, last, zone=connection.vendor == "postgresql", words=words):
        rows_by_table[table].append(row)
    for table, columns in synthetic.TABLES.items():
        bulk.insert_rows(table, columns, rows_by_table[table])


def _load_words(words: set[str]) -> None:
    remaining = (SearchWord(word=word, sound=sound(word)) for word in sorted(words) if 3 <= len(word) <= 60)
    while chunk := list(islice(remaining, _WORDS)):
        SearchWord.objects.bulk_create(chunk, ignore_conflicts=True)


@contextmanager
def _without_indexes() -> Iterator[None]:
    if connection.vendor == "postgresql":
        with without_indexes_of_postgresql([*synthetic.TABLES, "licences_searchword"]):
            yield
    else:
        with _without_triggers_of_sqlite():
            yield


@contextmanager
def without_indexes_of_postgresql(tables: list[str]) -> Iterator[None]:
    """Drop the indexes and foreign keys of these tables, and make them again at the end of the block."""
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype IN ('f', 'u') AND conrelid::regclass::text = ANY(%s) ORDER BY contype DESC",
            [tables],
        )
        constraints = cursor.fetchall()
        for table, name, _definition in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%s) "
            "AND indexname NOT IN (SELECT conname FROM pg_constraint)",
            [tables],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in constraints:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


@contextmanager
def _without_triggers_of_sqlite() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'licences_searchtext'"
        )
        triggers = cursor.fetchall()
        for name, _definition in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
    yield
    with connection.cursor() as cursor:
        for _name, definition in triggers:
            cursor.execute(definition)
        cursor.execute(f"INSERT INTO {PARTS} ({PARTS}) VALUES ('rebuild')")


def searched_name(customer: int) -> str:
    """The name key of a synthetic customer, as the look-up stores it."""
    return name_key(synthetic.party(customer).base)


def finish() -> None:
    """Update the planner's statistics, and vacuum what the load left behind."""
    search_index.install(connection)  # indexes that were made again have no target of statistics
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
