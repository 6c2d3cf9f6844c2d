"""The migrations of reminders and renewals run forwards and back on a database with data in it."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from licences import operations
from licences.models import Event, LicenceGrant, Reminder
from licences.queries import renewals
from tests import factories

BEFORE = "0041_keys_for_programs"
ENDS = date(2027, 1, 31)


def _indexes() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, "licences_licencegrant"))


@pytest.mark.django_db(transaction=True)
def test_they_go_forwards_and_back_and_what_is_due_is_found_again(catalogue):
    serial = factories.bought(software_assurance_until=ENDS)
    operations.refresh_reminders(now=timezone.now())
    events, grants = list(Event.objects.order_by("pk").values()), list(LicenceGrant.objects.order_by("pk").values())
    try:
        call_command("migrate", "licences", BEFORE, verbosity=0)
        assert not [table for table in connection.introspection.table_names() if "reminder" in table]
        assert "grant_by_end_of_cover" not in _indexes()
        assert list(LicenceGrant.objects.order_by("pk").values()) == grants
    finally:
        call_command("migrate", "licences", verbosity=0)

    assert "grant_by_end_of_cover" in _indexes()
    assert not Reminder.objects.exists()
    operations.refresh_reminders(now=timezone.now())
    assert set(Reminder.objects.filter(rule__kind="never-registered").values_list("subject", flat=True)) == {serial.pk}
    assert [each.serial for each in renewals.all_renewals(ENDS.replace(day=1))] == [serial]
    assert list(Event.objects.order_by("pk").values()) == events
