"""Figures that say what is on record now, counted once a day (docs/figures.md#how-each-number-is-counted)."""

from datetime import date

import pytest
from django.utils import timezone

from customers.models import Customer
from licences import operations
from licences.models import Product, Release
from licences.queries.figure_choices import FigureChoice
from licences.queries.frequent_movers import stored_movers
from tests import factories
from tests.operations.stored_figures import numbers

pytestmark = pytest.mark.django_db


def test_what_stands_on_record_is_counted_once_a_day(catalogue, at):
    operations.save_releases([Release(version="2.6"), Release(version="2.4", is_supported=False)], by="tests")
    at("2026-11-02 09:00")
    factories.registered(factories.bought(software_assurance_until=date(2026, 12, 31)))
    factories.registered(versions=factories.versions("2.4.1"))
    factories.registered(versions=factories.versions("2.2"))
    never = factories.bought(software_assurance_until=date(2026, 11, 1))
    factories.top_up(never, software_assurance_until=date(2028, 10, 31))
    factories.top_up(never, software_assurance_until=date(2028, 10, 31))
    factories.bought(software_assurance_until=date(2028, 11, 1))

    operations.refresh_figures(now=timezone.now())

    assert numbers("never-registered") == {("11-02", "0-30"): 2}
    assert numbers("versions") == {
        ("11-02", "2.6/supported"): 1,
        ("11-02", "2.4/unsupported"): 1,
        ("11-02", "2.2/unknown"): 1,
    }
    assert numbers("outdated-customers") == {("11-02", ""): 1}
    assert numbers("assurance-ends") == {("11-02", "2026-12"): 1, ("11-02", "2027-06"): 2, ("11-02", "2028-10"): 1}
    at("2026-11-02 10:00")
    factories.bought()
    operations.refresh_figures(now=timezone.now())
    assert numbers("never-registered") == {("11-02", "0-30"): 2}


def test_serials_that_nobody_registered_are_told_by_their_age_and_licences_by_their_product(catalogue, at):
    for day in ("2025-11-01", "2025-11-02", "2026-08-03", "2026-08-04", "2026-10-02", "2026-10-03"):
        at(f"{day} 00:00")
        factories.bought(quantity=4)
    returned = factories.bought(quantity=3)
    factories.top_up(returned, quantity=-3)  # without licences it is none of them
    at("2026-11-02 23:59")

    operations.refresh_figures(now=timezone.now())

    aged = {("11-02", "over-365"): 1, ("11-02", "91-365"): 2, ("11-02", "31-90"): 2, ("11-02", "0-30"): 1}
    assert numbers("never-registered") == aged
    [(product, held)] = numbers("licences-in-force", day="2026-11-02").items()
    assert (Product.objects.get(pk=int(product[1])), held) == (returned.balances.get().product, 24)


def test_serials_are_covered_up_to_the_last_day_of_their_software_assurance(catalogue, at):
    at("2026-11-02 09:00")
    factories.bought(software_assurance_until=date(2026, 11, 2))
    renewed = factories.bought(software_assurance_until=date(2025, 1, 31))
    factories.top_up(renewed, software_assurance_until=date(2027, 1, 31))
    factories.bought(software_assurance_until=date(2026, 11, 1))
    for _number in range(3):
        factories.bought(software_assurance_until=None)

    operations.refresh_figures(now=timezone.now())

    assert numbers("assurance-cover") == {("11-02", "covered"): 2, ("11-02", "lapsed"): 1, ("11-02", "never"): 3}


def test_licences_end_with_the_software_assurance_of_their_serial_and_count_once(catalogue, at):
    at("2026-11-02 09:00")
    renewed = factories.bought(quantity=4, software_assurance_until=date(2026, 12, 31))
    factories.top_up(renewed, quantity=3, software_assurance_until=date(2027, 2, 28))
    factories.top_up(renewed, quantity=2, software_assurance_until=date(2027, 2, 28))
    factories.bought(quantity=5, software_assurance_until=date(2027, 2, 1))
    factories.bought(quantity=7, software_assurance_until=date(2026, 11, 1))
    returned = factories.bought(quantity=3, software_assurance_until=date(2027, 3, 31))
    factories.top_up(returned, quantity=-3)

    operations.refresh_figures(now=timezone.now())

    assert numbers("licences-ending") == {("11-02", "2027-02"): 14}


def test_customers_with_several_codes_in_twelve_months_are_stored_with_their_number(catalogue, at):
    for day, number in (("2025-11-02", "K-1"), ("2025-11-03", "K-1"), ("2026-05-05", "K-1"), ("2026-06-01", "K-2")):
        at(f"{day} 09:00")
        bought = factories.bought(customer_number=number, site_name=day)
        request = factories.request(factories.registered(bought))
        operations.issue_relicensing(request_id=request.pk, by="clerk", today=factories.TODAY)
    at("2026-11-02 09:00")

    operations.refresh_figures(now=timezone.now())

    customer = Customer.objects.get(number="K-1")
    assert numbers("frequent-movers") == {("11-02", str(customer.pk)): 2}
    [mover] = stored_movers(FigureChoice())
    assert (mover.customer, mover.moves) == (customer, 2)
    assert stored_movers(FigureChoice(country="FR")) == []


def test_a_customer_with_two_installations_on_an_old_release_counts_once(catalogue, at):
    operations.save_releases([Release(version="2.4", is_supported=False)], by="tests")
    at("2026-11-02 09:00")
    for version in ("2.4.1", "2.4.2"):
        bought = factories.bought(customer_number="K-1", site_name=version)
        factories.registered(bought, versions=factories.versions(version))

    operations.refresh_figures(now=timezone.now())

    assert numbers("outdated-customers") == {("11-02", ""): 1}
