"""The names of the items and verdicts on the checklist have changed. What is stored has not, nor has the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("licences", "0019_labels")]

    operations = [
        migrations.AlterField(
            model_name="checkeditem",
            name="item",
            field=models.CharField(
                choices=[
                    ("serial", "Serial number"),
                    ("site_id", "Site ID of the PC to be licensed"),
                    ("release_code", "Release code"),
                    ("server_version", "Xchange Server version"),
                    ("client_version", "Client software version"),
                    ("customer_name", "Customer's name"),
                    ("address_line1", "First line of the address"),
                ],
                max_length=20,
                verbose_name="item",
            ),
        ),
        migrations.AlterField(
            model_name="checkeditem",
            name="verdict",
            field=models.CharField(
                choices=[
                    ("match", "match"),
                    ("close", "close"),
                    ("mismatch", "mismatch"),
                    ("unprovable", "cannot be verified"),
                    ("missing", "missing"),
                ],
                max_length=20,
                verbose_name="result",
            ),
        ),
    ]
