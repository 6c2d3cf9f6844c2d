"""Purchase lines by the end of their Software Assurance, for the page of renewals, and the permission to see it.

On PostgreSQL the index is made while purchases are recorded.
"""

from django.db import migrations, models

from licences.database.new_indexes import add_indexes


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('licences', '0045_kinds_of_events_of_reminders'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='licencegrant',
            options={'permissions': [('import_purchases', 'Can import purchases'), ('view_renewals', 'Can see what Software Assurance ends, by month')], 'verbose_name': 'licence grant', 'verbose_name_plural': 'licence grants'},
        ),
        add_indexes(
            "licencegrant",
            [
                models.Index(
                    condition=models.Q(('software_assurance_until__isnull', False)),
                    fields=['software_assurance_until', 'serial'],
                    name='grant_by_end_of_cover',
                ),
            ],
        ),
    ]
