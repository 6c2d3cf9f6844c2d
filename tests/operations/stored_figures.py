"""What tests ask of the figures that were computed."""

from collections import Counter
from zoneinfo import ZoneInfo

from licences.models import DailyFigure, DividedFigure

BERLIN = ZoneInfo("Europe/Berlin")


def numbers(figure: str, **chosen) -> dict:
    """Day and part → number of a figure, over all countries."""
    found: Counter = Counter()
    for row in DailyFigure.objects.filter(figure=figure, **chosen):
        found[f"{row.day:%m-%d}", row.part] += row.value
    return dict(found)


def divided(figure: str, *, product: int = 0, reseller: str = "") -> dict:
    """Day and part → number of a figure of a product or a reseller, over all countries."""
    found: Counter = Counter()
    for row in DividedFigure.objects.filter(figure=figure, product=product, reseller=reseller):
        found[f"{row.day:%m-%d}", row.part] += row.value
    return dict(found)
