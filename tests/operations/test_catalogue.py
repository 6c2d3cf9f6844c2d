"""The catalogue: products are added and renamed with an event, and a slot never changes."""

import pytest
from django.db import IntegrityError
from django.urls import reverse

from licences import operations
from licences.domain.errors import Refusal
from licences.models import Event, Product
from tests import event_chain
from tests.tables import each_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(catalogue, administrator, as_user):
    return as_user(administrator)


def events():
    return list(Event.objects.filter(kind=Event.Kind.CATALOGUE_CHANGED).exclude(actor="tests"))


def product(**changes):
    found = Product.objects.get(sku="XCH-SRV")
    for name, value in changes.items():
        setattr(found, name, value)
    return found


# --- The operation ---------------------------------------------------------------------------------


def test_a_new_product_is_an_event(catalogue):
    operations.save_product(Product(sku="XCH-NEW", name="New", slot=9), by="somebody")

    (event,) = events()
    assert event.actor == "somebody"
    assert event.details == {
        "products": [{"id": Product.objects.get(slot=9).pk, "product": "XCH-NEW", "name": "New", "slot": 9}]
    }
    assert event_chain.flaws() == []


def test_it_refuses_another_slot_for_a_product_that_has_one(catalogue):
    with pytest.raises(Refusal) as refused:
        operations.save_product(product(slot=9), by="somebody")

    assert (refused.value.code, refused.value.field, refused.value.parameters) == ("slot-stays", "slot", {"slot": 1})
    assert product().slot == 1
    assert events() == []


def test_several_products_are_saved_all_or_none(catalogue):
    new = Product(sku="XCH-NEW", name="New", slot=9)

    with pytest.raises(Refusal):
        operations.save_products([new, product(slot=10)], by="somebody")
    assert not Product.objects.filter(sku="XCH-NEW").exists()


def test_two_products_in_one_slot_are_not_saved(catalogue):
    with pytest.raises(IntegrityError):
        operations.save_products([Product(sku=sku, name=sku, slot=9) for sku in ("A", "B")], by="somebody")
    assert not Product.objects.filter(slot=9).exists()


def test_several_products_are_one_event_that_names_those_that_changed(catalogue):
    new = Product(sku="XCH-NEW", name="New", slot=9)
    same = Product.objects.get(sku="XCH-USR")

    operations.save_products([same, product(name="Renamed"), new], by="somebody", source={"file": "products.csv"})

    (event,) = events()
    assert event.details["file"] == "products.csv"
    assert [each["product"] for each in event.details["products"]] == ["XCH-SRV", "XCH-NEW"]


def test_what_is_as_on_record_is_no_event(catalogue):
    operations.save_products(list(Product.objects.all()), by="somebody")
    operations.save_products([], by="somebody")

    assert events() == []


# --- By hand ---------------------------------------------------------------------------------------


def test_a_product_that_was_saved_as_it_was_is_no_event(desk):
    answer = desk.post(reverse("admin:licences_product_change", args=[product().pk]), {"name": product().name})

    assert answer.status_code == 302
    assert events() == []


def test_a_product_is_renamed_by_hand_with_an_event(desk):
    desk.post(reverse("admin:licences_product_change", args=[product().pk]), {"name": "Renamed", "slot": 9})

    (event,) = events()
    assert event.details == {"products": [{"id": product().pk, "product": "XCH-SRV", "name": "Renamed", "slot": 1}]}
    assert event.actor == "admin"


def test_a_product_is_added_by_hand_with_an_event(desk):
    answer = desk.post(reverse("admin:licences_product_add"), {"sku": "XCH-NEW", "name": "New", "slot": 9})

    assert answer.status_code == 302
    assert [event.details["products"][0]["product"] for event in events()] == ["XCH-NEW"]


@each_row(("sku", "slot"), [("xch-srv", 9), ("XCH-NEW", 1), ("XCH-NEW", 0), ("XCH-NEW", 32), ("", 9)])
def test_a_product_that_cannot_be_is_refused_in_words(sku, slot, desk):
    answer = desk.post(reverse("admin:licences_product_add"), {"sku": sku, "name": "New", "slot": slot})

    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert events() == []
