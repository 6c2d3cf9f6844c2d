"""Statements that are kept prepared give the same rows as any other, also across a migration."""

from datetime import UTC

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licences.database.prepared import read_rows
from licences.lookup import look_up
from tests import factories

only_postgresql = pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite plans each statement anew")


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [statement for (statement,) in cursor.fetchall()]


def test_times_have_their_zone(first_code):
    statement = "SELECT began_at, ended_at FROM licences_installation WHERE site_id = %s"

    ((began, ended),) = read_rows(connection, statement, [first_code.installation.site_id])

    assert began == first_code.installation.began_at
    assert began.utcoffset() == UTC.utcoffset(None)
    assert ended is None


@only_postgresql
def test_the_look_up_of_a_code_is_prepared_and_that_of_words_is_not(first_code):
    for _again in range(3):
        look_up(first_code.serial.code, with_codes=True)
        look_up("muller", with_codes=True)

    about_serials = [statement for statement in prepared() if "licences_serial" in statement]
    assert len(about_serials) == 1
    assert "LIKE" not in about_serials[0]


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_statement_works_after_a_migration_changed_the_type_of_its_column():
    statement = "SELECT name FROM changing WHERE name = %s"
    migration = connection.copy()  # psycopg notices what its own connection changes
    try:
        with migration.cursor() as cursor:
            cursor.execute("CREATE TABLE changing (name varchar(5))")
            cursor.execute("INSERT INTO changing VALUES ('Anna')")
            before = [read_rows(connection, statement, ["Anna"]) for _again in range(3)]
            cursor.execute("ALTER TABLE changing ALTER COLUMN name TYPE text")
            after = [read_rows(connection, statement, ["Anna"]) for _again in range(3)]
            cursor.execute("DROP TABLE changing")
    finally:
        migration.close()

    assert before == after == [[("Anna",)]] * 3


@pytest.mark.django_db
def test_the_look_up_finds_every_code_of_many_by_the_kept_plan(catalogue):
    codes = [factories.registered() for _ in range(8)]

    found = [look_up(code.serial.code, with_codes=True).hits[0].serial.live_site_id for code in codes]

    assert found == [code.installation.site_id for code in codes]


def test_a_prepared_statement_is_logged_with_its_values_each_time(first_code):
    logged = []
    for _time in range(3):
        with CaptureQueriesContext(connection) as queries:
            look_up(first_code.serial.code, with_codes=True)
        logged.append([query["sql"] for query in queries])

    assert logged[0] == logged[1] == logged[2]
    assert first_code.serial.code in "".join(logged[0])
