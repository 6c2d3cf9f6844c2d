"""Who handed a request over and when, why the portal closed it, when it was reopened; who gets e-mails about requests.

Columns may be null and stay so in older rows; the portal of before goes on without them. On SQLite and PostgreSQL adding
such a column rewrites no table.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("licences", "0021_no_policy_violations"),
    ]

    operations = [
        migrations.AddField(
            "relicensing",
            "handed_over_by",
            models.CharField(blank=True, max_length=150, null=True, verbose_name="handed over by"),
        ),
        migrations.AddField(
            "relicensing", "handed_over_by_number", models.BigIntegerField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "relicensing",
            "handed_over_at",
            models.DateTimeField(blank=True, null=True, verbose_name="handed over"),
        ),
        migrations.AddField(
            "relicensing",
            "alerted_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="supervisors told by e-mail"),
        ),
        migrations.AddField(
            "relicensing",
            "reopened_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="reopened"),
        ),
        migrations.AddField(
            "relicensing",
            "closed_because",
            models.CharField(
                blank=True,
                choices=[
                    ("superseded", "closed: a code was issued in another request"),
                    ("idle", "closed: nothing happened in it"),
                ],
                editable=False,
                max_length=20,
                null=True,
                verbose_name="closed because",
            ),
        ),
        migrations.CreateModel(
            name="DecisionAlerts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by_email", models.BooleanField(default=True, verbose_name="by e-mail")),
                ("page_open_at", models.DateTimeField(blank=True, null=True, verbose_name="page last open")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={"verbose_name": "choice of e-mails", "verbose_name_plural": "choices of e-mails"},
        ),
    ]
