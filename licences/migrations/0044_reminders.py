"""Rules that remind, their reminders, who wants the daily e-mail, and the days on which it was queued."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0043_webhooks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReminderDay',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False, verbose_name='day')),
                ('messages', models.PositiveIntegerField(default=0, verbose_name='messages')),
            ],
            options={
                'verbose_name': 'day of e-mails about reminders',
                'verbose_name_plural': 'days of e-mails about reminders',
            },
        ),
        migrations.CreateModel(
            name='ReminderRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('request-waits', 'A request waits for a decision'), ('emergency-ends', 'An emergency code ends soon'), ('follow-up-overdue', 'The follow-up of an emergency is overdue'), ('conflicting-claims', 'A serial number was claimed too often'), ('import-waits', 'An import waits for a decision'), ('support-ends', 'A release is no longer supported'), ('assurance-last', 'Software Assurance ends soon: last reminder'), ('assurance-second', 'Software Assurance ends soon: second reminder'), ('assurance-first', 'Software Assurance ends soon: first reminder'), ('not-relicensed', 'Released, and not re-licensed'), ('never-registered', 'Bought, and not registered')], max_length=30, unique=True, verbose_name='rule')),
                ('is_on', models.BooleanField(default=True, verbose_name='switched on')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('role', models.CharField(max_length=150, verbose_name='role')),
                ('in_digest', models.BooleanField(default=True, verbose_name='in the daily e-mail')),
                ('begun_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('computed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='computed')),
                ('version', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'reminder rule',
                'verbose_name_plural': 'reminder rules',
            },
        ),
        migrations.CreateModel(
            name='ReminderDigest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_email', models.BooleanField(default=False, verbose_name='by e-mail')),
                ('language', models.CharField(blank=True, max_length=10, verbose_name='language')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'choice of the daily e-mail',
                'verbose_name_plural': 'choices of the daily e-mail',
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_kind', models.CharField(choices=[('serial', 'serial'), ('emergency', 'emergency'), ('request', 'request'), ('import', 'import'), ('release', 'release')], max_length=10)),
                ('subject', models.BigIntegerField()),
                ('occurrence', models.CharField(blank=True, max_length=40)),
                ('fingerprint', models.CharField(blank=True, max_length=16)),
                ('due_since', models.DateTimeField(verbose_name='due since')),
                ('told_on', models.DateField(blank=True, null=True, verbose_name='told by e-mail')),
                ('settled_on', models.DateField(blank=True, null=True, verbose_name='settled')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='ticked off')),
                ('snoozed_until', models.DateField(blank=True, null=True, verbose_name='snoozed until')),
                ('changed_by', models.CharField(blank=True, max_length=150, verbose_name='changed by')),
                ('changed_by_number', models.BigIntegerField(blank=True, editable=False, null=True)),
                ('serial', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='licences.serial', verbose_name='serial number')),
                ('rule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='licences.reminderrule', verbose_name='rule')),
            ],
            options={
                'verbose_name': 'reminder',
                'verbose_name_plural': 'reminders',
                'indexes': [models.Index(condition=models.Q(('settled_on', None)), fields=['rule', 'due_since', 'id'], name='open_reminder_by_rule')],
                'constraints': [models.UniqueConstraint(fields=('rule', 'subject_kind', 'subject', 'occurrence'), name='one_reminder_per_occurrence'), models.CheckConstraint(condition=models.Q(('done_at', None), ('snoozed_until', None), _connector='OR'), name='reminder_is_done_or_snoozed')],
            },
        ),
    ]
