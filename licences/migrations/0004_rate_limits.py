"""Rate limits, counted by every request. They are worth nothing after a minute and may be lost in a crash:
on PostgreSQL the table is not logged, so that counting waits for no disk, and its pages keep room for updates in place.
"""

from django.db import migrations, models


def leave_unlogged(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE licences_ratelimit SET UNLOGGED")
        schema_editor.execute("ALTER TABLE licences_ratelimit SET (fillfactor = 50)")


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0003_refused_claims'),
    ]

    operations = [
        migrations.CreateModel(
            name='RateLimit',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('busy_until', models.FloatField()),
            ],
            options={
                'verbose_name': 'rate limit',
                'verbose_name_plural': 'rate limits',
            },
        ),
        migrations.RunPython(leave_unlogged, migrations.RunPython.noop),
    ]
