"""The migration for unlock codes by e-mail runs forwards and back on a database with data in it."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from licences.database import append_only
from licences.models import CodeDelivery, Event
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("licences", "0021_no_policy_violations")]


@pytest.fixture
def forward_again():
    """Migrates to the latest state afterwards, also where the test failed."""
    yield
    call_command("migrate", verbosity=0)


def test_it_goes_back_and_forward_over_codes_and_events_that_stay_as_they_are(catalogue, forward_again):
    code = factories.registered()
    before = list(Event.objects.order_by("pk").values())

    MigrationExecutor(connection).migrate(BEFORE)
    assert "licences_codedelivery" not in connection.introspection.table_names()

    call_command("migrate", verbosity=0)
    assert list(Event.objects.order_by("pk").values()) == before
    assert list(code.deliveries.all()) == []
    assert append_only.missing_triggers(connection) == []
    permission = Permission.objects.get(codename="send_unlockcode")
    assert set(Group.objects.filter(permissions=permission).values_list("name", flat=True)) == {
        "Licensing staff", "Supervisor",
    }  # fmt: skip


@pytest.mark.parametrize("wrong", [{"ended_at": "2026-11-24 10:00:00+00:00"}, {"state": "sent"}])
def test_a_delivery_ends_with_its_state(wrong, catalogue):
    code = factories.registered()
    values = {"address": "a@example.com", "language": "de", "queued_by": "clerk", "queued_at": "2026-11-24 09:00+00:00"}

    with pytest.raises(DatabaseError), transaction.atomic():
        CodeDelivery.objects.create(unlock_code=code, **values, **wrong)
