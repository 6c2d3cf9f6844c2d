"""When a receiver of webhooks said that it is gone, and when administrators were told. Code before this release does not
know the columns, and leaves them null."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0053_calls_of_the_api'),
    ]

    operations = [
        migrations.AddField(
            model_name='webhook',
            name='gone_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='gone since'),
        ),
        migrations.AddField(
            model_name='webhook',
            name='gone_told_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
