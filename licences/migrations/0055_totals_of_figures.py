"""Totals of figures: a table of its own and nullable columns. Older code leaves them alone; its days have no totals."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0054_receivers_that_are_gone'),
    ]

    operations = [
        migrations.AddField(
            model_name='figureday',
            name='month_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='figureday',
            name='totals_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.CreateModel(
            name='FigureTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('length', models.CharField(max_length=5)),
                ('product', models.BigIntegerField(default=0)),
                ('reseller', models.CharField(blank=True, max_length=50, verbose_name='reseller')),
                ('country', models.CharField(blank=True, max_length=2, verbose_name='country')),
                ('day', models.DateField(verbose_name='day')),
                ('figure', models.CharField(max_length=20, verbose_name='figure')),
                ('part', models.CharField(blank=True, max_length=50, verbose_name='part')),
                ('value', models.BigIntegerField(verbose_name='count')),
            ],
            options={
                'verbose_name': 'total of a figure',
                'verbose_name_plural': 'totals of figures',
                'indexes': [models.Index(fields=['length', 'day', 'figure', 'product'], name='totals_of_a_day')],
                'constraints': [models.UniqueConstraint(fields=('length', 'product', 'reseller', 'country', 'day', 'figure', 'part'), name='one_total_of_a_part')],
            },
        ),
    ]
