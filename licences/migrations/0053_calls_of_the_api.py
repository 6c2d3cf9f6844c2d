"""How often the API was called, by day and outcome: a table of its own; older code leaves it alone."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0052_figures_of_products_and_resellers'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiCallCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('call', models.CharField(max_length=40, verbose_name='call')),
                ('outcome', models.CharField(blank=True, max_length=40, verbose_name='outcome')),
                ('times', models.PositiveBigIntegerField(verbose_name='count')),
                ('counted_at', models.DateTimeField(verbose_name='last counted')),
            ],
            options={
                'verbose_name': 'calls of the API',
                'verbose_name_plural': 'calls of the API',
                'constraints': [models.UniqueConstraint(fields=('day', 'call', 'outcome'), name='one_count_per_api_call')],
            },
        ),
    ]
