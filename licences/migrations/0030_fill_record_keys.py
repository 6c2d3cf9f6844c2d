"""The keys of customers and purchase references on record, in batches. Append-only rows stay as they are."""

from django.db import migrations

from licences.imports import stored_keys


def fill(apps, schema_editor):
    stored_keys.fill_missing_keys(schema_editor.connection)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('customers', '0005_customer_keys'),
        ('licences', '0029_record_pairs'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
