"""Whole words are looked for before beginnings of words, and those before parts inside words, on either database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licences.database import search_index
from licences.domain.codes import grouped
from licences.lookup import look_up, statements
from licences.lookup.code_parts import select_with_code_part
from licences.lookup.word_pools import text_pool, whole_part
from licences.models import SearchText
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db


def names(typed: str) -> list[str]:
    return [hit.serial.customer_name for hit in look_up(typed, with_codes=True).hits]


@each_row(
    ("word", "part"),
    [("muller", "  muller  "), ("ag", "  ag  "), ("hafen  kante", "  hafen  kante  "), ("0163", "0163"),
     ("12", " 12"), ("a@b", "a@b"), ("AB1C", "AB1C")],
)  # fmt: skip
def test_a_word_of_letters_is_a_whole_word_and_anything_else_a_part(word, part):
    assert whole_part(word) == part


def test_a_single_word_finds_whole_words_beginnings_and_parts_in_this_order(catalogue):
    for name in ("Neuroth", "Rothmann", "Roth"):
        factories.bought(customer_name=name)

    assert names("roth") == ["Roth", "Rothmann", "Neuroth"]


def test_of_several_words_parts_are_listed_only_where_no_record_has_all_of_them_whole(catalogue):
    for name in ("Bergmann Hausner", "Neuberg Kaufhaus"):
        factories.bought(customer_name=name)
    assert names("berg haus") == ["Bergmann Hausner", "Neuberg Kaufhaus"]

    factories.bought(customer_name="Haus am Berg")

    assert names("berg haus") == ["Haus am Berg"]


def test_the_last_of_several_words_may_be_a_beginning(catalogue):
    for name in ("Roth Metallbau", "Rothmann Metallwaren"):
        factories.bought(customer_name=name)

    assert names("roth metall") == ["Roth Metallbau"]
    assert names("metallbau rot") == ["Roth Metallbau"]


def test_a_whole_code_on_record_is_found_by_one_query(catalogue):
    serial = factories.bought()
    with CaptureQueriesContext(connection) as queries:
        found = look_up(grouped(serial.code), with_codes=True)

    assert found.answer.serial.pk == serial.pk
    assert len(queries) == 1


def plan_of(statement) -> str:
    """PostgreSQL's plan of a statement, where it reads a table only if no index will do."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement.sql}", statement.parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one index of the texts")


@only_postgresql
@pytest.mark.parametrize("words", [["kornblume", "naturkost"], ["le"], ["x"]])
def test_postgresql_finds_whole_words_by_the_index_of_words_however_short(catalogue, words):
    factories.bought(customer_name="Kornblume Naturkost")
    statement = statements.select_containing(connection, [[word] for word in words], "")

    assert search_index.WORDS in plan_of(statement)


@only_postgresql
def test_postgresql_finds_parts_of_codes_by_the_trigrams_of_codes(catalogue):
    factories.bought()
    plan = plan_of(select_with_code_part(connection, "NEIDE"))

    assert "licences_serial_code_parts" in plan
    assert "licences_installation_site_id_parts" in plan
    assert search_index.PARTS not in plan


def test_the_index_of_words_is_complete(catalogue):
    assert search_index.missing(connection) == []


def test_a_short_word_is_whole_at_the_end_of_a_text_too(catalogue):
    serial = factories.bought(customer_name="Roth")
    SearchText.objects.filter(serial=serial).update(text="  roth  kg")
    pool, parameters = text_pool(connection, [["kg"]], [[whole_part("kg")]], name="pool")

    with connection.cursor() as cursor:
        cursor.execute(f"WITH {pool} SELECT serial_id FROM pool", parameters)
        assert cursor.fetchall() == [(serial.pk,)]
