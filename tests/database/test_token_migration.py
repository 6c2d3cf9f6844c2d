"""The migration for installation tokens runs forwards and back on a database with data in it."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from licences.database import append_only
from licences.models import Installation
from tests import factories
from tests.questions import columns_of

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("licences", "0013_assured_days")]
OLDER_INSERT = """INSERT INTO licences_installation (serial_id, site_id, origin, server_version, client_version,
    began_at, ended_at, end_reason, reported_release_code)
    VALUES (%s, %s, 'registered', '2.6', '2.6', %s, NULL, '', '')"""


@pytest.fixture
def forward_again():
    """Migrates to the latest state afterwards, also where the test failed."""
    yield
    call_command("migrate", verbosity=0)


def test_it_goes_back_and_forward_with_installations_in_it(catalogue, forward_again):
    code = factories.connected()

    MigrationExecutor(connection).migrate(BEFORE)
    assert not {"token_digest", "reached_at", "proved_code"} & columns_of("licences_installation")

    call_command("migrate", verbosity=0)
    live = Installation.objects.get()
    assert (live.site_id, live.token_digest, live.reached_at) == (code.installation.site_id, None, None)
    assert append_only.missing_triggers(connection) == []


def test_older_code_goes_on_beginning_installations(catalogue):
    serial = factories.bought()
    with connection.cursor() as cursor:
        cursor.execute(OLDER_INSERT, [serial.pk, "4K7MPO2WQZ8R", "2026-11-24 10:00:00+00:00"])

    live = Installation.objects.get()
    assert (live.token_digest, live.connect_opened_at, live.proved_sequence) == (None, None, None)
