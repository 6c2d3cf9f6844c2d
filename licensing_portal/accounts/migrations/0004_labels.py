"""Plainer labels of login events. Changes no schema, no stored value and no row."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_queued_messages'),
    ]

    operations = [
        migrations.AlterField(
            model_name='signinevent',
            name='by',
            field=models.CharField(blank=True, help_text='Empty if it was the user themselves.', max_length=150, verbose_name='by'),
        ),
        migrations.AlterField(
            model_name='signinevent',
            name='kind',
            field=models.CharField(choices=[('signed-in', 'logged in'), ('signed-out', 'logged out'), ('failed', 'wrong name or password'), ('factor-failed', 'wrong second factor'), ('locked-out', 'locked out'), ('unlocked', 'unlocked'), ('refused', 'single sign-on refused'), ('joined', 'linked to single sign-on'), ('factor-added', 'second factor added'), ('factor-removed', 'second factor removed'), ('codes-renewed', 'new recovery codes'), ('password-changed', 'password changed'), ('password-reset', 'password reset by e-mail'), ('sessions-ended', 'sessions ended')], max_length=30, verbose_name='what happened'),
        ),
    ]
