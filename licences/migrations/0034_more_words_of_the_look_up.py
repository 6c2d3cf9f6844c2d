"""Former names and ticket references in the look-up, and the version of its texts.

The new columns may be empty, so that older code keeps writing, and SQLite need not rebuild the table with its triggers.
The texts are made again afterwards, in batches, by ``index_search``; until then they find what they found before.
"""

from django.db import migrations, models

from licences.database import search_index


def nothing(apps, schema_editor):
    """Forward, no table of the index is rebuilt."""


def install(apps, schema_editor):
    """Backward, SQLite rebuilds the table of texts and loses its triggers."""
    search_index.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("licences", "0033_purchase_lines_that_come_again")]

    operations = [
        migrations.RunPython(nothing, install),
        migrations.AddField(
            model_name="searchtext",
            name="former_names",
            field=models.TextField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="searchtext",
            name="ticket_references",
            field=models.TextField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="searchmark",
            name="version",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="searchmark",
            name="renewed_serial_id",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
