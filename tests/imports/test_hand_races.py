"""Records by hand at the same moment, on real connections: numbers without gaps, one decision, one correction
(docs/decisions.md#records-by-hand and docs/decisions.md#two-people-one-record)."""

import secrets

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from licences import imports, operations
from licences.domain.errors import Refusal
from licences.domain.staff_identity import StaffIdentity
from licences.imports import HandPurchase
from licences.models import Balance, HandDecision, HandEntry, LicenceGrant, Product
from licences.operations import Correction
from licences.operations.customers import CORRECTABLE_FIELDS
from tests import factories
from tests.how_often import rounds
from tests.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("catalogue", "one_chain_of_events")]

ROUNDS = rounds(3)
WHY = "Ordered on the telephone, order 4711."


def buying(serial, quantity=1):
    bought = HandPurchase({"XCH-USR": quantity})
    return lambda: imports.enter_purchase(
        customer_id=serial.site.customer_id, serial=serial.code, purchase=bought, reason=WHY, by="clerk"
    )


def codes(results):
    return sorted(result.code if isinstance(result, Refusal) else "done" for result in results)


def test_numbers_have_no_gaps():
    serials = [factories.bought() for _ in range(4)]

    results = together(*[buying(serial) for serial in serials], *[buying(serial) for serial in serials])

    assert sorted(entry.number for entry in results) == list(range(1, 9))
    assert LicenceGrant.objects.filter(purchase_reference__startswith="HAND-").count() == 8


def posting(client, address, form):
    return lambda: client.post(address, form)["Location"]


def test_one_form_that_is_sent_three_times_at_once_makes_one_entry(clerk):
    clients = [Client() for _ in range(3)]
    for client in clients:
        client.force_login(clerk)
    field = f"quantity_{Product.objects.get(sku='XCH-USR').pk}"

    for number in range(1, ROUNDS + 1):
        serial = factories.bought()
        address = reverse("serial-purchase", args=[serial.code])
        form = {"purchased_on": "2026-11-20", "reason": WHY, field: "1", "form_token": secrets.token_urlsafe(18)}
        addresses = together(*[posting(client, address, form) for client in clients])

        assert addresses == [reverse("hand-entry", args=[number])] * 3
        assert Balance.objects.get(serial=serial, product__sku="XCH-USR").quantity == 1


def test_one_form_of_a_new_customer_that_is_sent_three_times_at_once_makes_one(clerk):
    clients = [Client() for _ in range(3)]
    for client in clients:
        client.force_login(clerk)
    form = {"name": "Zunftmeister Ost", "reason": WHY, "form_token": secrets.token_urlsafe(18)}

    addresses = together(*[posting(client, reverse("customer-new"), form) for client in clients])

    assert len(set(addresses)) == 1
    assert Customer.objects.filter(name="Zunftmeister Ost").count() == HandEntry.objects.count() == 1


def test_of_two_who_decide_at_once_one_does():
    entry = buying(factories.bought(), quantity=50)()

    def deciding(by, is_agreed):
        who = StaffIdentity(by, None)
        return lambda: imports.decide_entry(
            number=entry.number, is_agreed=is_agreed, reason="Seen the signed order.", by=who
        )

    results = together(deciding("one", True), deciding("other", False))

    assert codes(results) == ["decided-already", "done"]
    decision = HandDecision.objects.get()
    assert LicenceGrant.objects.filter(purchase_reference=entry.reference).exists() == decision.is_agreed


def test_of_two_corrections_of_what_both_were_shown_one_is_saved():
    entry = buying(factories.bought(), quantity=5)()

    def correcting(quantity):
        return lambda: imports.enter_correction(
            number=entry.number, wanted={"XCH-USR": quantity}, reason=WHY, by="clerk", shown={"XCH-USR": 5}
        )

    assert codes(together(correcting(4), correcting(3))) == ["changed-meanwhile", "done"]
    assert HandEntry.objects.filter(corrects=entry).count() == 1


def test_of_two_who_correct_one_customer_at_once_one_is_told():
    customer = factories.bought(customer_number="K-1").site.customer
    shown = {name: getattr(customer, name) for name in CORRECTABLE_FIELDS}

    def correcting(**values):
        correction = Correction({**shown, **values}, WHY, shown)
        return lambda: operations.correct_customer(customer_id=customer.pk, correction=correction, by="clerk")

    results = together(correcting(contact_phone="07071 1"), correcting(postcode="72076"))

    assert codes(results) == ["changed-meanwhile", "done"]
    customer.refresh_from_db()
    assert (customer.contact_phone == "07071 1") != (customer.postcode == "72076")
