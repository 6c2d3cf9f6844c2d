"""Totals of figures: sums of days and months that always equal their parts (docs/figures.md#totals)."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.utils import timezone

from licences import operations
from licences.domain.figures import COUNTED_BY_DAY, Figure, Period, PeriodKind
from licences.models import DailyFigure, DividedFigure, FigureDay, FigureTotal, Product
from licences.queries.figure_choices import FigureChoice, Summed, countries_in, resellers_in
from licences.queries.figure_report import figure_report
from tests import factories
from tests.operations.test_divided_figures import allocated_by, file_of

pytestmark = pytest.mark.django_db
YEAR = Period.containing(PeriodKind.YEAR, date(2026, 11, 5))


def compute(first: str, last: str) -> None:
    operations.compute_figures(first=date.fromisoformat(first), last=date.fromisoformat(last), now=timezone.now())


@pytest.fixture
def two_months(catalogue, at):
    """Calls of two countries and two resellers in September, October and November."""
    at("2026-09-02 09:00")
    serials = [
        allocated_by(file_of("Northwind"), country="Germany"),
        allocated_by(file_of("Southwind"), country="Austria"),
    ]
    codes = [factories.registered(each) for each in serials]
    factories.top_up(serials[0], product="XCH-CTI")
    for day in ("2026-09-30", "2026-10-01", "2026-10-31", "2026-11-04"):
        at(f"{day} 09:00")
        for code in codes:
            request = factories.request(code)
            operations.withdraw_relicensing(request_id=request.pk, by="clerk")
    at("2026-11-05 09:00")
    compute("2026-09-01", "2026-11-04")
    return codes


def expected() -> dict[str, Counter]:
    """The totals by length, added up row by row in Python; months that are over alone have some."""
    found: dict[str, Counter] = {"day": Counter(), "month": Counter()}
    rows = [(row, 0, "") for row in DailyFigure.objects.filter(figure__in=COUNTED_BY_DAY)]
    rows += [(row, row.product, row.reseller) for row in DividedFigure.objects.filter(figure__in=COUNTED_BY_DAY)]
    for row, product, reseller in rows:
        of = (product, reseller, row.figure, row.part)
        found["day"][*of, "*", row.day] += row.value
        if row.day < date(2026, 11, 1):
            found["month"][*of, "*", row.day.replace(day=1)] += row.value
            found["month"][*of, row.country, row.day.replace(day=1)] += row.value
    return found


def stored() -> dict[str, Counter]:
    found: dict[str, Counter] = {"day": Counter(), "month": Counter()}
    for row in FigureTotal.objects.all():
        found[row.length][row.product, row.reseller, row.figure, row.part, row.country, row.day] += row.value
    return found


def numbers(period: Period, choice: FigureChoice) -> list:
    """Headlines, columns and rows of all figures that are counted by day."""
    return [(each.headlines, each.columns, each.rows) for each in figure_report(period, choice).sections]


def test_totals_are_the_sums_of_their_parts_also_of_a_past_day_that_is_computed_again(two_months, at):
    assert stored() == expected()
    assert stored()["day"][0, "", Figure.CALLS, "", "*", date(2026, 9, 30)] == 2
    at("2026-10-01 12:00")
    factories.request(two_months[0])
    at("2026-11-06 09:00")

    compute("2026-10-01", "2026-10-01")

    assert stored() == expected()
    assert stored()["month"][0, "", Figure.CALLS, "", "*", date(2026, 10, 1)] == 5
    assert stored()["month"][0, "", Figure.CALLS, "", "DE", date(2026, 10, 1)] == 3


def offered_in(period) -> tuple[list[str], list[str]]:
    """The countries and resellers that can be chosen."""
    summed = Summed.of(period, by_month=True)
    return countries_in(summed), resellers_in(summed)


@pytest.mark.parametrize("kind", list(PeriodKind))
def test_the_page_says_the_same_with_and_without_totals(two_months, kind):
    own = Period(PeriodKind.OWN, date(2026, 9, 15), date(2026, 11, 5))
    period = own if kind is PeriodKind.OWN else Period.containing(kind, date(2026, 10, 31))
    product = Product.objects.get(sku="XCH-CTI").pk
    choices = [
        FigureChoice(), FigureChoice("DE"), FigureChoice(product=product), FigureChoice(reseller="Northwind"),
        FigureChoice("DE", product, "Northwind"),
    ]  # fmt: skip
    shown = [numbers(period, choice) for choice in choices]
    offered = offered_in(period)
    assert any(headline.now for headlines, _columns, _rows in shown[0] for headline in headlines)

    FigureTotal.objects.all().delete()
    FigureDay.objects.update(totals_at=None, month_at=None)

    assert [numbers(period, choice) for choice in choices] == shown
    assert offered_in(period) == offered
    assert offered[0] == ["AT", "DE"]
    assert offered[1] == (["Northwind", "Southwind"] if kind is PeriodKind.YEAR else [])


def test_months_that_lie_in_a_period_whole_are_read_as_months(two_months):
    read = Summed.of(YEAR, by_month=True)

    assert read.months == [date(2026, 9, 1), date(2026, 10, 1)]
    assert read.days == [date(2026, 11, day) for day in range(1, 5)]
    assert read.others == []


def test_a_day_that_an_earlier_release_computed_is_read_from_its_parts_until_it_is_added_up(two_months, at):
    """Old code replaces the numbers of a day and its moment, and knows no totals."""
    DailyFigure.objects.filter(day="2026-10-01", figure="calls", country="DE").update(value=40)
    FigureDay.objects.filter(day="2026-10-01").update(computed_at=timezone.now() + timedelta(minutes=1))

    read = Summed.of(YEAR, by_month=True)
    shown = numbers(YEAR, FigureChoice())

    assert (read.months, read.others) == ([date(2026, 9, 1)], [date(2026, 10, 1)])
    assert shown[0][0][0].now == 47
    now = at("2026-11-05 09:30")
    FigureDay.objects.filter(day="2026-10-01").update(computed_at=now)
    operations.refresh_figures(now=now)
    assert (
        stored()["month"][0, "", Figure.CALLS, "", "*", date(2026, 10, 1)]
        == expected()["month"][0, "", Figure.CALLS, "", "*", date(2026, 10, 1)]
    )
    assert Summed.of(YEAR, by_month=True).others == []
