"""Who called, on requests; notes about serials and customers; a third purpose. No constraint holds the purposes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_labels"),
        ("licences", "0023_kinds_of_events_of_requests"),
    ]

    operations = [
        migrations.AddField(
            model_name="relicensing",
            name="caller_name",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="caller"),
        ),
        migrations.AddField(
            model_name="relicensing",
            name="callback_number",
            field=models.CharField(blank=True, db_default="", max_length=100, verbose_name="call-back number"),
        ),
        migrations.AddField(
            model_name="relicensing",
            name="ticket_reference",
            field=models.CharField(blank=True, db_default="", max_length=100, verbose_name="ticket reference"),
        ),
        migrations.AlterField(
            model_name="relicensing",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("reinstall", "Reinstall on the renewed PC"),
                    ("migrate", "Move to a new server"),
                    ("same_pc", "Same PC, new site ID (hardware or operating system changed)"),
                ],
                max_length=20,
                verbose_name="purpose",
            ),
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="note")),
                ("written_by", models.CharField(max_length=150, verbose_name="written by")),
                ("written_by_number", models.BigIntegerField(blank=True, editable=False, null=True)),
                ("written_at", models.DateTimeField(db_index=True, verbose_name="when")),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "serial",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="licences.serial",
                        verbose_name="serial number",
                    ),
                ),
            ],
            options={
                "verbose_name": "call note",
                "verbose_name_plural": "call notes",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("customer", None), ("serial__isnull", False)),
                            models.Q(("customer__isnull", False), ("serial", None)),
                            _connector="OR",
                        ),
                        name="note_about_one_thing",
                    )
                ],
            },
        ),
    ]
