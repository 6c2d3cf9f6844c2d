"""Statements that are prepared once per connection answer as they would otherwise (``licences.prepared``)."""

import pytest
from django.db import DatabaseError, connection, connections
from django.test.utils import CaptureQueriesContext

from licences import prepared
from tests.together import together

QUESTION = "SELECT code FROM licences_serial WHERE code = %s OR code = %s ORDER BY code"
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps its own statements")


def answer(sql, *parameters):
    with connection.cursor() as cursor:
        prepared.execute(cursor, sql, parameters)
        return cursor.fetchall()


@pytest.fixture
def serials(catalogue):
    from tests import factories

    return [factories.bought(customer_number=f"K-{number}") for number in range(3)]


def test_it_answers_for_other_parameters_each_time(serials):
    for one, other in ((0, 1), (1, 2), (2, 0), (1, 1), (0, 2), (2, 1), (0, 1)):
        codes = sorted({serials[one].code, serials[other].code})
        assert answer(QUESTION, serials[one].code, serials[other].code) == [(code,) for code in codes]


def test_a_text_that_is_no_code_is_only_a_text(serials):
    assert answer(QUESTION, "'; DROP TABLE licences_serial; --", "%s $1") == []
    assert answer(QUESTION, serials[0].code, "") == [(serials[0].code,)]


def test_each_question_is_one_query(serials):
    with CaptureQueriesContext(connection) as asked:
        answer(QUESTION, "A", "B")
        answer("SELECT count(*) FROM licences_serial")
    assert len(asked) == 2


@pytest.mark.django_db(transaction=True)
def test_every_connection_prepares_for_itself(serials):
    codes = [serial.code for serial in serials]
    found = together(*[lambda code=code: answer(QUESTION, code, "") for code in codes])
    assert found == [[(code,)] for code in codes]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_plan_that_a_migration_made_useless_is_made_anew():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE changing (name varchar(5))")
    try:
        assert answer("SELECT name FROM changing") == []
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE changing ALTER name TYPE varchar(50)")
        with pytest.raises(DatabaseError):
            answer("SELECT name FROM changing")
        assert answer("SELECT name FROM changing") == []
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE changing")


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_new_connection_starts_with_nothing():
    assert answer("SELECT 1") == [(1,)]
    connections["default"].close()
    assert answer("SELECT 1") == [(1,)]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_value_that_is_refused_leaves_the_plan_as_it_is():
    assert answer("SELECT 1 / %s::integer", 1) == [(1,)]
    names = dict(prepared._names[connection.connection])
    with pytest.raises(DatabaseError):
        answer("SELECT 1 / %s::integer", 0)
    assert prepared._names[connection.connection] == names
