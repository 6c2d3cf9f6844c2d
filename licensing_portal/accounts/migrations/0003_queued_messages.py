"""E-mail that waits for the worker: sealed, and removed once it was sent or given up."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_logging_in")]

    operations = [
        migrations.CreateModel(
            name="QueuedMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed", models.TextField()),
                ("queued_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField(db_index=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
            ],
            options={"verbose_name": "queued message", "verbose_name_plural": "queued messages"},
        ),
    ]
