"""Which numbers the page of figures reads: those of a country, a product and a reseller. Nothing here writes.

Some figures cannot be divided by one of these; they are shown whole (docs/figures.md#products-and-resellers).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q, QuerySet

from licences.domain.figures import PRODUCT_IN_PART, SNAPSHOTS, UNDIVIDED, Division, Figure, Period
from licences.models import DailyFigure, DividedFigure, FigureDay, Product

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

    def rows(self, figures: Iterable[Figure]) -> Iterator[QuerySet[DailyFigure] | QuerySet[DividedFigure]]:
        """Yield the rows of these figures of all days, as query sets that have none in common."""
        groups: dict[tuple[FigureChoice, bool], list[Figure]] = defaultdict(list)
        for figure in figures:
            groups[self.for_figure(figure), figure in PRODUCT_IN_PART].append(figure)
        for (chosen, names_product), names in groups.items():
            yield _rows(chosen, names_product=names_product).filter(figure__in=names)


def _rows(chosen: FigureChoice, *, names_product: bool) -> QuerySet[DailyFigure] | QuerySet[DividedFigure]:
    """The rows of a choice; ``names_product``: of figures whose parts begin with the number of a product."""
    of_part = Q()
    if names_product and chosen.product:
        of_part = Q(part=str(chosen.product)) | Q(part__startswith=f"{chosen.product}/")
        chosen = replace(chosen, product=0)
    if chosen.country:
        of_part &= Q(country=chosen.country)
    if not chosen.product and not chosen.reseller:
        return DailyFigure.objects.filter(of_part).order_by()
    return DividedFigure.objects.filter(of_part, product=chosen.product, reseller=chosen.reseller).order_by()


# --- What can be chosen ----------------------------------------------------------------------------------


def snapshot_day() -> date | None:
    """Return the latest day on which was counted what is on record."""
    latest = FigureDay.objects.filter(snapshot_at__isnull=False).order_by("-day").first()
    return latest.day if latest else None


def countries_in(period: Period) -> list[str]:
    """Return the codes of the countries that have calls or sales in a period, or stand on record now."""
    figures = (Figure.CALLS, Figure.REGISTRATIONS, Figure.SERIALS, Figure.LICENCES)
    found = DailyFigure.objects.filter(day__range=(period.first, period.last), figure__in=figures).order_by()
    codes = set(found.exclude(country="").values_list("country", flat=True).distinct())
    day = snapshot_day()
    if day is not None:
        today = DailyFigure.objects.filter(day=day, figure__in=SNAPSHOTS).exclude(country="").order_by()
        codes |= set(today.values_list("country", flat=True).distinct())
    return sorted(codes)


def products() -> list[tuple[int, str]]:
    """Return number and name of all products, by slot."""
    return list(Product.objects.order_by("slot").values_list("pk", "name"))


def resellers_in(period: Period) -> list[str]:
    """Return the names of resellers with imports or sales in a period, or with licences on record now."""
    figures = (Figure.IMPORT_SENDERS, Figure.LICENCES)
    whole = DividedFigure.objects.filter(product=0).order_by()
    found = set(
        whole.filter(day__range=(period.first, period.last), figure__in=figures)
        .values_list("reseller", flat=True)
        .distinct()[:MOST_RESELLERS]
    )
    day = snapshot_day()
    if day is not None:
        today = whole.filter(day=day, figure=Figure.LICENCES_IN_FORCE)
        found |= set(today.values_list("reseller", flat=True).distinct()[:MOST_RESELLERS])
    return sorted(found, key=str.casefold)
