"""Login events may say why, and tell of created accounts and of links made on the server.

The database fills in the empty reason, so that code of the earlier release can go on writing.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_labels'),
    ]

    operations = [
        migrations.AddField(
            model_name='signinevent',
            name='reason',
            field=models.CharField(blank=True, db_default='', max_length=500, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='signinevent',
            name='kind',
            field=models.CharField(choices=[('signed-in', 'logged in'), ('signed-out', 'logged out'), ('failed', 'wrong name or password'), ('factor-failed', 'wrong second factor'), ('locked-out', 'locked out'), ('unlocked', 'unlocked'), ('refused', 'single sign-on refused'), ('joined', 'linked to single sign-on'), ('factor-added', 'second factor added'), ('factor-removed', 'second factor removed'), ('codes-renewed', 'new recovery codes'), ('password-changed', 'password changed'), ('password-reset', 'password reset by e-mail'), ('sessions-ended', 'sessions ended'), ('created', 'account created'), ('link-made', 'link for a new password made on the server')], max_length=30, verbose_name='what happened'),
        ),
    ]
