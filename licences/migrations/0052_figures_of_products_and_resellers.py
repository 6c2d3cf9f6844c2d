"""Figures by product and reseller: a table of its own and a nullable column; older code leaves both alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("licences", "0051_words_of_the_look_up"),
    ]

    operations = [
        migrations.AddField(
            model_name="figureday",
            name="divided_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.CreateModel(
            name="DividedFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("product", models.BigIntegerField(default=0)),
                ("reseller", models.CharField(blank=True, max_length=50, verbose_name="reseller")),
                ("day", models.DateField(db_index=True, verbose_name="day")),
                ("figure", models.CharField(max_length=20, verbose_name="figure")),
                ("part", models.CharField(blank=True, max_length=50, verbose_name="part")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("value", models.BigIntegerField(verbose_name="count")),
            ],
            options={
                "verbose_name": "figure of a product or reseller",
                "verbose_name_plural": "figures of products and resellers",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("product", "reseller", "day", "figure", "part", "country"),
                        name="one_number_per_division",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("value", 0), _negated=True),
                            models.Q(("product", 0), ("reseller", ""), _negated=True),
                        ),
                        name="divided_figure_is_not_zero_or_whole",
                    ),
                ],
            },
        ),
    ]
