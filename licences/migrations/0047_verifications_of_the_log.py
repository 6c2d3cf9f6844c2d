"""Verifications of the log that are begun in the browser, and the kind of their events. No constraint holds the kinds."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0005_customer_keys'),
        ('licences', '0046_renewals'),
    ]

    operations = [
        migrations.CreateModel(
            name='LogCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('running', 'running'), ('done', 'finished'), ('stopped', 'stopped')], default='running', max_length=10, verbose_name='state')),
                ('begun_by', models.CharField(max_length=150, verbose_name='begun by')),
                ('begun_by_number', models.BigIntegerField(blank=True, editable=False, null=True)),
                ('begun_at', models.DateTimeField(verbose_name='begun')),
                ('started_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('heartbeat_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('events_total', models.PositiveBigIntegerField(default=0, editable=False)),
                ('events_checked', models.PositiveBigIntegerField(default=0, verbose_name='events')),
                ('records_checked', models.PositiveBigIntegerField(default=0, verbose_name='records')),
                ('anchors', models.PositiveIntegerField(default=0, verbose_name='anchors')),
                ('last_anchor_at', models.DateTimeField(blank=True, null=True, verbose_name='last anchor')),
                ('last_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('findings', models.PositiveIntegerField(default=0, verbose_name='findings')),
                ('listed', models.JSONField(default=list, editable=False)),
                ('failure', models.CharField(blank=True, max_length=100, verbose_name='error')),
            ],
            options={
                'verbose_name': 'verification of the log',
                'verbose_name_plural': 'verifications of the log',
                'ordering': ['-pk'],
            },
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('purchases-recorded', 'Purchases recorded'), ('installations-taken-over', 'Installations taken over'), ('registered', 'Registered'), ('registration-renewed', 'New registration details'), ('licences-updated', 'Licences updated'), ('released', 'Serial released'), ('server-proved', 'Server verified'), ('connection-allowed', 'Server allowed to connect'), ('relicensing-checked', 'Checklist checked'), ('relicensing-confirmed', 'Asked again'), ('relicensing-decided', 'Checklist item accepted'), ('relicensing-agreed', 'First of two approvals'), ('relicensing-handed-over', 'Handed over to a supervisor'), ('relicensing-withdrawn', 'Re-licensing withdrawn'), ('relicensing-closed', 'Re-licensing request closed'), ('relicensing-reopened', 'Withdrawal undone'), ('re-licensed', 'Re-licensed'), ('emergency-issued', 'Emergency code issued'), ('emergency-code-wrong', 'Wrong release code for an emergency'), ('emergency-code-reported', 'Release code reported, not yet accepted'), ('emergency-settled', 'Emergency closed with the release code'), ('emergency-decided', 'Emergency code made permanent by decision'), ('emergency-withdrawn', 'Emergency code withdrawn'), ('blocked', 'Serial blocked'), ('unblocked', 'Serial unblocked'), ('transferred', 'Serial transferred to another customer'), ('claim-refused', 'Attempt refused'), ('customer-corrected', 'Customer corrected'), ('catalogue-changed', 'Catalogue changed'), ('reference-changed', 'Product facts changed'), ('profile-changed', 'Sender profile changed'), ('customers-merged', 'Customers merged'), ('customer-erased', 'Personal data erased'), ('contact-forgotten', 'Contact person forgotten'), ('customer-exported', 'Personal data exported'), ('case-file-made', 'Case file downloaded as PDF'), ('log-exported', 'Event log exported'), ('log-verified', 'Event log verified'), ('customer-entered', 'Customer entered by hand'), ('hand-entered', 'Purchase entered by hand'), ('hand-decided', 'Entry by hand decided'), ('sequences-raised', 'Sequences raised after a restore'), ('file-begun', 'Export of a long list started'), ('file-taken', 'List or licence file downloaded'), ('code-mailed', 'Unlock code sent by e-mail'), ('caller-noted', 'Who called noted'), ('note-written', 'Note written'), ('import-taken-back', 'Import taken back'), ('quality-marked', 'Data quality entries worked on'), ('quality-filter-changed', 'Filter of a data quality list changed'), ('reminder-rule-changed', 'Reminder rule changed'), ('reminder-marked', 'Reminder ticked off or snoozed'), ('key-created', 'Key for a program created'), ('key-rotated', 'Key for a program rotated'), ('key-revoked', 'Key for a program revoked'), ('webhook-created', 'Webhook created'), ('webhook-changed', 'Webhook changed'), ('webhook-rotated', 'Secret of a webhook rotated'), ('webhook-tested', 'Webhook tested'), ('webhook-replayed', 'Events sent again to a webhook'), ('baseline-made', 'Baseline of older records')], max_length=40, verbose_name='what'),
        ),
        migrations.AddConstraint(
            model_name='logcheck',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('state',), name='one_log_check_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='logcheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='log_check_ends_with_its_state'),
        ),
    ]
