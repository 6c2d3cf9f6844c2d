"""Plainer labels of fields, tables and choices. Changes no schema, no stored value and no row.

Django keeps verbose names, help texts and the labels of choices in the state of migrations, and nothing of them in the
database: no SQL runs in either direction.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_labels"),
        ("licences", "0018_who_as_user"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="itemresolution",
            options={"verbose_name": "resolved item", "verbose_name_plural": "resolved items"},
        ),
        migrations.AlterModelOptions(
            name="refusedaccess",
            options={
                "ordering": ["-last_at"],
                "verbose_name": "access denial",
                "verbose_name_plural": "access denials",
            },
        ),
        migrations.AlterModelOptions(
            name="refusedclaim",
            options={
                "ordering": ["-last_at"],
                "verbose_name": "refused attempt",
                "verbose_name_plural": "refused attempts",
            },
        ),
        migrations.AlterModelOptions(
            name="returningserial",
            options={
                "ordering": ["pk"],
                "verbose_name": "serial number to recover",
                "verbose_name_plural": "serial numbers to recover",
            },
        ),
        migrations.AlterModelOptions(
            name="serialguess",
            options={
                "ordering": ["-last_at"],
                "verbose_name": "attempt with unknown serial number",
                "verbose_name_plural": "attempts with unknown serial numbers",
            },
        ),
        migrations.AlterField(
            model_name="approval",
            name="counted",
            field=models.PositiveIntegerField(default=0, verbose_name="count"),
        ),
        migrations.AlterField(
            model_name="checkeditem",
            name="said",
            field=models.CharField(blank=True, max_length=400, verbose_name="caller’s answer"),
        ),
        migrations.AlterField(
            model_name="checkeditem",
            name="verdict",
            field=models.CharField(
                choices=[
                    ("match", "match"),
                    ("close", "close"),
                    ("mismatch", "mismatch"),
                    ("unprovable", "unprovable"),
                    ("missing", "missing"),
                ],
                max_length=20,
                verbose_name="result",
            ),
        ),
        migrations.AlterField(
            model_name="checklistcheck",
            name="release_code_unavailable",
            field=models.BooleanField(default=False, verbose_name="no release code available"),
        ),
        migrations.AlterField(
            model_name="crmapplication",
            name="url",
            field=models.URLField(blank=True, max_length=500, verbose_name="more information"),
        ),
        migrations.AlterField(
            model_name="emergency",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("release-code", "confirmed by the release code"),
                    ("decided", "made permanent by decision"),
                    ("withdrawn", "withdrawn"),
                ],
                max_length=20,
                verbose_name="outcome",
            ),
        ),
        migrations.AlterField(
            model_name="emergency",
            name="settled_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="closed"),
        ),
        migrations.AlterField(
            model_name="emergency",
            name="settled_by",
            field=models.CharField(blank=True, max_length=150, verbose_name="closed by"),
        ),
        migrations.AlterField(
            model_name="emergency",
            name="settled_reason",
            field=models.TextField(blank=True, verbose_name="reason for closing"),
        ),
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
                    ("baseline-made", "Baseline of older records"),
                ],
                max_length=40,
                verbose_name="what",
            ),
        ),
        migrations.AlterField(
            model_name="fileimport",
            name="accept_similar",
            field=models.BooleanField(default=False, verbose_name="similar serial numbers accepted as new"),
        ),
        migrations.AlterField(
            model_name="fileimport",
            name="accept_valid",
            field=models.BooleanField(default=False, verbose_name="valid rows only"),
        ),
        migrations.AlterField(
            model_name="fileimport",
            name="began_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="current step started"),
        ),
        migrations.AlterField(
            model_name="fileimport",
            name="heartbeat_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="last activity"),
        ),
        migrations.AlterField(
            model_name="fileimport",
            name="rows_applied",
            field=models.PositiveIntegerField(default=0, verbose_name="rows imported"),
        ),
        migrations.AlterField(
            model_name="fileimport",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "waiting to be read"),
                    ("reading", "being read"),
                    ("checking", "being checked"),
                    ("preview", "awaiting confirmation"),
                    ("confirmed", "waiting to be imported"),
                    ("applying", "being imported"),
                    ("applied", "imported"),
                    ("withdrawn", "discarded"),
                    ("failed", "not readable"),
                ],
                default="waiting",
                max_length=20,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="installation",
            name="proved_code",
            field=models.CharField(
                blank=True, editable=False, max_length=53, null=True, verbose_name="unknown unlock code presented"
            ),
        ),
        migrations.AlterField(
            model_name="installation",
            name="reached_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last contact"),
        ),
        migrations.AlterField(
            model_name="installation",
            name="token_digest",
            field=models.CharField(
                blank=True, editable=False, max_length=64, null=True, verbose_name="checksum of the token"
            ),
        ),
        migrations.AlterField(
            model_name="policyviolation",
            name="blocked",
            field=models.CharField(blank=True, max_length=120, verbose_name="blocked source"),
        ),
        migrations.AlterField(
            model_name="policyviolation",
            name="times",
            field=models.PositiveBigIntegerField(default=1, verbose_name="count"),
        ),
        migrations.AlterField(
            model_name="refusedaccess",
            name="first_at",
            field=models.DateTimeField(verbose_name="first time"),
        ),
        migrations.AlterField(
            model_name="refusedaccess",
            name="last_at",
            field=models.DateTimeField(db_index=True, verbose_name="last time"),
        ),
        migrations.AlterField(
            model_name="refusedaccess",
            name="times",
            field=models.PositiveBigIntegerField(default=1, verbose_name="count"),
        ),
        migrations.AlterField(
            model_name="refusedaccess",
            name="why",
            field=models.CharField(max_length=60, verbose_name="reason for refusal"),
        ),
        migrations.AlterField(
            model_name="refusedclaim",
            name="first_at",
            field=models.DateTimeField(verbose_name="first time"),
        ),
        migrations.AlterField(
            model_name="refusedclaim",
            name="kind",
            field=models.CharField(
                choices=[
                    ("serial-in-use", "in use on another installation"),
                    ("relicensing-required", "released, needs re-licensing"),
                    ("site-id-in-use", "site ID belongs to another serial number"),
                    ("release-code-wrong", "wrong release code"),
                    ("installation-not-proved", "installation not verified"),
                ],
                max_length=30,
                verbose_name="reason for refusal",
            ),
        ),
        migrations.AlterField(
            model_name="refusedclaim",
            name="last_at",
            field=models.DateTimeField(db_index=True, verbose_name="last time"),
        ),
        migrations.AlterField(
            model_name="refusedclaim",
            name="times",
            field=models.PositiveBigIntegerField(default=1, verbose_name="count"),
        ),
        migrations.AlterField(
            model_name="release",
            name="released_on",
            field=models.DateField(blank=True, null=True, verbose_name="release date"),
        ),
        migrations.AlterField(
            model_name="release",
            name="settings_url",
            field=models.URLField(blank=True, max_length=500, verbose_name="moving the settings"),
        ),
        migrations.AlterField(
            model_name="relicensing",
            name="waiting_for",
            field=models.JSONField(blank=True, default=list, verbose_name="needs a supervisor because of"),
        ),
        migrations.AlterField(
            model_name="relicensing",
            name="waiting_since",
            field=models.DateTimeField(blank=True, null=True, verbose_name="waiting since"),
        ),
        migrations.AlterField(
            model_name="sequenceraise",
            name="by_how_many",
            field=models.PositiveSmallIntegerField(verbose_name="numbers skipped"),
        ),
        migrations.AlterField(
            model_name="serial",
            name="blocked_reason",
            field=models.TextField(blank=True, verbose_name="reason for blocking"),
        ),
        migrations.AlterField(
            model_name="serial",
            name="highest_version",
            field=models.CharField(blank=True, max_length=32, verbose_name="highest version entitled"),
        ),
        migrations.AlterField(
            model_name="serial",
            name="returned_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="recovered after a restore"),
        ),
        migrations.AlterField(
            model_name="serialguess",
            name="first_at",
            field=models.DateTimeField(verbose_name="first time"),
        ),
        migrations.AlterField(
            model_name="serialguess",
            name="last_at",
            field=models.DateTimeField(db_index=True, verbose_name="last time"),
        ),
        migrations.AlterField(
            model_name="serialguess",
            name="times",
            field=models.PositiveBigIntegerField(default=1, verbose_name="count"),
        ),
        migrations.AlterField(
            model_name="wrongreleasecode",
            name="given_by",
            field=models.CharField(max_length=150, verbose_name="entered by"),
        ),
        migrations.AlterConstraint(
            model_name="serial",
            name="serial_code_unique",
            constraint=models.UniqueConstraint(
                fields=("code",),
                name="serial_code_unique",
                violation_error_message="This serial number already exists.",
            ),
        ),
    ]
