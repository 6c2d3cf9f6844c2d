"""Precompiled queries return what the same queryset returns (``licences.database.compiled``)."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from licences.database.compiled import CompiledQuery, QueryParameter, insert_row, update_fields
from licences.models import Event, Product, Serial, UnlockCode
from licences.operations.events import hashed_content
from tests import event_chain, factories
from tests.together import together

pytestmark = pytest.mark.usefixtures("catalogue")

CODES = CompiledQuery(
    lambda: (
        UnlockCode.objects.filter(
            serial__code=QueryParameter("serial", like=""), sequence__gte=QueryParameter("least", like=0)
        )
        .select_related("serial__site__customer", "licence_file")
        .order_by("-sequence")
    )
)


def columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_its_objects_are_those_of_the_queryset_related_ones_included():
    first = factories.registered()
    second = factories.relicensed(first)

    rows = CODES.all(serial=first.serial.code, least=1)

    expected = list(UnlockCode.objects.filter(serial=first.serial).order_by("-sequence"))
    assert rows == expected == [second, first]
    for one, other in zip(rows, expected, strict=True):
        assert columns(one) == columns(other)
        assert columns(one.licence_file) == columns(other.licence_file)
        assert columns(one.serial.site.customer) == columns(other.serial.site.customer)
        assert not one._state.adding


def test_it_asks_one_query_and_takes_other_values_each_time():
    codes = [factories.registered() for _ in range(3)]

    for code in codes:
        with CaptureQueriesContext(connection) as asked:
            rows = CODES.all(serial=code.serial.code, least=1)
            assert rows[0].serial.site.customer.name
        assert rows == [code]
        assert len(asked) == 1
    assert CODES.all(serial=codes[0].serial.code, least=2) == []
    assert CODES.first(serial="AB1CO9XZ", least=0) is None


@pytest.mark.django_db(transaction=True)
def test_threads_share_it():
    codes = [factories.registered() for _ in range(4)]

    rows = together(*[lambda code=code: CODES.first(serial=code.serial.code, least=1) for code in codes])

    assert rows == codes


def test_an_inserted_row_is_the_one_that_save_would_have_made():
    saved = Product(sku="SAVED", name="Ä", slot=20)
    saved.save()
    inserted = insert_row(Product(sku="INSERTED", name="Ä", slot=21))

    assert inserted.pk == saved.pk + 1
    assert columns(Product.objects.get(pk=inserted.pk)) == columns(inserted)
    inserted.name = "Ö"
    inserted.save()
    assert Product.objects.get(pk=inserted.pk).name == "Ö"


def test_a_change_stores_the_fields_that_it_names_and_no_others():
    product = Product.objects.get(slot=1)
    product.name, product.sku = "Renamed", "ANOTHER"

    update_fields(product, "name")

    stored = Product.objects.get(slot=1)
    assert (stored.name, stored.sku) == ("Renamed", "XCH-SRV")


def test_a_constraint_refuses_an_insertion_as_ever():
    product = Product(sku="ANOTHER", name="Slot taken", slot=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_row(product)


def test_json_days_and_moments_come_back_as_they_went_in():
    code = factories.registered()

    event = Event.objects.first()

    assert event.details["site_id"] == code.installation.site_id
    assert hashed_content(event)["at"].endswith("+00:00")
    assert event_chain.flaws() == []
    assert Serial.objects.get().assured_until() == factories.COVERED_UNTIL
