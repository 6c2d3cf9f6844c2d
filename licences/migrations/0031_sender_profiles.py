"""Profiles of senders in a table of their own, and the profile of an import, which older code leaves empty."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0030_fill_record_keys'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('purchases-recorded', 'Purchases recorded'), ('installations-taken-over', 'Installations taken over'), ('registered', 'Registered'), ('registration-renewed', 'New registration details'), ('licences-updated', 'Licences updated'), ('released', 'Serial released'), ('server-proved', 'Server verified'), ('connection-allowed', 'Server allowed to connect'), ('relicensing-checked', 'Checklist checked'), ('relicensing-confirmed', 'Asked again'), ('relicensing-decided', 'Checklist item accepted'), ('relicensing-agreed', 'First of two approvals'), ('relicensing-handed-over', 'Handed over to a supervisor'), ('relicensing-withdrawn', 'Re-licensing withdrawn'), ('relicensing-closed', 'Re-licensing request closed'), ('relicensing-reopened', 'Withdrawal undone'), ('re-licensed', 'Re-licensed'), ('emergency-issued', 'Emergency code issued'), ('emergency-code-wrong', 'Wrong release code for an emergency'), ('emergency-code-reported', 'Release code reported, not yet accepted'), ('emergency-settled', 'Emergency closed with the release code'), ('emergency-decided', 'Emergency code made permanent by decision'), ('emergency-withdrawn', 'Emergency code withdrawn'), ('blocked', 'Serial blocked'), ('unblocked', 'Serial unblocked'), ('transferred', 'Serial transferred to another customer'), ('claim-refused', 'Attempt refused'), ('customer-corrected', 'Customer corrected'), ('catalogue-changed', 'Catalogue changed'), ('reference-changed', 'Product facts changed'), ('profile-changed', 'Sender profile changed'), ('customers-merged', 'Customers merged'), ('customer-erased', 'Personal data erased'), ('customer-exported', 'Personal data exported'), ('case-file-made', 'Case file downloaded as PDF'), ('log-exported', 'Event log exported'), ('customer-entered', 'Customer entered by hand'), ('hand-entered', 'Purchase entered by hand'), ('hand-decided', 'Entry by hand decided'), ('sequences-raised', 'Sequences raised after a restore'), ('file-begun', 'Export of a long list started'), ('file-taken', 'List or licence file downloaded'), ('code-mailed', 'Unlock code sent by e-mail'), ('caller-noted', 'Who called noted'), ('note-written', 'Note written'), ('baseline-made', 'Baseline of older records')], max_length=40, verbose_name='what'),
        ),
        migrations.AlterField(
            model_name='fileimport',
            name='state',
            field=models.CharField(choices=[('waiting', 'waiting to be read'), ('reading', 'being read'), ('columns', 'waiting for its columns'), ('checking', 'being checked'), ('preview', 'awaiting confirmation'), ('confirmed', 'waiting to be imported'), ('applying', 'being imported'), ('applied', 'imported'), ('withdrawn', 'discarded'), ('failed', 'not readable')], default='waiting', max_length=20, verbose_name='state'),
        ),
        migrations.CreateModel(
            name='SenderProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='sender')),
                ('name_key', models.CharField(editable=False, max_length=300, unique=True)),
                ('kind', models.CharField(choices=[('purchases', 'Purchases'), ('installations', 'Installations of an older system')], default='purchases', max_length=20, verbose_name='kind')),
                ('titles', models.JSONField(default=list, verbose_name='column titles')),
                ('columns', models.JSONField(default=list, verbose_name='our columns')),
                ('shape', models.CharField(editable=False, max_length=64)),
                ('encoding', models.CharField(blank=True, max_length=30, verbose_name='code page')),
                ('delimiter', models.CharField(blank=True, choices=[(',', 'comma'), (';', 'semicolon'), ('\t', 'tab'), ('|', 'vertical bar')], max_length=1, verbose_name='separator')),
                ('decimal_style', models.CharField(blank=True, choices=[(',', '1.000,00 (comma for decimals)'), ('.', '1,000.00 (point for decimals)')], max_length=1, verbose_name='numbers are written')),
                ('totals_words', models.CharField(blank=True, max_length=200, verbose_name='totals rows begin with')),
                ('defaults', models.JSONField(blank=True, default=dict, verbose_name='default values')),
                ('has_own_numbers', models.BooleanField(default=False, verbose_name='its customer numbers are its own')),
                ('changed_by', models.CharField(max_length=150, verbose_name='changed by')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
            ],
            options={
                'verbose_name': 'sender profile',
                'verbose_name_plural': 'sender profiles',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'shape'), name='one_profile_of_a_shape')],
            },
        ),
        migrations.AddField(
            model_name='fileimport',
            name='profile',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='imports', to='licences.senderprofile', verbose_name='sender profile'),
        ),
    ]
