"""What tests ask of the figures that were computed."""

from collections import Counter
from zoneinfo import ZoneInfo

from licences.models import DailyFigure

BERLIN = ZoneInfo("Europe/Berlin")


def numbers(figure: str, **chosen) -> dict:
    """Day and part → number of a figure, over all countries."""
    found: Counter = Counter()
    for row in DailyFigure.objects.filter(figure=figure, **chosen):
        found[f"{row.day:%m-%d}", row.part] += row.value
    return dict(found)
