"""Two more kinds of events: changes of the rules that remind, and reminders ticked off or snoozed. No constraint holds
the kinds."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0044_reminders'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('purchases-recorded', 'Purchases recorded'), ('installations-taken-over', 'Installations taken over'), ('registered', 'Registered'), ('registration-renewed', 'New registration details'), ('licences-updated', 'Licences updated'), ('released', 'Serial released'), ('server-proved', 'Server verified'), ('connection-allowed', 'Server allowed to connect'), ('relicensing-checked', 'Checklist checked'), ('relicensing-confirmed', 'Asked again'), ('relicensing-decided', 'Checklist item accepted'), ('relicensing-agreed', 'First of two approvals'), ('relicensing-handed-over', 'Handed over to a supervisor'), ('relicensing-withdrawn', 'Re-licensing withdrawn'), ('relicensing-closed', 'Re-licensing request closed'), ('relicensing-reopened', 'Withdrawal undone'), ('re-licensed', 'Re-licensed'), ('emergency-issued', 'Emergency code issued'), ('emergency-code-wrong', 'Wrong release code for an emergency'), ('emergency-code-reported', 'Release code reported, not yet accepted'), ('emergency-settled', 'Emergency closed with the release code'), ('emergency-decided', 'Emergency code made permanent by decision'), ('emergency-withdrawn', 'Emergency code withdrawn'), ('blocked', 'Serial blocked'), ('unblocked', 'Serial unblocked'), ('transferred', 'Serial transferred to another customer'), ('claim-refused', 'Attempt refused'), ('customer-corrected', 'Customer corrected'), ('catalogue-changed', 'Catalogue changed'), ('reference-changed', 'Product facts changed'), ('profile-changed', 'Sender profile changed'), ('customers-merged', 'Customers merged'), ('customer-erased', 'Personal data erased'), ('contact-forgotten', 'Contact person forgotten'), ('customer-exported', 'Personal data exported'), ('case-file-made', 'Case file downloaded as PDF'), ('log-exported', 'Event log exported'), ('customer-entered', 'Customer entered by hand'), ('hand-entered', 'Purchase entered by hand'), ('hand-decided', 'Entry by hand decided'), ('sequences-raised', 'Sequences raised after a restore'), ('file-begun', 'Export of a long list started'), ('file-taken', 'List or licence file downloaded'), ('code-mailed', 'Unlock code sent by e-mail'), ('caller-noted', 'Who called noted'), ('note-written', 'Note written'), ('import-taken-back', 'Import taken back'), ('quality-marked', 'Data quality entries worked on'), ('quality-filter-changed', 'Filter of a data quality list changed'), ('reminder-rule-changed', 'Reminder rule changed'), ('reminder-marked', 'Reminder ticked off or snoozed'), ('key-created', 'Key for a program created'), ('key-rotated', 'Key for a program rotated'), ('key-revoked', 'Key for a program revoked'), ('webhook-created', 'Webhook created'), ('webhook-changed', 'Webhook changed'), ('webhook-rotated', 'Secret of a webhook rotated'), ('webhook-tested', 'Webhook tested'), ('webhook-replayed', 'Events sent again to a webhook'), ('baseline-made', 'Baseline of older records')], max_length=40, verbose_name='what'),
        ),
    ]
