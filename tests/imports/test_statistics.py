"""PostgreSQL judges with statistics of the customers that there are (licences/imports/temporary_tables.py)."""

import pytest
from django.db import connection

from customers.models import Customer
from licences import imports
from licences.operations.customers import fill_search_columns
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def customers_in_statistics() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'customers_customer'::regclass")
        return cursor.fetchone()[0]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans without statistics")
@pytest.mark.parametrize(("new", "known_to_it"), [(4_000, 4_000), (20, 0)])
def test_a_table_that_has_grown_is_counted_before_buyers_are_judged(catalogue, new, known_to_it):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE customers_customer SET (autovacuum_enabled = false)")
        cursor.execute("ANALYZE customers_customer")
    Customer.objects.bulk_create(fill_search_columns(Customer(name=f"Kunde {n}")) for n in range(new))

    imports.record_purchases([(1, factories.line(customer_name="Kunde neu"))], by="importer")

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE customers_customer RESET (autovacuum_enabled)")
    assert max(customers_in_statistics(), 0) == known_to_it
