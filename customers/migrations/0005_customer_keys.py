"""Keys by which purchases find a customer however number and postcode are written; a later migration fills them.

Old code leaves the columns empty; their defaults are the database's.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0004_labels'),
    ]

    operations = [
        migrations.AddField(
            model_name='customer',
            name='number_key',
            field=models.CharField(db_default='', default='', editable=False, max_length=192),
        ),
        migrations.AddField(
            model_name='customer',
            name='details_key',
            field=models.CharField(db_default='', default='', editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name='customer',
            name='country_key',
            field=models.CharField(db_default='', default='', editable=False, max_length=100),
        ),
        migrations.AddField(
            model_name='customer',
            name='street_block',
            field=models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='customer',
            name='postcode_block',
            field=models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='customer',
            name='phone_block',
            field=models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['details_key'], name='customer_by_details_key'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('number_key', ''), _negated=True), fields=['number_key'], name='customer_by_number_key'),
        ),
    ]
