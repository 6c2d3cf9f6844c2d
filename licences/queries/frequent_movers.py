"""Customers that were re-licensed most often. Nothing here writes."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from django.db.models import Count
from django.db.models.lookups import Exact

from customers.models import Customer
from licences.domain.figures import Figure, Period, PeriodKind
from licences.models import Relicensing
from licences.queries.figure_choices import FigureChoice, snapshot_day
from licences.queries.figure_counts import allocator, country_of, reseller_of, start_of

SHOWN = 10
LEAST = 2  # moves in the period
YEAR = 365  # days
STORED = 200  # customers of a year, of all countries


class FrequentMover(NamedTuple):
    """A customer, and how many of its requests ended with a code in a period."""

    customer: Customer
    moves: int


def frequent_movers(period: Period, choice: FigureChoice) -> list[FrequentMover]:
    """Return the customers with the most re-licensings that ended with a code in a period, at most ``SHOWN``.

    Only of the country, product and reseller chosen. It reads the requests of the period.
    """
    return _with_customers({pk: moves for pk, _country, moves in islice(_counted(period, choice), SHOWN)})


def movers_of_a_year(day: date) -> Iterator[tuple[int, str, int]]:
    """Yield number and country of customers, and their moves in the twelve months up to a day, the most first."""
    year = Period(PeriodKind.OWN, day - timedelta(days=YEAR - 1), day)
    return islice(_counted(year, FigureChoice()), STORED)


def stored_movers(choice: FigureChoice) -> list[FrequentMover]:
    """Return the customers with the most moves in twelve months, as counted last night; of the country chosen."""
    day = snapshot_day()
    found: dict[int, int] = {}
    for rows in choice.rows([Figure.FREQUENT_MOVERS]):
        of_day = rows.filter(day=day).order_by("-value", "part").values_list("part", "value")
        found |= {int(part): moves for part, moves in of_day[:SHOWN]}
    return _with_customers(found)


def _with_customers(moves: dict[int, int]) -> list[FrequentMover]:
    customers = Customer.objects.in_bulk(moves)
    return [FrequentMover(customers[pk], number) for pk, number in moves.items() if pk in customers]


def _counted(period: Period, choice: FigureChoice) -> Iterator[tuple[int, str, int]]:
    """Customer, its country, and its number of moves, the most first."""
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
        country = country_of(key)
        if not choice.country or country == choice.country:
            yield customer, country, moves
