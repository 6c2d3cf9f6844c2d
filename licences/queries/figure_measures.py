"""How each figure is measured: its headline, the columns of its chart and the rows of its table."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from licences.domain.figures import HOURS, Figure, Period, Step, percentile, share
from licences.queries import figure_names
from licences.queries.figure_names import PartName

Parts = Counter[str]


@dataclass(frozen=True, slots=True)
class Headline:
    """A number in large type, and the same of the period before."""

    label: str
    now: int | None
    before: int | None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a chart; ``value`` is None where there is nothing to measure."""

    label: str
    value: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A part of a figure, in this period and the one before."""

    label: str
    now: int
    before: int | None


def step_label(start: date, step: Step) -> str:
    """A column of a chart in words: a day, ``from`` a Monday, or a month."""
    if step is Step.MONTH:
        return month_label(start)
    day = date_format(start, "DATE_FORMAT")
    return _("week of %(day)s") % {"day": day} if step is Step.WEEK else day


def month_label(first: date) -> str:
    """A month in words, such as November 2026."""
    return date_format(first, "F Y")


@dataclass(frozen=True, slots=True)
class Counting:
    """How a figure is measured: the number of all its parts, or of some of them in chart and headline."""

    parts: tuple[str, ...] = ()
    label: Callable[[], str] = lambda: _("In all")

    def of(self, numbers: Parts) -> int | None:
        return sum(numbers[part] for part in self.parts) if self.parts else numbers.total()

    def unit(self) -> str:
        return ""

    def headlines(self, now: Parts, before: Parts) -> list[Headline]:
        return [Headline(self.label(), self.of(now), self.of(before))]

    def columns(self, period: Period, now: Parts, by_step: Mapping[date, Parts]) -> list[Column]:
        """The columns of the chart: one for each day, week or month."""
        return [
            Column(step_label(start, period.step), self.of(by_step.get(start, Counter()))) for start in period.steps()
        ]

    def first_column(self, period: Period) -> str:
        """The title of the labels of the columns."""
        return str(figure_names.STEPS[period.step])

    def rows(self, figure: Figure, now: Parts, before: Parts, name: PartName) -> list[Row]:
        return part_rows(figure, now, before, name)


class _Passing(Counting):
    """The share of checks that passed, in per cent."""

    def of(self, numbers: Parts) -> int | None:
        return share(numbers["passed"], numbers.total())

    def unit(self) -> str:
        return "%"

    def headlines(self, now: Parts, before: Parts) -> list[Headline]:
        return [Headline(_("Passed"), self.of(now), self.of(before), self.unit())]


class _Minutes(Counting):
    """The median of minutes."""

    def of(self, numbers: Parts) -> int | None:
        return percentile(_by_minutes(numbers), 50)

    def unit(self) -> str:
        return _("minutes")

    def headlines(self, now: Parts, before: Parts) -> list[Headline]:
        slow, slow_before = percentile(_by_minutes(now), 90), percentile(_by_minutes(before), 90)
        return [
            Headline(_("Median"), self.of(now), self.of(before), self.unit()),
            Headline(_("Nine of ten within"), slow, slow_before, self.unit()),
        ]

    def rows(self, figure: Figure, now: Parts, before: Parts, name: PartName) -> list[Row]:
        here, earlier = _by_minutes(now), _by_minutes(before)
        spans = figure_names.MINUTE_SPANS
        return (
            [Row(str(label), _between(here, *span), _between(earlier, *span)) for span, label in spans.items()]
            if here or earlier
            else []
        )


class _ByHour(Counting):
    """Calls of the whole period by the hour of the day."""

    def columns(self, period: Period, now: Parts, by_step: Mapping[date, Parts]) -> list[Column]:
        return [Column(figure_names.part_name(Figure.CALL_HOURS, hour), now[hour]) for hour in HOURS]

    def first_column(self, period: Period) -> str:
        return _("Hour")

    def headlines(self, now: Parts, before: Parts) -> list[Headline]:
        return [Headline(_("Most calls in the hour from"), _busiest(now), _busiest(before), _("o’clock"))]

    def rows(self, figure: Figure, now: Parts, before: Parts, name: PartName) -> list[Row]:
        return []


def _busiest(numbers: Parts) -> int | None:
    """The hour with most calls, the first of several; None without any."""
    return int(min(numbers, key=lambda hour: (-numbers[hour], hour))) if numbers.total() else None


def _by_minutes(numbers: Parts) -> dict[int, int]:
    return {int(part): count for part, count in numbers.items()}


def _between(counts: Mapping[int, int], least: int, most: int) -> int:
    return sum(count for minutes, count in counts.items() if least <= minutes <= most)


MEASURES: dict[Figure, Counting] = {
    Figure.FIRST_CHECKS: _Passing(),
    Figure.MINUTES_TO_CODE: _Minutes(),
    Figure.CALL_HOURS: _ByHour(),
    Figure.EMERGENCIES: Counting(("issued",), lambda: _("Issued")),
    Figure.LICENCES: Counting(("bought",), lambda: _("Bought")),
    Figure.SERIALS: Counting(("allocated", "taken-over"), lambda: _("New")),
    Figure.IMPORTS: Counting(("applied",), lambda: _("Imported")),
}


def part_rows(figure: Figure, now: Parts, before: Parts | None, name: PartName = figure_names.part_name) -> list[Row]:
    """Return the parts of a figure, the most frequent first; none for a figure without parts."""
    parts = set(now) | set(before or ())
    if parts <= {""}:
        return []
    ordered = sorted(parts, key=lambda part: (-now[part], -(before[part] if before else 0), part))
    return [Row(name(figure, part), now[part], before[part] if before is not None else None) for part in ordered]
