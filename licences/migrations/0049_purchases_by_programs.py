"""Purchases that programs send: the key on their imports, and the calls that carried an ``Idempotency-Key``.

A nullable column and a table of its own: older code leaves both alone.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("licences", "0048_questions_about_the_log")]

    operations = [
        migrations.AddField(
            model_name="fileimport",
            name="program_key",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="imports",
                to="licences.programkey",
                verbose_name="key of the program",
            ),
        ),
        migrations.CreateModel(
            name="ProgramCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key_digest", models.CharField(editable=False, max_length=64)),
                ("content", models.CharField(editable=False, max_length=64)),
                ("answer", models.JSONField(editable=False)),
                ("answered_at", models.DateTimeField(db_index=True, verbose_name="answered")),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="licences.programkey",
                        verbose_name="program",
                    ),
                ),
            ],
            options={
                "verbose_name": "call of a program",
                "verbose_name_plural": "calls of programs",
                "constraints": [
                    models.UniqueConstraint(fields=("program", "key_digest"), name="one_call_per_idempotency_key")
                ],
            },
        ),
    ]
