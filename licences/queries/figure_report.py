"""What the page of figures shows: sections with headlines, a chart and a table each. Nothing here writes.

It reads what was computed, and counts nothing itself.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Case, QuerySet, Sum, Value, When
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from licences.domain.figures import (
    COUNTED_BY_DAY,
    RENEWAL_MONTHS,
    SNAPSHOTS,
    Figure,
    Period,
    Step,
    months_from,
    percentile,
    share,
)
from licences.models import DailyFigure, FigureDay
from licences.queries import figure_names
from licences.spreadsheets.writing import Cell

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


@dataclass(frozen=True, slots=True)
class Section:
    """One figure on the page. ``first_column`` is the title of the chart's labels, ``as_of`` the day of a snapshot."""

    figure: Figure
    title: Promise
    help: Promise
    headlines: list[Headline]
    columns: list[Column]
    rows: list[Row]
    first_column: str = ""
    unit: str = ""
    as_of: date | None = None


@dataclass(slots=True)
class _Numbers:
    """The numbers of a period: by figure and part in all, and by column of the charts."""

    total: dict[Figure, Parts] = field(default_factory=lambda: defaultdict(Counter))
    by_step: dict[Figure, dict[date, Parts]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Counter)))


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a period, and what is on record now. ``as_of`` is when its latest day was computed, if any was."""

    sections: list[Section]
    snapshots: list[Section]
    as_of: datetime | None


def figure_report(period: Period, country: str) -> Report:
    """Return all figures of a period compared with the period before; ``country`` is empty for all countries."""
    now, before = _numbers(period, country), _numbers(period.before(), country, by_step=False)
    sections = [_section(figure, period, now, before) for figure in figure_names.ORDER if figure in COUNTED_BY_DAY]
    latest = FigureDay.objects.filter(day__range=(period.first, period.last)).order_by("-day").first()
    return Report(sections, _snapshot_sections(country), latest.computed_at if latest else None)


def countries_in(period: Period) -> list[str]:
    """Return the codes of the countries that have calls or sales in a period, or stand on record now."""
    figures = (Figure.CALLS, Figure.REGISTRATIONS, Figure.SERIALS, Figure.LICENCES)
    found = DailyFigure.objects.filter(day__range=(period.first, period.last), figure__in=figures).order_by()
    codes = set(found.exclude(country="").values_list("country", flat=True).distinct())
    day = _snapshot_day()
    if day is not None:
        today = DailyFigure.objects.filter(day=day, figure__in=SNAPSHOTS).exclude(country="").order_by()
        codes |= set(today.values_list("country", flat=True).distinct())
    return sorted(codes)


# --- Reading ---------------------------------------------------------------------------------------------


def _of_country(country: str) -> QuerySet[DailyFigure]:
    figures = DailyFigure.objects.order_by()
    return figures.filter(country=country) if country else figures


def _numbers(period: Period, country: str, *, by_step: bool = True) -> _Numbers:
    """Add up the numbers of a period; the open emergencies are those of its latest day."""
    numbers = _Numbers()
    counted = _of_country(country).filter(day__range=(period.first, period.last), figure__in=COUNTED_BY_DAY)
    counted = counted.exclude(figure=Figure.OPEN_EMERGENCIES)
    if by_step:
        steps = period.steps()
        for number, name, part, value in counted.values_list(_number_of_step(steps), "figure", "part").annotate(
            Sum("value")
        ):
            numbers.total[Figure(name)][part] += value
            numbers.by_step[Figure(name)][steps[number]][part] += value
    else:
        for name, part, value in counted.values_list("figure", "part").annotate(Sum("value")):
            numbers.total[Figure(name)][part] += value
    latest = FigureDay.objects.filter(day__range=(period.first, period.last)).order_by("-day").first()
    if latest is not None:
        numbers.total[Figure.OPEN_EMERGENCIES] = _on_day(Figure.OPEN_EMERGENCIES, latest.day, country)
    return numbers


def _number_of_step(steps: list[date]) -> Case:
    """The number of the column that a row's day belongs to, counted from 0.

    Compared in the database: SQLite would call Python for each row to truncate a day.
    """
    branches = [When(day__lt=later, then=Value(number)) for number, later in enumerate(steps[1:])]
    return Case(*branches, default=Value(len(steps) - 1))


def _on_day(figure: Figure, day: date, country: str) -> Parts:
    """The numbers of one figure on one day, by part."""
    parts = _of_country(country).filter(day=day, figure=figure).values_list("part")
    return Counter(dict(parts.annotate(Sum("value"))))


def _snapshot_day() -> date | None:
    """The latest day on which was counted what is on record."""
    latest = FigureDay.objects.filter(snapshot_at__isnull=False).order_by("-day").first()
    return latest.day if latest else None


# --- Sections --------------------------------------------------------------------------------------------


def _section(figure: Figure, period: Period, now: _Numbers, before: _Numbers) -> Section:
    """The section of a figure that is counted by day."""
    measure = _MEASURES.get(figure, _Counting())
    here, earlier = now.total[figure], before.total[figure]
    columns = [
        Column(_step_label(start, period.step), measure.of(now.by_step[figure][start])) for start in period.steps()
    ]
    headlines = measure.headlines(here, earlier)
    if figure is Figure.EMERGENCIES:
        headlines += _open_emergencies(now, before)
    return Section(
        figure,
        figure_names.TITLES[figure],
        figure_names.HELP[figure],
        headlines,
        columns,
        measure.rows(figure, here, earlier),
        first_column=str(figure_names.STEPS[period.step]),
        unit=measure.unit(),
    )


def _open_emergencies(now: _Numbers, before: _Numbers) -> list[Headline]:
    here, earlier = now.total[Figure.OPEN_EMERGENCIES], before.total[Figure.OPEN_EMERGENCIES]
    return [
        Headline(_("Open at the end"), here["open"], earlier["open"]),
        Headline(_("of these overdue"), here["overdue"], earlier["overdue"]),
    ]


def _step_label(start: date, step: Step) -> str:
    """A column of a chart in words: a day, ``from`` a Monday, or a month."""
    if step is Step.MONTH:
        return month_label(start)
    day = date_format(start, "DATE_FORMAT")
    return _("week of %(day)s") % {"day": day} if step is Step.WEEK else day


def month_label(first: date) -> str:
    """A month in words, such as November 2026."""
    return date_format(first, "F Y")


@dataclass(frozen=True, slots=True)
class _Counting:
    """How a figure is measured: the number of all its parts, or of some of them in chart and headline."""

    parts: tuple[str, ...] = ()
    label: Callable[[], str] = lambda: _("In all")

    def of(self, numbers: Parts) -> int | None:
        return sum(numbers[part] for part in self.parts) if self.parts else numbers.total()

    def unit(self) -> str:
        return ""

    def headlines(self, now: Parts, before: Parts) -> list[Headline]:
        return [Headline(self.label(), self.of(now), self.of(before))]

    def rows(self, figure: Figure, now: Parts, before: Parts) -> list[Row]:
        return part_rows(figure, now, before)


class _Passing(_Counting):
    """The share of checks that passed, in per cent."""

    def of(self, numbers: Parts) -> int | None:
        return share(numbers["passed"], numbers.total())

    def unit(self) -> str:
        return "%"

    def headlines(self, now: Parts, before: Parts) -> list[Headline]:
        return [Headline(_("Passed"), self.of(now), self.of(before), self.unit())]


class _Minutes(_Counting):
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

    def rows(self, figure: Figure, now: Parts, before: Parts) -> list[Row]:
        here, earlier = _by_minutes(now), _by_minutes(before)
        spans = figure_names.MINUTE_SPANS
        return (
            [Row(str(label), _between(here, *span), _between(earlier, *span)) for span, label in spans.items()]
            if here or earlier
            else []
        )


def _by_minutes(numbers: Parts) -> dict[int, int]:
    return {int(part): count for part, count in numbers.items()}


def _between(counts: Mapping[int, int], least: int, most: int) -> int:
    return sum(count for minutes, count in counts.items() if least <= minutes <= most)


_MEASURES: dict[Figure, _Counting] = {
    Figure.FIRST_CHECKS: _Passing(),
    Figure.MINUTES_TO_CODE: _Minutes(),
    Figure.EMERGENCIES: _Counting(("issued",), lambda: _("Issued")),
    Figure.LICENCES: _Counting(("bought",), lambda: _("Bought")),
    Figure.SERIALS: _Counting(("allocated", "taken-over"), lambda: _("New")),
    Figure.IMPORTS: _Counting(("applied",), lambda: _("Imported")),
}


def part_rows(figure: Figure, now: Parts, before: Parts | None) -> list[Row]:
    """Return the parts of a figure, the most frequent first; none for a figure without parts."""
    parts = set(now) | set(before or ())
    if parts <= {""}:
        return []
    ordered = sorted(parts, key=lambda part: (-now[part], -(before[part] if before else 0), part))
    name = figure_names.part_name
    return [Row(name(figure, part), now[part], before[part] if before is not None else None) for part in ordered]


def _snapshot_sections(country: str) -> list[Section]:
    """What is on record as of the latest day on which it was counted."""
    day = _snapshot_day()
    if day is None:
        return []
    never = _on_day(Figure.NEVER_REGISTERED, day, country)
    ends = _on_day(Figure.ASSURANCE_ENDS, day, country)
    versions = _on_day(Figure.VERSIONS, day, country)
    renewals = _on_day(Figure.RENEWALS, day, country)
    past = months_from(day.replace(year=day.year - 1, day=1), RENEWAL_MONTHS)
    supported = sum(number for part, number in versions.items() if part.endswith("/supported"))
    on_supported = Headline(_("On a supported release"), share(supported, versions.total()), None, "%")
    columns = [Column(month_label(date.fromisoformat(f"{month}-01")), ends[month]) for month in months_from(day)]
    facts: Iterable[tuple[Figure, list[Headline], list[Column], list[Row]]] = (
        (Figure.ASSURANCE_ENDS, [Headline(_("In all"), ends.total(), None)], columns, []),
        (Figure.RENEWALS, [_renewed(renewals, past)], [_renewal_column(renewals, month) for month in past], []),
        (Figure.VERSIONS, [on_supported], [], part_rows(Figure.VERSIONS, versions, None)),
        (Figure.NEVER_REGISTERED, [Headline(_("In all"), never.total(), None)], [], []),
    )
    return [
        Section(
            figure,
            figure_names.TITLES[figure],
            figure_names.HELP[figure],
            headlines,
            shown,
            rows,
            _("Month"),
            as_of=day,
        )
        for figure, headlines, shown, rows in facts
    ]


def _renewed(parts: Parts, months: list[str]) -> Headline:
    """The share of all these months in per cent."""
    renewed = sum(parts[f"{month}/renewed"] for month in months)
    return Headline(_("Renewed"), share(renewed, parts.total()), None, "%")


def _renewal_column(parts: Parts, month: str) -> Column:
    """The share of a month in per cent."""
    renewed = parts[f"{month}/renewed"]
    return Column(month_label(date.fromisoformat(f"{month}-01")), share(renewed, renewed + parts[f"{month}/lapsed"]))


# --- Files -----------------------------------------------------------------------------------------------


def file_rows(figure: Figure, period: Period, country: str) -> list[list[Cell]]:
    """Return day, part in words, country and number of a figure, for a file; of a snapshot, those of its latest day."""
    rows = _of_country(country)
    if figure in SNAPSHOTS:
        rows = rows.filter(figure=figure, day=_snapshot_day() or period.last)
    else:
        names = [Figure.EMERGENCIES, Figure.OPEN_EMERGENCIES] if figure is Figure.EMERGENCIES else [figure]
        rows = rows.filter(figure__in=names, day__range=(period.first, period.last))
    found = rows.order_by("day", "figure", "part", "country")
    return [[row.day, figure_names.part_name(Figure(row.figure), row.part), row.country, row.value] for row in found]
