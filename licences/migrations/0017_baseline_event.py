"""A baseline of older records is a kind of event of its own; all kinds since the last migration. Choices only."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0016_exports_are_events'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('purchases-recorded', 'Purchases recorded'), ('installations-taken-over', 'Installations taken over'), ('registered', 'Registered'), ('registration-renewed', 'New registration details'), ('licences-updated', 'Licences updated'), ('released', 'Serial released'), ('server-proved', 'Server proved itself'), ('connection-allowed', 'Server allowed to connect'), ('relicensing-checked', 'Checklist checked'), ('relicensing-confirmed', 'Asked again'), ('relicensing-decided', 'Checklist item accepted'), ('relicensing-agreed', 'One of two supervisors agreed'), ('relicensing-withdrawn', 'Re-licensing withdrawn'), ('re-licensed', 'Re-licensed'), ('emergency-issued', 'Emergency code issued'), ('emergency-code-wrong', 'Wrong release code for an emergency'), ('emergency-code-reported', 'Release code reported, not yet accepted'), ('emergency-settled', 'Emergency settled by the release code'), ('emergency-decided', 'Emergency decided for good'), ('emergency-withdrawn', 'Emergency code withdrawn'), ('blocked', 'Serial blocked'), ('unblocked', 'Serial unblocked'), ('transferred', 'Serial transferred to another customer'), ('claim-refused', 'Claim refused'), ('customer-corrected', 'Customer corrected'), ('catalogue-changed', 'Catalogue changed'), ('reference-changed', 'Reference facts changed'), ('customers-merged', 'Customers merged'), ('customer-erased', 'Personal data erased'), ('customer-exported', 'Personal data handed out'), ('case-file-made', 'Case file made as PDF'), ('log-exported', 'Event log exported'), ('sequences-raised', 'Sequences raised after a restore'), ('file-begun', 'Export of a long list begun'), ('file-taken', 'List or licence file taken out'), ('baseline-made', 'Baseline of older records')], max_length=40, verbose_name='what'),
        ),
    ]
