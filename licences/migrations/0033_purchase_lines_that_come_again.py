"""A purchase line may come again after its import was taken back, as the next generation.

Older code that still runs cannot write a line twice: ``one_grant_per_line_and_generation`` refuses it. On SQLite this
rebuilds the table, so the triggers of append-only rows are installed again after every ``migrate``.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("licences", "0032_rows_that_reverse")]

    operations = [
        migrations.RemoveConstraint(model_name="licencegrant", name="one_grant_per_purchase_line"),
    ]
