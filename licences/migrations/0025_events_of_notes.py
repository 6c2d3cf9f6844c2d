"""Two more kinds of events: who called, and notes. No constraint holds the kinds."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("licences", "0024_who_called_and_notes")]

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
                    ("caller-noted", "Who called noted"),
                    ("note-written", "Note written"),
                    ("baseline-made", "Baseline of older records"),
                ],
                max_length=40,
                verbose_name="what",
            ),
        ),
    ]
