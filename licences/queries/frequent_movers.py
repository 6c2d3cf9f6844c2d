"""Customers that were re-licensed most often. Nothing here writes."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import NamedTuple

from django.db.models import Count
from django.db.models.lookups import Exact

from customers.models import Customer
from licences.domain.figures import Period
from licences.models import Relicensing
from licences.queries.figure_choices import FigureChoice
from licences.queries.figure_counts import allocator, country_of, reseller_of, start_of

SHOWN = 10
LEAST = 2  # moves in the period


class FrequentMover(NamedTuple):
    """A customer, and how many of its requests ended with a code in a period."""

    customer: Customer
    moves: int


def frequent_movers(period: Period, choice: FigureChoice) -> list[FrequentMover]:
    """Return the customers with the most re-licensings that ended with a code in a period, at most ``SHOWN``.

    Only of the country, product and reseller chosen. It reads the requests of the period.
    """
    counted = dict(islice(_counted(period, choice), SHOWN))
    customers = Customer.objects.in_bulk(counted)
    return [FrequentMover(customers[pk], moves) for pk, moves in counted.items()]


def _counted(period: Period, choice: FigureChoice) -> Iterator[tuple[int, int]]:
    """Customer and number of moves, the most first."""
    closed = Relicensing.objects.filter(
        closed_at__gte=start_of(period.first),
        closed_at__lt=start_of(period.last + timedelta(days=1)),
        unlock_code__isnull=False,
    ).order_by()
    if choice.product:
        closed = closed.filter(serial__balances__product=choice.product, serial__balances__quantity__gt=0)
    if choice.reseller:
        closed = closed.filter(Exact(reseller_of(allocator("serial")), choice.reseller))
    of_customer = "serial__site__customer"
    groups = closed.values_list(of_customer, f"{of_customer}__country_key").annotate(moves=Count("pk"))
    for customer, key, moves in groups.filter(moves__gte=LEAST).order_by("-moves", of_customer):
        if not choice.country or country_of(key) == choice.country:
            yield customer, moves
