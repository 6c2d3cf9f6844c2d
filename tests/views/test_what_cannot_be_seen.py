"""Characters that cannot be seen are removed from keys and one-line texts on every door
(docs/decisions.md#a-key-typed-otherwise); passwords and line breaks stay."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from customers.models import Customer, Site
from licences.domain.codes import new_site_id
from licences.models import Note, Product, Registration, Relicensing
from tests import factories
from tests.api.conftest import Server
from tests.tables import each_row

pytestmark = pytest.mark.django_db

TYPED = {
    "name": "\ufeffMül\u00adler \u200bGmbH\u200b",
    "address_line1": "Haupt\u2060straße 1",
    "postcode": "\u200e72070",
    "contact_name": "Vera\u200d Huber",
    "contact_phone": "\u202a07071/555 0163\u202c",
}
SEEN = {
    "name": "Müller GmbH",
    "address_line1": "Hauptstraße 1",
    "postcode": "72070",
    "contact_name": "Vera Huber",
    "contact_phone": "07071/555 0163",
}
WHY = "As told on the telephone."


def kept(record):
    return {name: getattr(record, name) for name in SEEN}


def registration(serial):
    return {"serial": serial.code, "site_id": new_site_id(), "server_version": "2.6", "client_version": "2.6", **TYPED}


@each_row("door", ["staff", "customer", "server"])
def test_a_registration_is_kept_without_it(door, catalogue, client, staff):
    serial = factories.bought()
    if door == "server":
        answer = Server().register(serial.code, **TYPED)
    else:
        answer = (staff if door == "staff" else client).post(
            reverse("register") if door == "staff" else "/register/", registration(serial)
        )

    assert answer.status_code in (200, 201, 302)
    assert kept(Registration.objects.get()) == SEEN


@each_row("unseen", ["\u200b", " \u2060 \ufeff", "\u2800\u200d", "\U000e0001", "\u3164"])
def test_nothing_but_it_is_nothing_on_every_door(unseen, catalogue, client, staff):
    serial = factories.bought()

    answer = Server().register(serial.code, name=unseen)

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["customer.name"]
    for browser, address in ((staff, reverse("register")), (client, "/register/")):
        assert browser.post(address, {**registration(serial), "name": unseen}).status_code == 422
    assert not Registration.objects.exists()


def test_a_joiner_between_letters_that_join_stays(catalogue, staff):
    staff.post(reverse("register"), {**registration(factories.bought()), "name": "خانه\u200cها"})

    assert Registration.objects.get().name == "خانه\u200cها"


def test_a_renewed_registration_is_kept_without_it(catalogue, staff):
    code = factories.registered()

    staff.post(reverse("registration-renew", args=[code.serial.code]), {**TYPED, "reason": WHY})

    assert kept(Registration.objects.latest("pk")) == SEEN


def test_a_customer_is_entered_and_corrected_without_it(catalogue, staff):
    staff.post(reverse("customer-new"), {**TYPED, "number": "K\u2013\u200b17 ", "reason": WHY})
    customer = Customer.objects.get()
    assert (customer.number, kept(customer)) == ("K-17", SEEN)

    typed = {**TYPED, "number": "K\u201118", "name": "Neu\u200b AG", "reason": WHY}
    answer = staff.post(reverse("customer-correct", args=[customer.pk]), typed)

    assert answer.status_code == 302
    customer.refresh_from_db()
    assert (customer.number, customer.name) == ("K-18", "Neu AG")


def test_a_site_is_entered_without_it(catalogue, staff):
    serial = factories.bought(customer_number="K-1", site_name="Werk 2")
    address = reverse("customer-purchase", args=[serial.site.customer_id])
    quantity = f"quantity_{Product.objects.get(sku='XCH-USR').pk}"
    bought = {"purchased_on": "2026-11-20", "reason": WHY, quantity: "5"}

    known = staff.post(address, {**bought, "site_name": "Werk\u200b 2"})
    staff.post(address, {**bought, "site_name": "\u2060Werk 3"})

    assert "already has a site of that name" in known.text
    assert sorted(Site.objects.values_list("name", flat=True)) == ["Werk 2", "Werk 3"]


def test_who_calls_is_noted_without_it_and_lines_of_a_note_stay(old, staff):
    staff.post(f"/serials/{old.serial.code}/notes/new/", {"text": "Line\u200b one.\r\nLine two.\u202e"})
    said = {"serial": old.serial.code, "purpose": "reinstall", "caller_name": "Vera\u200b Huber"}
    staff.post(reverse("relicensing-new"), said)

    assert Note.objects.get().text == "Line one.\nLine two."
    assert Relicensing.objects.get().caller_name == "Vera Huber"


def test_the_administration_saves_without_it_and_asks_for_what_is_empty_then(catalogue, administrator, as_user):
    product = Product.objects.get(sku="XCH-FAX")
    address, desk = reverse("admin:licences_product_change", args=[product.pk]), as_user(administrator)

    empty = desk.post(address, {"name": "\u200b"})
    assert desk.post(address, {"name": "Fax\u200b gate\u00adway\ufeff"}).status_code == 302

    assert empty.status_code == 200
    product.refresh_from_db()
    assert product.name == "Fax gateway"


def test_a_password_is_kept_as_it_was_typed(administrator, as_user):
    password = "a long\u200b pass\u00adword for one"
    typed = {"username": "newcomer", "password1": password, "password2": password, "usable_password": "true"}

    as_user(administrator).post(reverse("admin:auth_user_add"), typed)

    user = get_user_model().objects.get(username="newcomer")
    assert user.check_password(password)
    assert not user.check_password("a long password for one")
