"""Unlock codes sent by e-mail: a table of their own, and the kind of their event.

The kinds of events stand in no constraint, so that the change of the choices runs no SQL.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("licences", "0025_events_of_notes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("purchases-recorded", "Purchases recorded"),
                    ("installations-taken-over", "Installations taken over"),
                    ("registered", "Registered"),
                    ("registration-renewed", "New registration details"),
                    ("licences-updated", "Licences updated"),
                    ("released", "Serial released"),
                    ("server-proved", "Server verified"),
                    ("connection-allowed", "Server allowed to connect"),
                    ("relicensing-checked", "Checklist checked"),
                    ("relicensing-confirmed", "Asked again"),
                    ("relicensing-decided", "Checklist item accepted"),
                    ("relicensing-agreed", "First of two approvals"),
                    ("relicensing-withdrawn", "Re-licensing withdrawn"),
                    ("re-licensed", "Re-licensed"),
                    ("emergency-issued", "Emergency code issued"),
                    ("emergency-code-wrong", "Wrong release code for an emergency"),
                    ("emergency-code-reported", "Release code reported, not yet accepted"),
                    ("emergency-settled", "Emergency closed with the release code"),
                    ("emergency-decided", "Emergency code made permanent by decision"),
                    ("emergency-withdrawn", "Emergency code withdrawn"),
                    ("blocked", "Serial blocked"),
                    ("unblocked", "Serial unblocked"),
                    ("transferred", "Serial transferred to another customer"),
                    ("claim-refused", "Attempt refused"),
                    ("customer-corrected", "Customer corrected"),
                    ("catalogue-changed", "Catalogue changed"),
                    ("reference-changed", "Product facts changed"),
                    ("customers-merged", "Customers merged"),
                    ("customer-erased", "Personal data erased"),
                    ("customer-exported", "Personal data exported"),
                    ("case-file-made", "Case file downloaded as PDF"),
                    ("log-exported", "Event log exported"),
                    ("sequences-raised", "Sequences raised after a restore"),
                    ("file-begun", "Export of a long list started"),
                    ("file-taken", "List or licence file downloaded"),
                    ("code-mailed", "Unlock code sent by e-mail"),
                    ("baseline-made", "Baseline of older records"),
                ],
                max_length=40,
                verbose_name="what",
            ),
        ),
        migrations.CreateModel(
            name="CodeDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(blank=True, max_length=254, verbose_name="e-mail address")),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("queued_by", models.CharField(max_length=150, verbose_name="sent by")),
                ("queued_by_number", models.BigIntegerField(blank=True, editable=False, null=True)),
                ("queued_at", models.DateTimeField(verbose_name="queued")),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "waiting to be sent"), ("sent", "sent"), ("failed", "not sent")],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("failure", models.CharField(blank=True, max_length=100, verbose_name="error")),
                (
                    "unlock_code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="licences.unlockcode",
                        verbose_name="unlock code",
                    ),
                ),
            ],
            options={
                "verbose_name": "unlock code sent by e-mail",
                "verbose_name_plural": "unlock codes sent by e-mail",
                "ordering": ["-pk"],
                "permissions": [
                    ("send_unlockcode", "Can send unlock codes by e-mail"),
                    ("send_to_new_address", "Can send unlock codes to an address of the last 24 hours"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")), fields=["queued_at"], name="delivery_that_waits"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "queued")),
                        fields=("unlock_code", "address"),
                        name="one_delivery_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "queued")),
                            models.Q(models.Q(("state", "queued"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="delivery_ends_with_its_state",
                    ),
                ],
            },
        ),
    ]
