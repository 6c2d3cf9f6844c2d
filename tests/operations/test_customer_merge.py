"""Two records of one customer become one: sites move, history stays, purchases find the kept one."""

import pytest
from django.urls import reverse

from customers.models import Customer
from licences import imports, operations
from licences.lookup import look_up
from licences.models import Event, LicenceGrant, Serial
from tests import factories
from tests.questions import refusal_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(catalogue):
    return factories.bought(customer_number="K-1", customer_name="Contoso Ltd").site.customer


@pytest.fixture
def other(catalogue):
    serial = factories.bought(customer_number="K-2", customer_name="Contosso Limited", contact_phone="0113 496 0123")
    return serial.site.customer


def merge(kept: Customer, other: Customer, **values) -> operations.MergeResult:
    values = {"reason": "The same company", "by": "supervisor", **values}
    return operations.merge_customers(kept_id=kept.pk, merged_id=other.pk, **values)


def test_all_sites_move_and_the_details_of_the_kept_one_stay(kept, other):
    merged = merge(kept, other)

    assert merged.sites == 1
    assert Serial.objects.filter(site__customer=kept).count() == 2
    kept.refresh_from_db()
    assert (kept.name, kept.number, kept.contact_phone) == ("Contoso Ltd", "K-1", "07071/555 0163")
    other.refresh_from_db()
    assert other.merged_into == kept


def test_it_is_an_event_with_its_reason_and_both_names(kept, other):
    merge(kept, other)

    event = Event.objects.filter(kind=Event.Kind.CUSTOMERS_MERGED).get()
    assert event.details == {"kept": kept.pk, "merged": other.pk, "sites": 1, "reason": "The same company"}
    assert {"customer": "Contoso Ltd", "merged_customer": "Contosso Limited"}.items() <= event.personal.items()
    assert event.customer == kept


def test_what_happened_before_stays_as_it_was(kept, other):
    code = factories.registered(other.sites.get().serial, name="Contosso Limited")
    grants = list(LicenceGrant.objects.order_by("pk").values())

    merge(kept, other)

    assert list(LicenceGrant.objects.order_by("pk").values()) == grants
    assert code.serial.registrations.get().name == "Contosso Limited"
    assert Event.objects.filter(kind=Event.Kind.REGISTERED).get().customer == other


def test_the_same_purchase_again_is_still_unchanged(kept, other):
    line = factories.line(customer_number="K-2", customer_name="Contosso Limited", serial=other.sites.get().serial.code)
    imports.record_purchase(line, by="tests")

    merge(kept, other)

    assert imports.record_purchases([(1, line)], by="tests").unchanged == 1


def test_a_purchase_that_names_the_merged_one_is_for_the_kept_one(kept, other):
    moved = other.sites.get().serial
    merge(kept, other)

    by_number = factories.line(customer_number="K-2", customer_name="Contosso Limited", site_name="York")
    named = factories.line(customer_number="K-2", customer_name="Contosso Limited", serial=moved.code)

    assert imports.record_purchase(by_number, by="tests").serial.site.customer == kept
    assert imports.record_purchase(named, by="tests").serial == moved


def test_a_purchase_without_number_finds_the_one_customer_behind_two_records(catalogue):
    kept = factories.bought(customer_number="K-1").site.customer
    other = factories.bought(customer_number="K-2").site.customer
    merge(kept, other)

    line = factories.line(site_name="Neu")

    assert imports.record_purchase(line, by="tests").serial.site.customer == kept


def test_it_is_found_by_both_names(kept, other):
    merge(kept, other)

    for name in ("contosso", "0113 4960123"):
        hits = look_up(name, with_codes=False).hits
        assert {hit.serial.customer_id for hit in hits} == {kept.pk}, name


def test_who_was_merged_before_is_merged_along(kept, other, catalogue):
    third = factories.bought(customer_number="K-3", customer_name="Contoso Holdings").site.customer
    merge(kept, other)
    merge(third, kept)

    other.refresh_from_db()
    assert other.merged_into == third
    assert Serial.objects.filter(site__customer=third).count() == 3


def refusal(**values) -> tuple[str, str | None]:
    refused = refusal_of(
        operations.merge_customers, **{"reason": "Same, as told by letter", "by": "supervisor", **values}
    )
    return refused.code, refused.field


def test_it_refuses_itself_the_unknown_the_merged_and_no_reason(kept, other):
    assert refusal(kept_id=kept.pk, merged_id=kept.pk) == ("merge-with-itself", "other")
    assert refusal(kept_id=kept.pk, merged_id=999_999) == ("customer-unknown", "other")
    assert refusal(kept_id=kept.pk, merged_id=other.pk, reason=" . ") == ("reason-too-short", "reason")
    merge(kept, other)
    assert refusal(kept_id=kept.pk, merged_id=other.pk) == ("customer-unknown", "other")
    assert refusal(kept_id=other.pk, merged_id=kept.pk) == ("customer-unknown", "other")


# --- The page --------------------------------------------------------------------------------------------


@pytest.fixture
def supervising(supervisor, as_user):
    return as_user(supervisor)


def test_a_supervisor_compares_and_merges(kept, other, supervising):
    address = reverse("customer-merge", args=[kept.pk])

    page = supervising.get(address, {"other": "K-2"}).content.decode()
    assert "Contosso Limited" in page
    form = {"other": "K-2", "confirmed_name": "Contosso Limited", "reason": "Same company"}
    answer = supervising.post(address, form, follow=True)

    assert "Merged: 1 site was moved." in answer.content.decode()
    other.refresh_from_db()
    assert other.merged_into == kept
    assert (
        "This customer was merged into another"
        in supervising.get(reverse("customer", args=[other.pk])).content.decode()
    )


def test_the_other_one_may_be_named_by_a_serial_number(kept, other, supervising):
    code = other.sites.get().serial.code

    form = {"other": code.lower(), "confirmed_name": "Contosso Limited", "reason": "Same, as told by letter"}
    supervising.post(reverse("customer-merge", args=[kept.pk]), form)

    other.refresh_from_db()
    assert other.merged_into == kept


@pytest.mark.parametrize("typed", ["K-1", "K-99", ""])
def test_the_form_says_what_is_wrong_with_the_other_one(kept, other, supervising, typed):
    form = {"other": typed, "confirmed_name": "Contosso Limited", "reason": "Same, as told by letter"}
    answer = supervising.post(reverse("customer-merge", args=[kept.pk]), form)

    assert answer.status_code == 422
    assert Customer.objects.filter(merged_into__isnull=False).count() == 0
