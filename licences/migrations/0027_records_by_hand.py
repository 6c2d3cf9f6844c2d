"""Entries by hand, and decisions about them. Of events only the list of kinds has grown, not the database."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0004_labels'),
        ('licences', '0026_code_deliveries'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('purchases-recorded', 'Purchases recorded'), ('installations-taken-over', 'Installations taken over'), ('registered', 'Registered'), ('registration-renewed', 'New registration details'), ('licences-updated', 'Licences updated'), ('released', 'Serial released'), ('server-proved', 'Server verified'), ('connection-allowed', 'Server allowed to connect'), ('relicensing-checked', 'Checklist checked'), ('relicensing-confirmed', 'Asked again'), ('relicensing-decided', 'Checklist item accepted'), ('relicensing-agreed', 'First of two approvals'), ('relicensing-handed-over', 'Handed over to a supervisor'), ('relicensing-withdrawn', 'Re-licensing withdrawn'), ('relicensing-closed', 'Re-licensing request closed'), ('relicensing-reopened', 'Withdrawal undone'), ('re-licensed', 'Re-licensed'), ('emergency-issued', 'Emergency code issued'), ('emergency-code-wrong', 'Wrong release code for an emergency'), ('emergency-code-reported', 'Release code reported, not yet accepted'), ('emergency-settled', 'Emergency closed with the release code'), ('emergency-decided', 'Emergency code made permanent by decision'), ('emergency-withdrawn', 'Emergency code withdrawn'), ('blocked', 'Serial blocked'), ('unblocked', 'Serial unblocked'), ('transferred', 'Serial transferred to another customer'), ('claim-refused', 'Attempt refused'), ('customer-corrected', 'Customer corrected'), ('catalogue-changed', 'Catalogue changed'), ('reference-changed', 'Product facts changed'), ('customers-merged', 'Customers merged'), ('customer-erased', 'Personal data erased'), ('customer-exported', 'Personal data exported'), ('case-file-made', 'Case file downloaded as PDF'), ('log-exported', 'Event log exported'), ('customer-entered', 'Customer entered by hand'), ('hand-entered', 'Purchase entered by hand'), ('hand-decided', 'Entry by hand decided'), ('sequences-raised', 'Sequences raised after a restore'), ('file-begun', 'Export of a long list started'), ('file-taken', 'List or licence file downloaded'), ('code-mailed', 'Unlock code sent by e-mail'), ('caller-noted', 'Who called noted'), ('note-written', 'Note written'), ('baseline-made', 'Baseline of older records')], max_length=40, verbose_name='what'),
        ),
        migrations.CreateModel(
            name='HandEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True, verbose_name='number')),
                ('kind', models.CharField(choices=[('customer', 'Customer'), ('purchase', 'Purchase'), ('return', 'Return'), ('correction', 'Correction')], max_length=20, verbose_name='kind')),
                ('site_name', models.CharField(blank=True, max_length=200, verbose_name='site name')),
                ('lines', models.JSONField(default=dict, verbose_name='licences')),
                ('purchased_on', models.DateField(blank=True, null=True, verbose_name='purchased')),
                ('software_assurance_until', models.DateField(blank=True, null=True, verbose_name='Software Assurance until')),
                ('needs_decision', models.BooleanField(default=False, verbose_name='needs a second person')),
                ('reason', models.TextField(verbose_name='reason')),
                ('entered_by', models.CharField(max_length=150, verbose_name='entered by')),
                ('entered_by_number', models.BigIntegerField(blank=True, editable=False, null=True)),
                ('entered_at', models.DateTimeField(verbose_name='entered')),
                ('token', models.CharField(blank=True, editable=False, max_length=32)),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='licences.handentry', verbose_name='corrected entry')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hand_entries', to='customers.customer', verbose_name='customer')),
                ('serial', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hand_entries', to='licences.serial', verbose_name='serial number')),
            ],
            options={
                'verbose_name': 'entry by hand',
                'verbose_name_plural': 'entries by hand',
                'ordering': ['-number'],
                'permissions': [('record_by_hand', 'Can enter customers, purchases and returns by hand'), ('agree_by_hand', 'Can agree to entries by hand of other people')],
            },
        ),
        migrations.CreateModel(
            name='HandDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_agreed', models.BooleanField(verbose_name='agreed')),
                ('reason', models.TextField(verbose_name='reason')),
                ('decided_by', models.CharField(max_length=150, verbose_name='by')),
                ('decided_by_number', models.BigIntegerField(blank=True, editable=False, null=True)),
                ('decided_at', models.DateTimeField(verbose_name='when')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='licences.handentry', verbose_name='entry by hand')),
            ],
            options={
                'verbose_name': 'decision about an entry by hand',
                'verbose_name_plural': 'decisions about entries by hand',
                'ordering': ['pk'],
            },
        ),
        migrations.AddIndex(
            model_name='handentry',
            index=models.Index(condition=models.Q(('needs_decision', True)), fields=['number'], name='hand_entry_to_decide'),
        ),
        migrations.AddConstraint(
            model_name='handentry',
            constraint=models.UniqueConstraint(condition=models.Q(('token', ''), _negated=True), fields=('token',), name='one_hand_entry_per_form'),
        ),
        migrations.AddConstraint(
            model_name='handentry',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='hand_entry_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='handentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrects__isnull', False), ('kind', 'correction')), models.Q(models.Q(('kind', 'correction'), _negated=True), ('corrects', None)), _connector='OR'), name='hand_entry_corrects_an_entry'),
        ),
        migrations.AddConstraint(
            model_name='handdecision',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='hand_decision_has_a_reason'),
        ),
    ]
