"""One-time tokens of forms: a form that is sent twice begins one thing. A table of its own; older code leaves it alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("licences", "0027_records_by_hand")]

    operations = [
        migrations.CreateModel(
            name="FormToken",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("content", models.CharField(max_length=64)),
                ("target", models.CharField(blank=True, max_length=500)),
                ("used_at", models.DateTimeField(db_index=True)),
            ],
            options={"verbose_name": "form token", "verbose_name_plural": "form tokens"},
        ),
    ]
