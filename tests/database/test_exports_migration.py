"""The migration for exports runs forwards and back on a database with data in it."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from licences.models import Event
from licences.operations.events import record_event
from tests import factories

BEFORE, AFTER = "0015_kinds_of_proof", "0016_exports_are_events"
CARRIERS = {"Supervisor", "Auditor"}


def applied():
    return ("licences", AFTER) in MigrationRecorder(connection).applied_migrations()


def refuses_changes():
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.update(actor="somebody else")
    return True


@pytest.mark.django_db(transaction=True)
def test_it_goes_forwards_and_back_over_events_that_stay_as_they_are(catalogue):
    code = factories.registered()
    record_event(Event.Kind.FILE_TAKEN, by="root", serial=code.serial.code)
    before = list(Event.objects.order_by("pk").values())
    try:
        call_command("migrate", "licences", BEFORE, verbosity=0)
        assert not applied()
        assert list(Event.objects.order_by("pk").values()) == before
        assert refuses_changes()
    finally:
        call_command("migrate", "licences", verbosity=0)

    assert applied()
    assert list(Event.objects.order_by("pk").values()) == before
    assert refuses_changes()
    permission = Permission.objects.get(codename="export_unlockcode")
    assert set(Group.objects.filter(permissions=permission).values_list("name", flat=True)) == CARRIERS
