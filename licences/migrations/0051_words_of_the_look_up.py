"""The index of words of the look-up, on PostgreSQL, made while others write.

It stays when the migration is taken back: older code does not read it.
"""

from django.db import migrations

from licences.database import search_index


def add(apps, schema_editor):
    search_index.add_words(schema_editor.connection)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("licences", "0050_addresses_of_installations")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop, atomic=False)]
