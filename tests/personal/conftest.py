"""The customer whose personal data the tests look for."""

import pytest

from customers.models import Customer


@pytest.fixture
def quellwasser(beginning, db):
    """The customer with every record, and its uploads."""
    return beginning


@pytest.fixture
def customer(quellwasser, settings, tmp_path):
    quellwasser.write_uploads(tmp_path)
    settings.MEDIA_ROOT = tmp_path
    return Customer.objects.get(pk=quellwasser.customer_id)
