"""Indexes for questions about the event log: by kind and by person, newest first, and by request.

On PostgreSQL they are made while others write, because a log of ten million events takes minutes. An index that was left
unfinished is made again.
"""

from django.db import migrations, models

from licences.models.events import RequestNumber

INDEXES = [
    models.Index(fields=["kind", "at", "id"], name="event_by_kind"),
    models.Index(fields=["actor", "at", "id"], name="event_by_actor"),
    models.Index(RequestNumber("details"), name="event_by_request"),
]


def _options(schema_editor):
    return {"concurrently": True} if schema_editor.connection.vendor == "postgresql" else {}


def add_indexes(apps, schema_editor):
    event = apps.get_model("licences", "Event")
    for index in INDEXES:
        schema_editor.execute(f'DROP INDEX IF EXISTS "{index.name}"')
        schema_editor.add_index(event, index, **_options(schema_editor))


def remove_indexes(apps, schema_editor):
    event = apps.get_model("licences", "Event")
    for index in INDEXES:
        schema_editor.remove_index(event, index, **_options(schema_editor))


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("licences", "0047_verifications_of_the_log"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(add_indexes, remove_indexes, atomic=False)],
            state_operations=[migrations.AddIndex("event", index) for index in INDEXES],
        ),
    ]
