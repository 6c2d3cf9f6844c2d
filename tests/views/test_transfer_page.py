"""Giving a serial number to another customer, on the page: which one, a look, its details, and why."""

from html import unescape

import pytest
from django.urls import reverse

from licences.models import Registration
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db

DETAILS = {
    "name": "Nordlicht Energie AG",
    "address_line1": "Am Hafen 3",
    "contact_name": "Ada Lund",
    "contact_phone": "1",
}


@pytest.fixture
def serial(catalogue):
    return factories.registered(factories.bought(customer_number="K-OLD")).serial


@pytest.fixture
def buyer(catalogue):
    who = {"customer_number": "K-NEW", "customer_name": "Nordlicht Energie AG", "contact_name": "Ada Lund"}
    return factories.bought(**who, site_name="Kiel").site.customer


@pytest.fixture
def boss(supervisor, as_user):
    return as_user(supervisor)


def address(serial):
    return reverse("serial-transfer", args=[serial.code])


def owner(serial):
    serial.refresh_from_db()
    return serial.site.customer


def test_the_site_card_leads_supervisors_to_it_and_nobody_else(serial, boss, clerk, as_user):
    assert address(serial) in boss.get(serial.get_absolute_url()).text
    assert address(serial) not in as_user(clerk).get(serial.get_absolute_url()).text


def test_first_it_asks_which_customer(serial, boss):
    page = boss.get(address(serial)).text

    assert 'name="customer"' in page
    assert 'name="reason"' not in page


@each_row("named", ["number", "serial"])
def test_then_it_shows_that_customer_and_asks_for_details_and_a_reason(serial, buyer, boss, named):
    customer = "K-NEW" if named == "number" else str(buyer.sites.get().serial)

    page = boss.get(address(serial), {"customer": customer}).text

    assert page.index("New customer") < page.index("Nordlicht Energie AG")
    assert 'name="contact_name" value="Ada Lund"' in page
    assert 'name="reason"' in page


@pytest.mark.parametrize(
    ("customer", "sentence"),
    [
        ("K-404", "No customer found with this name, customer number or serial number."),
        ("K-OLD", "The serial number already belongs to this customer."),
        ("", "Say which customer it is to belong to."),
    ],
)
def test_a_customer_who_cannot_be_meant_is_refused_with_a_sentence(serial, boss, customer, sentence):
    for answer in (
        boss.get(address(serial), {"customer": customer}),
        boss.post(address(serial), {"customer": customer}),
    ):
        assert answer.status_code == 422
        assert sentence in answer.text


def test_it_transfers_with_a_new_registration_and_shows_the_card(serial, buyer, boss):
    answer = boss.post(
        address(serial), {"customer": "K-NEW", **DETAILS, "reason": "Taken over, as told by letter."}, follow=True
    )

    assert answer.redirect_chain == [(serial.get_absolute_url(), 302)]
    assert "The serial number now belongs to the other customer." in answer.text
    assert owner(serial) == buyer
    registration = Registration.objects.filter(serial=serial).latest("pk")
    assert (registration.name, registration.reason) == ("Nordlicht Energie AG", "Taken over, as told by letter.")
    assert registration.entered_by == "supervisor"


@each_row("empty", ["reason", "contact_phone"])
def test_without_reason_or_details_it_says_so_and_keeps_what_was_typed(serial, buyer, boss, empty):
    answer = boss.post(
        address(serial), {"customer": "K-NEW", **DETAILS, "reason": "Taken over, as told by letter.", empty: ""}
    )

    assert answer.status_code == 422
    assert {"reason": "Give the reason.", "contact_phone": "This is missing."}[empty] in answer.text
    assert 'value="Am Hafen 3"' in answer.text
    assert owner(serial) != buyer


def test_of_a_serial_number_that_runs_nowhere_it_asks_for_no_details(buyer, boss):
    serial = factories.bought()
    page = boss.get(address(serial), {"customer": "K-NEW"}).text
    assert 'name="contact_phone"' not in page

    boss.post(address(serial), {"customer": "K-NEW", "reason": "Taken over, as told by letter."})

    assert owner(serial) == buyer


# --- Found by name, or new ---------------------------------------------------------------------------


def test_the_buyer_is_found_by_name_and_chosen_where_several_fit(serial, buyer, boss):
    other = factories.bought(customer_number="K-3", customer_name="Nordlicht Verlag GmbH").site.customer

    page = boss.get(address(serial), {"customer": "Nordlicht"}).text
    assert "Several customers fit" in page
    assert f"customer_id={other.pk}" in page

    chosen = boss.get(address(serial), {"customer": "Nordlicht", "customer_id": other.pk}).text
    assert 'name="reason"' in chosen
    assert "Nordlicht Verlag GmbH" in chosen


def test_a_buyer_who_is_new_is_entered_with_the_transfer(serial, boss):
    new = reverse("serial-transfer-new", args=[serial.code])
    assert new in boss.get(address(serial)).text

    answer = boss.post(new, {"number": "K-77", **DETAILS, "reason": "Taken over in October."}, follow=True)

    assert "The serial number now belongs to the new customer." in answer.text
    assert owner(serial).number == "K-77"
    assert Registration.objects.filter(serial=serial).latest("pk").name == "Nordlicht Energie AG"


def test_if_the_transfer_is_refused_the_buyer_is_not_entered_either(serial, buyer, boss):
    new = reverse("serial-transfer-new", args=[serial.code])

    answer = boss.post(new, {"number": "K-NEW", **DETAILS, "reason": "Taken over in October."})

    assert answer.status_code == 422
    assert f"Customer number K-NEW belongs to another customer: {buyer.name}." in unescape(answer.text)
    assert owner(serial).number == "K-OLD"
