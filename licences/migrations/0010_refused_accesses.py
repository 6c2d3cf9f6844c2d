"""Counts of what was refused to people who are logged in, and of what browsers refused to pages."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0009_case_files_and_erasure'),
    ]

    operations = [
        migrations.CreateModel(
            name='PolicyViolation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('directive', models.CharField(max_length=40, verbose_name='directive')),
                ('blocked', models.CharField(blank=True, max_length=120, verbose_name='what was blocked')),
                ('times', models.PositiveBigIntegerField(default=1, verbose_name='how often')),
                ('first_at', models.DateTimeField(verbose_name='first reported')),
                ('last_at', models.DateTimeField(db_index=True, verbose_name='last reported')),
            ],
            options={
                'verbose_name': 'policy violation',
                'verbose_name_plural': 'policy violations',
                'ordering': ['-last_at'],
                'constraints': [
                    models.UniqueConstraint(fields=('directive', 'blocked'), name='one_count_per_policy_violation'),
                ],
            },
        ),
        migrations.CreateModel(
            name='RefusedAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('username', models.CharField(max_length=150, verbose_name='user')),
                ('method', models.CharField(max_length=10, verbose_name='method')),
                ('page', models.CharField(max_length=200, verbose_name='page')),
                ('why', models.CharField(max_length=60, verbose_name='why refused')),
                ('times', models.PositiveBigIntegerField(default=1, verbose_name='how often')),
                ('first_at', models.DateTimeField(verbose_name='first tried')),
                ('last_at', models.DateTimeField(db_index=True, verbose_name='last tried')),
            ],
            options={
                'verbose_name': 'refused access',
                'verbose_name_plural': 'refused accesses',
                'ordering': ['-last_at'],
                'constraints': [
                    models.UniqueConstraint(fields=('username', 'method', 'page', 'why'), name='one_count_per_refused_access'),
                ],
            },
        ),
    ]
