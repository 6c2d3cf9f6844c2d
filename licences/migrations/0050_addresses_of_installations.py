"""From where installations call, as digests that are kept for a week: a table of its own; older code leaves it alone."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("licences", "0049_purchases_by_programs")]

    operations = [
        migrations.CreateModel(
            name="InstallationAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=32)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField(db_index=True)),
                ("returned_at", models.DateTimeField(blank=True, null=True)),
                (
                    "installation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="addresses",
                        to="licences.installation",
                    ),
                ),
            ],
            options={
                "verbose_name": "address of an installation",
                "verbose_name_plural": "addresses of installations",
                "indexes": [
                    models.Index(
                        condition=models.Q(("returned_at__isnull", False)),
                        fields=["returned_at"],
                        name="addresses_by_turns",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("installation", "digest"), name="one_row_per_address")
                ],
            },
        ),
    ]
