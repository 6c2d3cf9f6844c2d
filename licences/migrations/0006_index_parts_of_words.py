"""The index for parts of words, which Django has no name for: trigrams on PostgreSQL, FTS5 on SQLite.

Apart from the table it belongs to, since each database has its own way. The texts themselves are made by
``manage.py index_search``, which a portal that holds records already has to run once.
"""

from django.db import migrations

from licences.database import search_index


def install(apps, schema_editor):
    search_index.install(schema_editor.connection)


def drop(apps, schema_editor):
    search_index.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("licences", "0005_look_up")]

    operations = [migrations.RunPython(install, drop)]
