"""The language of e-mails to supervisors. Older code leaves the column empty: then the portal's language is used."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("licences", "0034_more_words_of_the_look_up")]

    operations = [
        migrations.AddField(
            model_name="decisionalerts",
            name="language",
            field=models.CharField(blank=True, db_default="", max_length=10, verbose_name="language"),
        ),
    ]
