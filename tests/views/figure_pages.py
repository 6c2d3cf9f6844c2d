"""Numbers stored for the page of figures, and what it shows of them."""

import re
from datetime import UTC, datetime

from licences.models import DailyFigure, DividedFigure, FigureDay
from licences.queries import figure_report

COMPUTED = datetime(2026, 11, 30, 11, 7, tzinfo=UTC)


def counted(day: str, figure: str, part: str = "", value: int = 1, country: str = "DE") -> None:
    """Store a number, and that its day was computed."""
    FigureDay.objects.get_or_create(day=day, defaults={"computed_at": COMPUTED})
    DailyFigure.objects.create(day=day, figure=figure, part=part, value=value, country=country)


def section(answer, figure: str) -> figure_report.Section:
    report = answer.context["report"]
    return next(each for each in [*report.sections, *report.snapshots] if each.figure == figure)


def headlines(answer, figure: str) -> list[tuple[str, int | None, int | None]]:
    return [(each.label, each.now, each.before) for each in section(answer, figure).headlines]


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def divided(day: str, figure: str, part: str = "", value: int = 1, *, product: int = 0, reseller: str = "") -> None:
    """Store a number of a product, a reseller, or both."""
    FigureDay.objects.get_or_create(day=day, defaults={"computed_at": COMPUTED})
    DividedFigure.objects.create(
        day=day, figure=figure, part=part, value=value, country="DE", product=product, reseller=reseller
    )
