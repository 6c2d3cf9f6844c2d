"""The migrations of notes and callers run forwards and back on a database with data in it."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from licences import operations
from licences.domain.call_notes import CallerDetails
from licences.models import CheckedItem, ChecklistCheck, Event, Note, Relicensing
from tests import factories
from tests.questions import columns_of

BEFORE = "0021_no_policy_violations"
CALLER = {"caller_name", "callback_number", "ticket_reference"}


def refuses_changes(model):
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(id=0)
    return True


@pytest.mark.django_db(transaction=True)
def test_they_go_forwards_and_back_over_requests_that_stay_as_they_are(catalogue):
    request = factories.request(factories.registered())
    kept = (ChecklistCheck, CheckedItem, Event)
    before = [list(model.objects.order_by("pk").values()) for model in kept]
    try:
        call_command("migrate", "licences", BEFORE, verbosity=0)
        assert not CALLER & columns_of("licences_relicensing")
        assert "licences_note" not in connection.introspection.table_names()
        with connection.cursor() as cursor:  # as code of that time writes
            cursor.execute(
                "INSERT INTO licences_relicensing (purpose, opened_by, opened_at, waiting_for, closed_by, outcome) "
                "VALUES ('migrate', 'clerk', %s, '[]', '', '')",
                [request.opened_at],
            )
    finally:
        call_command("migrate", "licences", verbosity=0)

    with connection.cursor() as cursor:  # as it still writes while the migrations are applied
        cursor.execute(
            "INSERT INTO licences_relicensing (purpose, opened_by, opened_at, waiting_for, closed_by, outcome) "
            "VALUES ('reinstall', 'clerk', %s, '[]', '', '')",
            [request.opened_at],
        )
    assert [list(model.objects.order_by("pk").values()) for model in kept] == before
    assert set(Relicensing.objects.values_list(*sorted(CALLER))) == {("", "", "")}
    assert Relicensing.objects.count() == 3
    operations.note_caller(request_id=request.pk, caller=CallerDetails("Sabine Vogel"), by="clerk")
    operations.note_on_serial(serial=request.serial.code, text="Calls from a mobile.", by="clerk")
    assert all(refuses_changes(model) for model in (ChecklistCheck, CheckedItem, Event, Note))
