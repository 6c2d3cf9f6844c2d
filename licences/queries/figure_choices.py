"""Which numbers the page of figures reads: those of a country, a product and a reseller. Nothing here writes.

Some figures cannot be divided by one of these; they are shown whole (docs/figures.md#products-and-resellers).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet

from licences.domain.figures import (
    ALL_COUNTRIES,
    PRODUCT_IN_PART,
    SNAPSHOTS,
    UNDIVIDED,
    Division,
    Figure,
    Period,
    SumOf,
    days_between,
    month_of,
    ranges_of,
)
from licences.models import DailyFigure, DividedFigure, FigureDay, FigureTotal, Product

MOST_RESELLERS = 200  # offered in the list


@dataclass(frozen=True, slots=True)
class FigureChoice:
    """What was chosen: a code of two letters, the number of a product, the name of a reseller; each may be empty."""

    country: str = ""
    product: int = 0
    reseller: str = ""

    def for_figure(self, figure: Figure) -> "FigureChoice":
        """Return what of it applies to a figure."""
        ignored = self.ignored_by(figure)
        return FigureChoice(
            "" if Division.COUNTRY in ignored else self.country,
            0 if Division.PRODUCT in ignored else self.product,
            "" if Division.RESELLER in ignored else self.reseller,
        )

    def ignored_by(self, figure: Figure) -> list[Division]:
        """Return by which of the things chosen the figure cannot be divided."""
        chosen = {
            Division.COUNTRY: self.country, Division.PRODUCT: self.product, Division.RESELLER: self.reseller,
        }  # fmt: skip
        return [each for each, value in chosen.items() if value and figure in UNDIVIDED[each]]

    def rows(self, figures: Iterable[Figure], length: SumOf | None = None) -> Iterator[QuerySet[Any]]:
        """Yield the rows of these figures of all days, as query sets that have none in common.

        ``length``: their sums over all days or months instead, of the country chosen or of all.
        """
        groups: dict[tuple[FigureChoice, bool], list[Figure]] = defaultdict(list)
        for figure in figures:
            groups[self.for_figure(figure), figure in PRODUCT_IN_PART].append(figure)
        for (chosen, names_product), names in groups.items():
            yield _rows(chosen, length, names_product=names_product).filter(figure__in=names)


def _rows(chosen: FigureChoice, length: SumOf | None, *, names_product: bool) -> QuerySet[Any]:
    """The rows of a choice; ``names_product``: of figures whose parts begin with the number of a product."""
    of_part = Q()
    if names_product and chosen.product:
        of_part = Q(part=str(chosen.product)) | Q(part__startswith=f"{chosen.product}/")
        chosen = replace(chosen, product=0)
    if length:
        of = {"product": chosen.product, "reseller": chosen.reseller, "country": chosen.country or ALL_COUNTRIES}
        return FigureTotal.objects.filter(of_part, length=length, **of).order_by()
    if chosen.country:
        of_part &= Q(country=chosen.country)
    if not chosen.product and not chosen.reseller:
        return DailyFigure.objects.filter(of_part).order_by()
    return DividedFigure.objects.filter(of_part, product=chosen.product, reseller=chosen.reseller).order_by()


# --- What was added up ---


@dataclass(frozen=True, slots=True)
class Summed:
    """How the days of a period are read: the first days of months with sums, days with sums, and all other days."""

    months: list[date]
    days: list[date]
    others: list[date]

    @classmethod
    def of(cls, period: Period, *, by_month: bool) -> "Summed":
        """Return how a period is read; ``by_month``: also by the sums of months that lie in it whole.

        Sums count if no release that does not know them has computed a day of theirs since.
        """
        known = FigureDay.objects.filter(day__range=(period.first, period.last))
        is_current = ExpressionWrapper(Q(totals_at=F("computed_at")), BooleanField())
        is_added_up = ExpressionWrapper(Q(month_at__isnull=False), BooleanField())
        rows = list(known.values_list("day", is_current, is_added_up))
        current = {day for day, added_up, _month in rows if added_up}
        stale = {month_of(day)[0] for day, *_rest in rows if day not in current}
        ends = (month_of(day)[0] for day, *_rest, month in rows if month and day == month_of(day)[1])
        months = [first for first in ends if by_month and first >= period.first and first not in stale]
        rest = {day for day, *_rest in rows}.difference(*(days_between(*month_of(first)) for first in months))
        return cls(sorted(months), sorted(rest & current), sorted(rest - current))


def within(days: Iterable[date]) -> Q:
    """Return the condition that a row's day is one of these; no row has none of them."""
    condition = Q(pk__in=[])
    for between in ranges_of(days):
        condition |= Q(day__range=between)
    return condition


def summed_rows(figures: Iterable[Figure], choice: FigureChoice, period: Period, *, by_month: bool) -> list[Any]:
    """Return query sets of the numbers of a period, by day or by month, that have no number in common.

    Each row has ``day``, ``figure``, ``part`` and ``value``. Days are not added up for one country.
    """
    figures, summed = list(figures), Summed.of(period, by_month=by_month)
    found: list[Any] = []
    if summed.months:
        found += [rows.filter(day__in=summed.months) for rows in choice.rows(figures, SumOf.MONTH)]
    if summed.days:
        for figure_rows in ([f for f in figures if not choice.for_figure(f).country], SumOf.DAY), (
            [f for f in figures if choice.for_figure(f).country], None,
        ):  # fmt: skip
            found += [rows.filter(within(summed.days)) for rows in choice.rows(*figure_rows)]
    if summed.others:
        found += [rows.filter(within(summed.others)) for rows in choice.rows(figures)]
    return found


# --- What can be chosen ----------------------------------------------------------------------------------


def snapshot_day() -> date | None:
    """Return the latest day on which was counted what is on record."""
    latest = FigureDay.objects.filter(snapshot_at__isnull=False).order_by("-day").first()
    return latest.day if latest else None


def countries_in(summed: Summed) -> list[str]:
    """Return the codes of the countries that have calls or sales in these months and days, or stand on record now."""
    figures = (Figure.CALLS, Figure.REGISTRATIONS, Figure.SERIALS, Figure.LICENCES)
    months = FigureTotal.objects.filter(length=SumOf.MONTH, product=0, reseller="", day__in=summed.months)
    days = DailyFigure.objects.filter(within(summed.days + summed.others))
    codes: set[str] = set()
    for found in (months, days):
        codes |= set(found.filter(figure__in=figures).order_by().values_list("country", flat=True).distinct())
    codes -= {"", ALL_COUNTRIES}
    day = snapshot_day()
    if day is not None:
        today = DailyFigure.objects.filter(day=day, figure__in=SNAPSHOTS).exclude(country="").order_by()
        codes |= set(today.values_list("country", flat=True).distinct())
    return sorted(codes)


def products() -> list[tuple[int, str]]:
    """Return number and name of all products, by slot."""
    return list(Product.objects.order_by("slot").values_list("pk", "name"))


def resellers_in(summed: Summed) -> list[str]:
    """Return the names of resellers with imports or sales in these months and days, or with licences on record now."""
    figures = (Figure.IMPORT_SENDERS, Figure.LICENCES)
    whole = DividedFigure.objects.filter(product=0).order_by()
    totals = FigureTotal.objects.filter(product=0, country=ALL_COUNTRIES).exclude(reseller="").order_by()
    found: set[str] = set()
    for rows in (
        totals.filter(length=SumOf.MONTH, day__in=summed.months),
        totals.filter(within(summed.days), length=SumOf.DAY),
        whole.filter(within(summed.others)),
    ):
        of_figures = rows.filter(figure__in=figures)
        found |= set(of_figures.values_list("reseller", flat=True).distinct()[:MOST_RESELLERS])
    day = snapshot_day()
    if day is not None:
        today = whole.filter(day=day, figure=Figure.LICENCES_IN_FORCE)
        found |= set(today.values_list("reseller", flat=True).distinct()[:MOST_RESELLERS])
    return sorted(found, key=str.casefold)
