"""The migrations for calls of programs and addresses of installations run back and forward with data in place."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from licences import operations
from licences.database import append_only
from licences.models import FileImport, Installation, InstallationAddress, ProgramCall
from tests import factories
from tests.api.shops import Shop, line

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("licences", "0041_keys_for_programs")]
TABLES = {"licences_programcall", "licences_installationaddress"}


@pytest.fixture
def forward_again():
    """Migrates to the latest state afterwards, also where the test failed."""
    yield
    call_command("migrate", verbosity=0)


def test_they_go_back_and_forward_with_rows_in_place(catalogue, forward_again):
    code, shop = factories.registered(), Shop()
    answer = shop.send(line(), idempotency_key="a-1").json()
    operations.note_address(installation_id=code.installation_id, address="192.0.2.7", now=timezone.now())
    assert ProgramCall.objects.count() == InstallationAddress.objects.count() == 1

    MigrationExecutor(connection).migrate(BEFORE)
    assert not TABLES & set(connection.introspection.table_names())

    call_command("migrate", verbosity=0)
    assert ProgramCall.objects.count() == InstallationAddress.objects.count() == 0
    assert FileImport.objects.get().program_key is None
    assert Installation.objects.get().pk == code.installation_id
    assert append_only.missing_triggers(connection) == []
    again = shop.send(line(), idempotency_key="a-1").json()
    assert (again["state"], again["lines"][0]["serial"]) == ("unchanged", answer["lines"][0]["serial"])
