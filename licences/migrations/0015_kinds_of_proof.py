"""Events and refused attempts of servers that prove themselves. Choices only: the database does not change."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('licences', '0014_installation_tokens'),
    ]

    operations = [
        migrations.AlterField(
            model_name='refusedclaim',
            name='kind',
            field=models.CharField(choices=[('serial-in-use', 'in use on another installation'), ('relicensing-required', 'released, needs re-licensing'), ('site-id-in-use', 'site ID runs another serial number'), ('release-code-wrong', 'wrong release code'), ('installation-not-proved', 'did not prove to be the installation')], max_length=30, verbose_name='why refused'),
        ),
    ]
