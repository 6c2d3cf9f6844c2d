"""The number of the user beside the names by which rules tell who asked and who agreed.

Nullable, and never filled: what is older keeps its names only. On SQLite and PostgreSQL adding such a column rewrites
no table. The portal of before goes on writing names without numbers, for which the first constraint holds as it did.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("licences", "0017_baseline_event")]

    operations = [
        *(
            migrations.AddField(model, name, models.BigIntegerField(blank=True, editable=False, null=True))
            for model, name in (
                ("relicensing", "opened_by_number"),
                ("checklistcheck", "checked_by_number"),
                ("itemresolution", "resolved_by_number"),
                ("approval", "approved_by_number"),
            )
        ),
        migrations.AddConstraint(
            "approval",
            models.UniqueConstraint(
                condition=models.Q(approved_by_number=None, emergency__isnull=False),
                fields=["emergency", "subject", "approved_by"],
                name="one_approval_per_name",
            ),
        ),
        migrations.AddConstraint(
            "approval",
            models.UniqueConstraint(
                condition=models.Q(approved_by_number__isnull=False, emergency__isnull=False),
                fields=["emergency", "subject", "approved_by_number"],
                name="one_approval_per_user",
            ),
        ),
        migrations.RemoveConstraint("approval", "one_approval_each_of_an_emergency"),
    ]
