"""The migrations for imports that are taken back run back and forwards on a database with purchases in it."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from licences import imports
from licences.database import append_only
from licences.models import Event, FileImport, LicenceGrant
from licences.proof.record_checks import record_findings
from tests import factories
from tests.imports.entry_points import confirmed, preview
from tests.imports.files import csv_bytes, row

BEFORE, BETWEEN = "0028_form_tokens", "0032_rows_that_reverse"
COLUMNS = ("id", "serial", "quantity", "purchase_reference", "line", "row_digest", "file_import", "recorded_at")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def forward_again():
    """Migrates to the latest state afterwards, also where the test failed."""
    yield
    call_command("migrate", "licences", verbosity=0)


def rows():
    return [list(LicenceGrant.objects.order_by("pk").values(*COLUMNS)), list(Event.objects.order_by("pk").values())]


def insert_as_older_code(grant):
    """Insert a copy of a purchase line with the columns that older code knows."""
    old = [field.column for field in LicenceGrant._meta.concrete_fields
           if field.column not in ("id", "generation", "reverses_id")]  # fmt: skip
    names = ", ".join(old)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO licences_licencegrant ({names}) SELECT {names} FROM licences_licencegrant WHERE id = %s",
            [grant.pk],
        )


def test_purchases_stay_as_they_are_and_may_be_taken_back_afterwards(catalogue, forward_again):
    factories.registered()
    file_import = confirmed(preview(csv_bytes(row("PO-1"))))
    before = rows()

    call_command("migrate", "licences", BEFORE, verbosity=0)
    call_command("migrate", "licences", verbosity=0)

    assert rows() == before
    assert append_only.missing_triggers(connection) == []
    assert list(record_findings()) == []
    file_import = FileImport.objects.get(pk=file_import.pk)
    imports.take_back_import(file_import_id=file_import.pk, reason="A wrong file.", by="clerk")
    assert LicenceGrant.objects.exclude(reverses=None).count() == 1


@pytest.mark.parametrize("state", [BETWEEN, "latest"])
def test_older_code_cannot_write_a_line_twice_at_any_moment(catalogue, forward_again, state):
    serial = factories.bought()
    if state == BETWEEN:
        call_command("migrate", "licences", BETWEEN, verbosity=0)

    with pytest.raises(DatabaseError), transaction.atomic():
        insert_as_older_code(LicenceGrant.objects.get(serial=serial))
    assert append_only.missing_triggers(connection) == []


def test_a_migration_that_was_killed_before_the_triggers_is_completed_by_the_next(catalogue, forward_again):
    grant = LicenceGrant.objects.get(serial=factories.bought())
    call_command("migrate", "licences", BETWEEN, verbosity=0)
    with connection.cursor() as cursor:  # as a rebuilt table is without its triggers
        for name in append_only.trigger_names(connection.vendor, "licences_licencegrant"):
            cursor.execute(f'DROP TRIGGER "{name}"' + _on_table())
    assert append_only.missing_triggers(connection)

    call_command("migrate", "licences", verbosity=0)

    assert append_only.missing_triggers(connection) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        LicenceGrant.objects.filter(pk=grant.pk).update(quantity=9)


def _on_table():
    return ' ON "licences_licencegrant"' if connection.vendor == "postgresql" else ""
