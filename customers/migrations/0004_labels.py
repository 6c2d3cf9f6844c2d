"""A plainer label of where a change came from. Changes no schema, no stored value and no row."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_field_history'),
    ]

    operations = [
        migrations.AlterField(
            model_name='historicalcustomer',
            name='history_source',
            field=models.CharField(blank=True, max_length=40, verbose_name='source'),
        ),
        migrations.AlterField(
            model_name='historicalsite',
            name='history_source',
            field=models.CharField(blank=True, max_length=40, verbose_name='source'),
        ),
    ]
