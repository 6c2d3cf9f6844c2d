from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0015_kinds_of_proof'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='unlockcode',
            options={'ordering': ['-pk'], 'permissions': [('export_unlockcode', 'Can export lists with unlock codes and release codes')], 'verbose_name': 'unlock code', 'verbose_name_plural': 'unlock codes'},
        ),
    ]
