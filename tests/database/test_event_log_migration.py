"""The migrations for the page of the event log run back and forwards on a log with events in it."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from licences.database import append_only
from licences.models import Event
from tests import event_chain, factories

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("licences", "0041_keys_for_programs")]
INDEXES = {"event_by_kind", "event_by_actor", "event_by_request"}


@pytest.fixture
def forward_again():
    """Migrates to the latest state afterwards, also where the test failed."""
    yield
    call_command("migrate", verbosity=0)


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, "licences_event"))


def test_they_go_back_and_forward_over_a_log_that_stays_as_it_is(catalogue, forward_again):
    factories.registered()
    before = list(Event.objects.order_by("pk").values())
    assert indexes() >= INDEXES

    MigrationExecutor(connection).migrate(BEFORE)
    assert not indexes() & INDEXES
    assert "licences_logcheck" not in connection.introspection.table_names()

    call_command("migrate", verbosity=0)
    assert indexes() >= INDEXES
    assert list(Event.objects.order_by("pk").values()) == before
    assert event_chain.flaws() == []
    assert append_only.missing_triggers(connection) == []


def test_an_index_that_was_left_unfinished_is_made_again(forward_again):
    MigrationExecutor(connection).migrate(BEFORE)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX event_by_actor ON licences_event (at)")

    call_command("migrate", verbosity=0)

    with connection.cursor() as cursor:
        assert connection.introspection.get_constraints(cursor, "licences_event")["event_by_actor"]["columns"] == [
            "actor", "at", "id",
        ]  # fmt: skip
