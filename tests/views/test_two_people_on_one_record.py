"""Two people on one customer or registration: told, and both shown (docs/decisions.md#two-people-one-record)."""

import re
from html import unescape

import pytest
from django.urls import reverse

from licences.models import Registration
from tests import factories

pytestmark = pytest.mark.django_db

WHY = "Told us on the telephone."


def shown_on(page):
    return unescape(re.search(r'name="shown" value="([^"]*)"', page).group(1))


def test_the_second_correction_of_a_customer_is_not_saved_and_shows_both(catalogue, staff):
    customer = factories.bought(customer_number="K-1").site.customer
    address = reverse("customer-correct", args=[customer.pk])
    fields = {"number": "K-1", "name": customer.name, "contact_phone": customer.contact_phone, "postcode": "72074",
              "shown": shown_on(staff.get(address).text), "reason": WHY}  # fmt: skip
    assert staff.post(address, {**fields, "contact_phone": "07071 1"}).status_code == 302

    answer = staff.post(address, {**fields, "postcode": "72076"})

    assert answer.status_code == 422
    assert "Changed by somebody else meanwhile" in answer.text
    assert 'name="contact_phone" value="07071 1"' in answer.text
    assert 'name="postcode" value="72076"' in answer.text
    customer.refresh_from_db()
    assert (customer.contact_phone, customer.postcode) == ("07071 1", "72074")

    again = {**fields, "contact_phone": "07071 1", "postcode": "72076", "shown": shown_on(answer.text)}
    assert staff.post(address, again).status_code == 302
    customer.refresh_from_db()
    assert (customer.contact_phone, customer.postcode) == ("07071 1", "72076")


def test_the_same_correction_twice_is_one(catalogue, staff):
    customer = factories.bought(customer_number="K-1").site.customer
    address = reverse("customer-correct", args=[customer.pk])
    fields = {"number": "K-1", "name": "Vogel KG", "shown": shown_on(staff.get(address).text), "reason": WHY}

    assert [staff.post(address, fields).status_code for _ in range(2)] == [302, 302]


def test_the_second_renewal_of_a_registration_is_not_saved(catalogue, staff):
    serial = factories.registered().serial
    address = reverse("registration-renew", args=[serial.code])
    fields = {"name": "Vogel KG", "address_line1": "Am Markt 1", "contact_name": "Eva Adam", "contact_phone": "1",
              "shown": shown_on(staff.get(address).text), "reason": WHY}  # fmt: skip
    assert staff.post(address, fields).status_code == 302

    answer = staff.post(address, {**fields, "name": "Vogel Feinkost KG"})

    assert answer.status_code == 422
    assert "Vogel KG" in answer.text
    assert 'name="name" value="Vogel Feinkost KG"' in answer.text
    assert Registration.objects.filter(serial=serial).count() == 2
