"""Unlock codes keep the last day of Software Assurance. Rows from before stay as they are: append-only, and by month."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0012_raised_sequences'),
    ]

    operations = [
        migrations.AddField(
            model_name='unlockcode',
            name='assured_until',
            field=models.DateField(blank=True, null=True, verbose_name='Software Assurance until'),
        ),
    ]
