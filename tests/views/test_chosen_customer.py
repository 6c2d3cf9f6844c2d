"""A customer that is chosen by its key: a key that is none is refused in words, at the field that people see."""

import pytest
from django.urls import reverse

from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db

WORDS = "The customer that was chosen from the list could not be read."
KEYS = ["x", "0", "-1", "1.5", "9" * 30, "1\0", "\u200b1", "1 OR 1=1"]


@pytest.fixture
def pages(catalogue, as_user, auditor, supervisor):
    """Each page with such a choice: browser, address and name of the field."""
    serial = factories.bought(customer_name="Kornblume Naturkost eG")
    chooses = as_user(supervisor)
    return [
        (as_user(auditor), reverse("events"), "customer"),
        (chooses, reverse("customer-merge", args=[serial.site.customer.pk]), "other"),
        (chooses, reverse("serial-transfer", args=[serial.code]), "customer"),
    ]


@each_row("key", KEYS)
def test_a_key_that_is_none_is_refused_beside_the_field_of_the_customer(key, pages):
    for browser, address, name in pages:
        answer = browser.get(address, {name: "Kornblume", f"{name}_id": key})

        assert answer.status_code == 422, address
        assert WORDS in answer.text, address
        assert "_id:" not in answer.text, address
        assert f'name="{name}_id" value="{key}"' not in answer.text, address
