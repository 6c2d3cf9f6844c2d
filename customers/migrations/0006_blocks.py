"""Customers by what they share with another one: street, postcode or telephone number.

On PostgreSQL the indexes are made while customers are recorded.
"""

from django.db import migrations, models

from customers.new_indexes import add_indexes


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('customers', '0005_customer_keys'),
    ]

    operations = [
        add_indexes(
            "customers",
            "customer",
            [
                models.Index(
                    condition=models.Q(('street_block', 0), _negated=True), fields=['street_block'], name='customer_by_street_block'
                ),
                models.Index(
                    condition=models.Q(('postcode_block', 0), _negated=True), fields=['postcode_block'], name='customer_by_postcode_block'
                ),
                models.Index(
                    condition=models.Q(('phone_block', 0), _negated=True), fields=['phone_block'], name='customer_by_phone_block'
                ),
            ],
        ),
    ]
