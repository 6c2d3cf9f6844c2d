"""The dead PC: emergencies with their follow-ups, and what supervisors agreed to; wrong release codes, to be counted."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0007_kinds_of_events'),
    ]

    operations = [
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(choices=[('release_code', 'Release code'), ('customer_name', "Customer's name"), ('address_line1', 'First line of the address'), ('relicensing-limit', 'Many re-licensings'), ('wrong-code-limit', 'Many wrong release codes'), ('emergency', 'Emergency code'), ('for-good', 'Permanent code without the release code')], max_length=20, verbose_name='what')),
                ('counted', models.PositiveIntegerField(default=0, verbose_name='counted')),
                ('reason', models.TextField(verbose_name='reason')),
                ('approved_by', models.CharField(max_length=150, verbose_name='by')),
                ('approved_at', models.DateTimeField(verbose_name='when')),
            ],
            options={
                'verbose_name': 'approval',
                'verbose_name_plural': 'approvals',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Emergency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('expires_on', models.DateField(verbose_name='valid until')),
                ('reason', models.TextField(verbose_name='reason')),
                ('issued_by', models.CharField(max_length=150, verbose_name='issued by')),
                ('issued_at', models.DateTimeField(verbose_name='issued')),
                ('outcome', models.CharField(blank=True, choices=[('release-code', 'proved by the release code'), ('decided', 'decided for good'), ('withdrawn', 'withdrawn')], max_length=20, verbose_name='outcome')),
                ('settled_by', models.CharField(blank=True, max_length=150, verbose_name='settled by')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled')),
                ('settled_reason', models.TextField(blank=True, verbose_name='reason for settling')),
            ],
            options={
                'verbose_name': 'emergency',
                'verbose_name_plural': 'emergencies',
                'ordering': ['-pk'],
                'permissions': [('issue_emergency', 'Can issue emergency codes, decide their follow-ups and withdraw them')],
            },
        ),
        migrations.CreateModel(
            name='WrongReleaseCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=11, verbose_name='release code')),
                ('given_by', models.CharField(max_length=150, verbose_name='given by')),
                ('given_at', models.DateTimeField(verbose_name='when')),
            ],
            options={
                'verbose_name': 'wrong release code',
                'verbose_name_plural': 'wrong release codes',
                'ordering': ['-pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='relicensing',
            name='relicensing_outcome_is_whole',
        ),
        migrations.AddField(
            model_name='relicensing',
            name='waiting_for',
            field=models.JSONField(blank=True, default=list, verbose_name='waits for a supervisor because of'),
        ),
        migrations.AddField(
            model_name='relicensing',
            name='waiting_since',
            field=models.DateTimeField(blank=True, null=True, verbose_name='waits since'),
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('purchases-recorded', 'Purchases recorded'), ('installations-taken-over', 'Installations taken over'), ('registered', 'Registered'), ('registration-renewed', 'New registration details'), ('licences-updated', 'Licences updated'), ('released', 'Serial released'), ('relicensing-checked', 'Checklist checked'), ('relicensing-confirmed', 'Asked again'), ('relicensing-decided', 'Checklist item accepted'), ('relicensing-agreed', 'One of two supervisors agreed'), ('relicensing-withdrawn', 'Re-licensing withdrawn'), ('re-licensed', 'Re-licensed'), ('emergency-issued', 'Emergency code issued'), ('emergency-code-wrong', 'Wrong release code for an emergency'), ('emergency-code-reported', 'Release code reported, not yet accepted'), ('emergency-settled', 'Emergency settled by the release code'), ('emergency-decided', 'Emergency decided for good'), ('emergency-withdrawn', 'Emergency code withdrawn'), ('blocked', 'Serial blocked'), ('unblocked', 'Serial unblocked'), ('transferred', 'Serial transferred to another customer'), ('claim-refused', 'Claim refused'), ('customer-corrected', 'Customer corrected'), ('catalogue-changed', 'Catalogue changed'), ('reference-changed', 'Reference facts changed'), ('customers-merged', 'Customers merged')], max_length=40, verbose_name='what'),
        ),
        migrations.AlterField(
            model_name='installation',
            name='end_reason',
            field=models.CharField(blank=True, choices=[('released', 'released by the server'), ('re-licensed', 're-licensed'), ('emergency', 'replaced in an emergency'), ('by-hand', 'taken over by hand'), ('emergency-withdrawn', 'emergency code withdrawn')], max_length=20, verbose_name='how it ended'),
        ),
        migrations.AlterField(
            model_name='relicensing',
            name='outcome',
            field=models.CharField(blank=True, choices=[('issued', 'unlock code issued'), ('emergency', 'emergency code issued'), ('withdrawn', 'withdrawn')], max_length=20, verbose_name='outcome'),
        ),
        migrations.AlterField(
            model_name='unlockcode',
            name='occasion',
            field=models.CharField(choices=[('registration', 'registration'), ('update', 'licences updated'), ('re-licensing', 're-licensing'), ('emergency', 'emergency'), ('permanent', 'made permanent after an emergency')], max_length=20, verbose_name='made for'),
        ),
        migrations.AddIndex(
            model_name='relicensing',
            index=models.Index(condition=models.Q(('waiting_since__isnull', False)), fields=['waiting_since'], name='relicensing_by_wait'),
        ),
        migrations.AddConstraint(
            model_name='relicensing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('outcome', ''), ('unlock_code', None)), models.Q(('closed_at__isnull', False), ('outcome', 'withdrawn'), ('unlock_code', None)), models.Q(('closed_at__isnull', False), ('outcome__in', ('issued', 'emergency')), ('unlock_code__isnull', False)), _connector='OR'), name='relicensing_outcome_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='relicensing',
            constraint=models.CheckConstraint(condition=models.Q(('waiting_since', None), ('closed_at', None), _connector='OR'), name='only_open_requests_wait'),
        ),
        migrations.AddField(
            model_name='approval',
            name='checklist',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='licences.checklistcheck', verbose_name='check'),
        ),
        migrations.AddField(
            model_name='emergency',
            name='earlier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='licences.installation', verbose_name='earlier installation'),
        ),
        migrations.AddField(
            model_name='emergency',
            name='installation',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='emergency', to='licences.installation', verbose_name='installation'),
        ),
        migrations.AddField(
            model_name='emergency',
            name='permanent_code',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='licences.unlockcode', verbose_name='permanent unlock code'),
        ),
        migrations.AddField(
            model_name='emergency',
            name='request',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='emergency', to='licences.relicensing', verbose_name='request'),
        ),
        migrations.AddField(
            model_name='emergency',
            name='serial',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='emergencies', to='licences.serial', verbose_name='serial number'),
        ),
        migrations.AddField(
            model_name='approval',
            name='emergency',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='licences.emergency', verbose_name='emergency'),
        ),
        migrations.AddField(
            model_name='wrongreleasecode',
            name='serial',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='wrong_release_codes', to='licences.serial', verbose_name='serial number'),
        ),
        migrations.AddIndex(
            model_name='emergency',
            index=models.Index(condition=models.Q(('settled_at', None)), fields=['expires_on'], name='open_emergency_by_day'),
        ),
        migrations.AddConstraint(
            model_name='emergency',
            constraint=models.UniqueConstraint(condition=models.Q(('settled_at', None)), fields=('serial',), name='one_open_emergency_per_serial'),
        ),
        migrations.AddConstraint(
            model_name='emergency',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('permanent_code', None), ('settled_at', None)), models.Q(('outcome', 'release-code'), ('settled_at__isnull', False)), models.Q(('outcome', 'decided'), ('settled_at__isnull', False), models.Q(('settled_reason', ''), _negated=True)), models.Q(('outcome', 'withdrawn'), ('permanent_code', None), ('settled_at__isnull', False), models.Q(('settled_reason', ''), _negated=True)), _connector='OR'), name='emergency_outcome_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='emergency',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='emergency_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checklist__isnull', False), ('emergency', None)), models.Q(('checklist', None), ('emergency__isnull', False)), _connector='OR'), name='approval_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='approval_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(condition=models.Q(('emergency__isnull', False)), fields=('emergency', 'subject', 'approved_by'), name='one_approval_each_of_an_emergency'),
        ),
        migrations.AddIndex(
            model_name='wrongreleasecode',
            index=models.Index(fields=['serial', 'given_at'], name='wrong_code_by_serial'),
        ),
    ]
