"""Totals of figures: the sums of a day over all countries, and of past months (docs/figures.md#totals)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Expression, F, Sum, Value

from licences.domain.figures import ALL_COUNTRIES, COUNTED_BY_DAY, SumOf, month_of
from licences.models import DailyFigure, DividedFigure, FigureDay, FigureTotal

_BATCH = 2_000


def lock_months(first: date, last: date) -> None:
    """Lock the days of all months that have a day from ``first`` to ``last``, in ascending order."""
    between = (month_of(first)[0], month_of(last)[1])
    locked = FigureDay.objects.select_for_update().filter(day__range=between).order_by("day")
    list(locked.values_list("day", flat=True))


@transaction.atomic
def add_up_days(first: date, last: date, *, today: date) -> None:
    """Add up the stored numbers of these days, and of their months that are over. Idempotent.

    Their months are locked, so that two who store days of the same month add it up one after the other.
    """
    lock_months(first, last)
    FigureTotal.objects.filter(length=SumOf.DAY, day__range=(first, last)).delete()
    _store(SumOf.DAY, first, first, last, Value(ALL_COUNTRIES), by_day=True)
    FigureDay.objects.filter(day__range=(first, last)).update(totals_at=F("computed_at"))
    begin, end = month_of(first)
    while begin <= last:
        if end < today:
            _add_up_month(begin, end)
        begin, end = month_of(date(begin.year + begin.month // 12, begin.month % 12 + 1, 1))


def _add_up_month(begin: date, end: date) -> None:
    """Add up a month by country, and of all countries. Without its last day it is left out, until that is computed."""
    FigureTotal.objects.filter(length=SumOf.MONTH, day=begin).delete()
    for country in (F("country"), Value(ALL_COUNTRIES)):
        _store(SumOf.MONTH, begin, begin, end, country, by_day=False)
    FigureDay.objects.filter(day=end).update(month_at=F("computed_at"))


def _store(length: SumOf, start: date, first: date, last: date, country: Expression | F, *, by_day: bool) -> None:
    """Store the sums of the days from ``first`` to ``last``: of each day, or of all of them as those of ``start``."""
    day = F("day") if by_day else Value(start)
    found = (
        FigureTotal(
            length=length, product=product, reseller=reseller, country=of, day=of_day, figure=figure, part=part,
            value=value,
        )
        for of_day, of, figure, part, product, reseller, value in _sums(first, last, day, country)
    )  # fmt: skip
    FigureTotal.objects.bulk_create(found, batch_size=_BATCH)


def _sums(first: date, last: date, day: Any, country: Any) -> Iterator[tuple[Any, ...]]:
    """The sums of stored numbers by day, country, figure, part, product and reseller; none is 0."""
    divisions: tuple[tuple[Any, tuple[Any, Any]], ...] = (
        (DailyFigure, (Value(0), Value(""))),
        (DividedFigure, (F("product"), F("reseller"))),
    )
    for model, division in divisions:
        rows = model.objects.filter(day__range=(first, last), figure__in=COUNTED_BY_DAY).order_by()
        columns = rows.values_list(day, country, "figure", "part", *division)
        yield from columns.annotate(total=Sum("value")).exclude(total=0)
