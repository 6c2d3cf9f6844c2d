"""The indexes of parts of codes of the look-up, on PostgreSQL, made while others write.

They stay when the migration is taken back: older code does not read them.
"""

from django.db import migrations

from licences.database import search_index


def add(apps, schema_editor):
    search_index.add_code_parts(schema_editor.connection)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("licences", "0055_totals_of_figures")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop, atomic=False)]
