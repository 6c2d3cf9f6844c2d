"""Webhooks and the messages to them: two new tables, which the code before this release does not know."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0042_kinds_of_events_of_webhooks'),
    ]

    operations = [
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('url', models.CharField(max_length=500, verbose_name='address')),
                ('kinds', models.JSONField(default=list, verbose_name='kinds of events')),
                ('enabled', models.BooleanField(default=True, verbose_name='switched on')),
                ('sealed_secret', models.TextField(editable=False)),
                ('sealed_old_secret', models.TextField(blank=True, editable=False)),
                ('old_secret_until', models.DateTimeField(blank=True, null=True, verbose_name='old secret signs until')),
                ('position', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='messages made up to event')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('created_by', models.CharField(max_length=150, verbose_name='created by')),
                ('last_success_at', models.DateTimeField(blank=True, null=True, verbose_name='last success')),
                ('last_failure_at', models.DateTimeField(blank=True, null=True, verbose_name='last failure')),
                ('failures', models.PositiveIntegerField(default=0, editable=False)),
                ('resting_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('lease', models.CharField(blank=True, editable=False, max_length=32)),
                ('leased_until', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('old_secret_until', None), ('sealed_old_secret', '')), models.Q(models.Q(('sealed_old_secret', ''), _negated=True), ('old_secret_until__isnull', False)), _connector='OR'), name='webhook_old_secret_has_an_end'), models.CheckConstraint(condition=models.Q(models.Q(('lease', ''), ('leased_until', None)), models.Q(models.Q(('lease', ''), _negated=True), ('leased_until__isnull', False)), _connector='OR'), name='webhook_lease_has_an_end')],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.CharField(max_length=40, unique=True, verbose_name='message')),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('serial', models.CharField(blank=True, db_index=True, max_length=8, verbose_name='serial number')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('delivered', 'delivered'), ('parked', 'parked')], default='waiting', max_length=10, verbose_name='state')),
                ('queued_at', models.DateTimeField(verbose_name='queued')),
                ('due_at', models.DateTimeField(verbose_name='next try')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('tried_at', models.DateTimeField(blank=True, null=True, verbose_name='last try')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('status', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='HTTP status')),
                ('milliseconds', models.PositiveIntegerField(blank=True, null=True, verbose_name='milliseconds')),
                ('failure', models.CharField(blank=True, max_length=40, verbose_name='error')),
                ('excerpt', models.CharField(blank=True, max_length=300, verbose_name='answer')),
                ('body', models.TextField(blank=True, verbose_name='body')),
                ('event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='licences.event', verbose_name='event')),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='licences.webhook', verbose_name='webhook')),
            ],
            options={
                'verbose_name': 'webhook message',
                'verbose_name_plural': 'webhook messages',
                'ordering': ['-pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['webhook', 'serial', 'event'], name='webhook_message_that_waits'), models.Index(condition=models.Q(('state', 'waiting')), fields=['webhook', 'event'], name='webhook_message_next'), models.Index(condition=models.Q(('state', 'parked')), fields=['webhook', 'id'], name='webhook_message_parked'), models.Index(condition=models.Q(('body', ''), _negated=True), fields=['ended_at'], name='webhook_message_with_body')],
                'constraints': [models.UniqueConstraint(fields=('webhook', 'event'), name='webhook_message_once'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='webhook_message_ends_with_its_state')],
            },
        ),
    ]
