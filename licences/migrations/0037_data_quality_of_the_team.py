"""What the worker finds for the lists of data quality, what the team notes about it, and saved filters: new tables only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0005_customer_keys'),
        ('licences', '0036_states_of_imports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='QualityCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list', models.CharField(max_length=40, unique=True)),
                ('entries', models.PositiveIntegerField(default=0)),
                ('more', models.BooleanField(default=False)),
                ('oldest', models.DateField(null=True)),
                ('counted_at', models.DateTimeField(null=True)),
                ('begun_at', models.DateTimeField(null=True)),
                ('by_worker', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name': 'data quality count',
                'verbose_name_plural': 'data quality counts',
            },
        ),
        migrations.CreateModel(
            name='QualityFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list', models.CharField(max_length=40, verbose_name='list')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('name_key', models.CharField(editable=False, max_length=180)),
                ('is_shared', models.BooleanField(default=False, verbose_name='shared with the team')),
                ('values', models.JSONField(default=dict, verbose_name='filter')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'saved filter',
                'verbose_name_plural': 'saved filters',
                'ordering': ['name_key', 'pk'],
                'permissions': [('share_qualityfilter', 'Can share filters of data quality lists')],
                'constraints': [models.UniqueConstraint(fields=('list', 'owner', 'name_key'), name='one_quality_filter_per_name')],
            },
        ),
        migrations.CreateModel(
            name='QualityFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list', models.CharField(max_length=40)),
                ('subject', models.BigIntegerField()),
                ('second', models.BigIntegerField(default=0)),
                ('since', models.DateField()),
                ('fingerprint', models.CharField(max_length=16)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('other', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('serial', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='licences.serial')),
            ],
            options={
                'verbose_name': 'data quality entry',
                'verbose_name_plural': 'data quality entries',
                'indexes': [models.Index(fields=['list', 'since', 'subject', 'second'], name='quality_finding_by_day')],
                'constraints': [models.UniqueConstraint(fields=('list', 'subject', 'second'), name='one_quality_finding_per_entry')],
            },
        ),
        migrations.CreateModel(
            name='QualityMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('list', models.CharField(max_length=40, verbose_name='list')),
                ('subject', models.BigIntegerField()),
                ('second', models.BigIntegerField(default=0)),
                ('state', models.CharField(choices=[('open', 'open'), ('snoozed', 'snoozed'), ('done', 'ticked off')], default='open', max_length=10, verbose_name='state')),
                ('fingerprint', models.CharField(blank=True, max_length=16)),
                ('snoozed_until', models.DateField(blank=True, null=True, verbose_name='snoozed until')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('did', models.CharField(choices=[('tick-off', 'ticked off'), ('snooze', 'snoozed'), ('assign', 'assigned'), ('put-back', 'put back on the list')], max_length=10, verbose_name='what')),
                ('changed_by', models.CharField(max_length=150, verbose_name='changed by')),
                ('changed_by_number', models.BigIntegerField(blank=True, editable=False, null=True)),
                ('changed_at', models.DateTimeField(db_index=True, verbose_name='when')),
                ('act', models.CharField(db_index=True, max_length=32)),
                ('before', models.JSONField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('assigned_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assigned to')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='customer')),
                ('other', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='other customer')),
                ('serial', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='licences.serial', verbose_name='serial number')),
            ],
            options={
                'verbose_name': 'state of a data quality entry',
                'verbose_name_plural': 'states of data quality entries',
                'constraints': [models.UniqueConstraint(fields=('list', 'subject', 'second'), name='one_quality_mark_per_entry'), models.CheckConstraint(condition=models.Q(models.Q(('snoozed_until__isnull', False), ('state', 'snoozed')), models.Q(models.Q(('state', 'snoozed'), _negated=True), ('snoozed_until__isnull', True)), _connector='OR'), name='quality_mark_snoozed_until_a_day')],
            },
        ),
    ]
