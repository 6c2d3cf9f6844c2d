"""Imports that are taken back: rows that reverse another one, and the generation of a purchase line.

Append-only rows get nullable columns and stay as they are. The new uniqueness counts a row without generation as the
first, so it also holds for rows that older code writes. The old one goes in the next migration.
"""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0031_sender_profiles'),
    ]

    operations = [
        migrations.AddField(
            model_name='fileimport',
            name='inbox_key',
            field=models.CharField(blank=True, editable=False, max_length=64, null=True),
        ),
        migrations.AddField(
            model_name='fileimport',
            name='inbox_sender',
            field=models.CharField(blank=True, editable=False, max_length=100, null=True, verbose_name='sender'),
        ),
        migrations.AddField(
            model_name='fileimport',
            name='taken_back_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='taken back'),
        ),
        migrations.AddField(
            model_name='fileimport',
            name='taken_back_by',
            field=models.CharField(blank=True, editable=False, max_length=150, null=True, verbose_name='taken back by'),
        ),
        migrations.AddField(
            model_name='fileimport',
            name='taken_back_reason',
            field=models.TextField(blank=True, editable=False, null=True, verbose_name='reason for taking back'),
        ),
        migrations.AddField(
            model_name='licencegrant',
            name='generation',
            field=models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='licencegrant',
            name='reverses',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='licences.licencegrant', verbose_name='reversed line'),
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('purchases-recorded', 'Purchases recorded'), ('installations-taken-over', 'Installations taken over'), ('registered', 'Registered'), ('registration-renewed', 'New registration details'), ('licences-updated', 'Licences updated'), ('released', 'Serial released'), ('server-proved', 'Server verified'), ('connection-allowed', 'Server allowed to connect'), ('relicensing-checked', 'Checklist checked'), ('relicensing-confirmed', 'Asked again'), ('relicensing-decided', 'Checklist item accepted'), ('relicensing-agreed', 'First of two approvals'), ('relicensing-handed-over', 'Handed over to a supervisor'), ('relicensing-withdrawn', 'Re-licensing withdrawn'), ('relicensing-closed', 'Re-licensing request closed'), ('relicensing-reopened', 'Withdrawal undone'), ('re-licensed', 'Re-licensed'), ('emergency-issued', 'Emergency code issued'), ('emergency-code-wrong', 'Wrong release code for an emergency'), ('emergency-code-reported', 'Release code reported, not yet accepted'), ('emergency-settled', 'Emergency closed with the release code'), ('emergency-decided', 'Emergency code made permanent by decision'), ('emergency-withdrawn', 'Emergency code withdrawn'), ('blocked', 'Serial blocked'), ('unblocked', 'Serial unblocked'), ('transferred', 'Serial transferred to another customer'), ('claim-refused', 'Attempt refused'), ('customer-corrected', 'Customer corrected'), ('catalogue-changed', 'Catalogue changed'), ('reference-changed', 'Product facts changed'), ('customers-merged', 'Customers merged'), ('customer-erased', 'Personal data erased'), ('customer-exported', 'Personal data exported'), ('case-file-made', 'Case file downloaded as PDF'), ('log-exported', 'Event log exported'), ('customer-entered', 'Customer entered by hand'), ('hand-entered', 'Purchase entered by hand'), ('hand-decided', 'Entry by hand decided'), ('sequences-raised', 'Sequences raised after a restore'), ('file-begun', 'Export of a long list started'), ('file-taken', 'List or licence file downloaded'), ('code-mailed', 'Unlock code sent by e-mail'), ('caller-noted', 'Who called noted'), ('note-written', 'Note written'), ('import-taken-back', 'Import taken back'), ('baseline-made', 'Baseline of older records')], max_length=40, verbose_name='what'),
        ),
        migrations.AlterField(
            model_name='fileimport',
            name='state',
            field=models.CharField(choices=[('waiting', 'waiting to be read'), ('reading', 'being read'), ('checking', 'being checked'), ('preview', 'awaiting confirmation'), ('confirmed', 'waiting to be imported'), ('applying', 'being imported'), ('applied', 'imported'), ('withdrawn', 'discarded'), ('failed', 'not readable'), ('taken-back', 'taken back')], default='waiting', max_length=20, verbose_name='state'),
        ),
        migrations.AddConstraint(
            model_name='fileimport',
            constraint=models.UniqueConstraint(condition=models.Q(('inbox_key__isnull', False)), fields=('inbox_key',), name='one_import_per_inbox_file'),
        ),
        migrations.AddConstraint(
            model_name='licencegrant',
            constraint=models.UniqueConstraint(models.F('purchase_reference'), models.F('line'), django.db.models.functions.comparison.Coalesce('generation', 0), name='one_grant_per_line_and_generation'),
        ),
        migrations.AddConstraint(
            model_name='licencegrant',
            constraint=models.UniqueConstraint(condition=models.Q(('reverses__isnull', False)), fields=('reverses',), name='one_reversal_per_grant'),
        ),
    ]
