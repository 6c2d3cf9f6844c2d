"""Merging on the page: found by name, both shown first, the name typed, for good."""

import pytest
from django.urls import reverse

from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db

WHY = "One company with two records."


@pytest.fixture
def pair(catalogue):
    kept = factories.bought(customer_number="K-1", customer_name="Kornblume Naturkost eG").site.customer
    other = factories.bought(customer_number="K-2", customer_name="Sonnenblume Reformhaus eG").site.customer
    return kept, other


@pytest.fixture
def boss(supervisor, as_user):
    return as_user(supervisor)


def address(customer):
    return reverse("customer-merge", args=[customer.pk])


def test_first_it_asks_which_customer_and_nothing_else(pair, boss):
    page = boss.get(address(pair[0])).text

    assert 'name="other"' in page
    assert 'name="reason"' not in page


@each_row("typed", ["K-2", "Sonnenblume Reformhaus"])
def test_then_both_stand_side_by_side_with_what_speaks_for_the_one_that_is_kept(pair, boss, typed):
    page = boss.get(address(pair[0]), {"other": typed}).text

    assert page.index("This customer is kept") < page.index("Kept because") < page.index("This customer is merged")
    assert "Sonnenblume Reformhaus eG" in page
    assert "A merge is for good" in page


@each_row("typed", ["", "Kornblume Naturkost eG", "Sonnenblume"])
def test_without_the_name_of_the_one_that_goes_nothing_is_merged(pair, boss, typed):
    kept, other = pair
    form = {"other": other.name, "other_id": other.pk, "confirmed_name": typed, "reason": WHY}

    answer = boss.post(address(kept), form)

    assert answer.status_code == 422
    assert "Sonnenblume Reformhaus eG" in answer.text
    other.refresh_from_db()
    assert other.merged_into is None


def test_with_it_they_are_one(pair, boss):
    kept, other = pair
    form = {"other": other.name, "other_id": other.pk, "confirmed_name": "sonnenblume reformhaus eg", "reason": WHY}

    answer = boss.post(address(kept), form, follow=True)

    assert "Merged: 1 site was moved." in answer.text
    other.refresh_from_db()
    assert other.merged_into == kept


def test_a_customer_is_not_merged_with_itself(pair, boss):
    assert "cannot be merged with itself" in boss.get(address(pair[0]), {"other": "K-1"}).text


def test_the_one_with_a_number_is_better_kept(pair, boss):
    numberless = factories.bought(customer_number="", customer_name="Mohnblume Bioladen").site.customer

    page = boss.get(address(numberless), {"other": "K-1"}).text

    assert "Kept because you chose it." in page
    assert "Better keep this one: it has a customer number." in page
