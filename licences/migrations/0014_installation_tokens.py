"""How a server proves itself: columns that may be null, so that older code goes on inserting without them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0013_assured_days'),
    ]

    operations = [
        migrations.AddField(
            model_name='installation',
            name='connect_opened_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='allowed to connect since'),
        ),
        migrations.AddField(
            model_name='installation',
            name='proved_code',
            field=models.CharField(blank=True, editable=False, max_length=53, null=True, verbose_name='unlock code shown, not on record'),
        ),
        migrations.AddField(
            model_name='installation',
            name='proved_sequence',
            field=models.PositiveSmallIntegerField(blank=True, editable=False, null=True, verbose_name='its number'),
        ),
        migrations.AddField(
            model_name='installation',
            name='reached_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last call'),
        ),
        migrations.AddField(
            model_name='installation',
            name='token_bound_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='token known since'),
        ),
        migrations.AddField(
            model_name='installation',
            name='token_digest',
            field=models.CharField(blank=True, editable=False, max_length=64, null=True, verbose_name='digest of the token'),
        ),
    ]
