"""The migrations for keys of customers and purchase references run back and forward, and make the old records' keys."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from customers.models import Customer
from licences import imports, operations
from licences.database import append_only
from licences.models import LicenceGrant, PurchaseReferenceKey, PurchaseReferenceMark
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("licences", "0028_form_tokens"), ("customers", "0004_labels")]


@pytest.fixture
def forward_again():
    """Migrates to the latest state afterwards, also where the test failed."""
    yield
    call_command("migrate", verbosity=0)


def test_old_records_get_their_keys(catalogue, forward_again):
    imports.record_purchase(factories.line(customer_number="0000100123", purchase_reference="po-1"), by="tests")
    imports.record_purchase(factories.line(customer_name="Gasthof Adler", purchase_reference="PO-2"), by="tests")
    gone = factories.bought(customer_number="K-9", customer_name="Gasthof Hirsch").site.customer
    operations.erase_customer(customer_id=gone.pk, reason="Asked by letter", by="tests")
    before = list(Customer.objects.order_by("pk").values())

    MigrationExecutor(connection).migrate(BEFORE)
    assert "licences_recordpair" not in connection.introspection.table_names()
    call_command("migrate", verbosity=0)

    assert list(Customer.objects.order_by("pk").values()) == before
    assert before[0]["number_key"] == "100123"
    assert list(PurchaseReferenceKey.objects.values_list("reference", "key")) == [("po-1", "PO-1")]
    assert PurchaseReferenceMark.objects.get().grant_id == LicenceGrant.objects.latest("pk").pk
    assert append_only.missing_triggers(connection) == []
