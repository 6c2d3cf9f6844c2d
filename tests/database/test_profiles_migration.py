"""The migration of sender profiles runs forwards and back on a database with imports in it."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from licences import imports
from licences.models import FileImport, SenderProfile
from tests.imports.entry_points import State, preview
from tests.imports.files import csv_bytes, row
from tests.imports.senders import GERMAN, LINES, text_file
from tests.questions import columns_of


def before():
    """The migration that the one of profiles comes after."""
    migration = MigrationLoader(connection).get_migration("licences", "0031_sender_profiles")
    return next(name for app, name in migration.dependencies if app == "licences")


@pytest.mark.django_db(transaction=True)
def test_it_goes_forwards_and_back_over_imports_that_stay_as_they_are(catalogue):
    waiting = preview(csv_bytes(row()))
    kept = [field.attname for field in FileImport._meta.concrete_fields if field.name != "profile"]
    was = FileImport.objects.values(*kept).get()
    try:
        call_command("migrate", "licences", before(), verbosity=0)
        assert "licences_senderprofile" not in connection.introspection.table_names()
        assert "profile_id" not in columns_of("licences_fileimport")
    finally:
        call_command("migrate", "licences", verbosity=0)

    assert FileImport.objects.values(*kept).get() == was
    with connection.cursor() as cursor:  # as older code still writes while the migration is applied
        names = [connection.ops.quote_name(name) for name in kept if name != "id"]
        cursor.execute(
            f"INSERT INTO licences_fileimport ({', '.join(names)}) "
            f"SELECT {', '.join(names)} FROM licences_fileimport WHERE id = %s",
            [waiting.pk],
        )
    assert list(FileImport.objects.values_list("profile", flat=True)) == [None, None]
    titles = ["Nr", *GERMAN[1:]]
    columns = ["purchase_reference", "line", "product", "quantity", "customer_number", "customer_name"]
    imports.save_profile(SenderProfile(name="Shop", titles=titles, columns=columns), by="clerk")
    found = preview(text_file([titles, *LINES]))
    assert (found.state, found.profile.name) == (State.PREVIEW, "Shop")
