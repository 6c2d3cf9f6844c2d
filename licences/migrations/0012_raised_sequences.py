"""Restores of older backups: by how much sequences were raised, and which serial numbers come back."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0011_what_was_handed_out'),
    ]

    operations = [
        migrations.CreateModel(
            name='SequenceRaise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.CharField(editable=False, max_length=32, unique=True)),
                ('by_how_many', models.PositiveSmallIntegerField(verbose_name='by how many numbers')),
                ('last_code', models.PositiveBigIntegerField(editable=False)),
                ('last_serial', models.PositiveBigIntegerField(editable=False)),
                ('raised_at', models.DateTimeField(verbose_name='when')),
                ('raised_by', models.CharField(max_length=150, verbose_name='who')),
            ],
            options={
                'verbose_name': 'raise of sequences',
                'verbose_name_plural': 'raises of sequences',
                'ordering': ['-pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('by_how_many__gte', 1), ('by_how_many__lt', 4095)), name='sequences_raised_within_range'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ReturningSerial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purchase_reference', models.CharField(max_length=64, verbose_name='purchase reference')),
                ('allocation_key', models.CharField(editable=False, max_length=32)),
                ('place', models.BigIntegerField(editable=False)),
                ('code', models.CharField(max_length=8, verbose_name='serial number')),
            ],
            options={
                'verbose_name': 'returning serial number',
                'verbose_name_plural': 'returning serial numbers',
                'ordering': ['pk'],
                'indexes': [
                    models.Index(fields=['place'], name='returning_serial_by_place'),
                    models.Index(fields=['code'], name='returning_serial_by_code'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('purchase_reference', 'allocation_key', 'code'), name='one_returning_serial_per_purchase'),
                ],
            },
        ),
        migrations.AddField(
            model_name='serial',
            name='returned_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='come back after a restore'),
        ),
    ]
