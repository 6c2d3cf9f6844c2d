"""What the page of figures shows: sections with headlines, a chart and a table each. Nothing here writes.

It reads what was computed, and counts nothing itself.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Case, QuerySet, Sum, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from licences.domain.figures import (
    COUNTED_BY_DAY,
    RENEWAL_MONTHS,
    SNAPSHOTS,
    Figure,
    Period,
    PeriodKind,
    months_from,
    share,
)
from licences.models import DailyFigure, FigureDay
from licences.queries import figure_names
from licences.queries.figure_measures import MEASURES, Column, Counting, Headline, Parts, Row, month_label, part_rows
from licences.queries.figure_names import PartName
from licences.spreadsheets.writing import Cell


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
    name = figure_names.part_namer()
    sections = [_section(figure, period, now, before, name) for figure in figure_names.ORDER]
    latest = FigureDay.objects.filter(day__range=(period.first, period.last)).order_by("-day").first()
    return Report(sections, _snapshot_sections(country, name), latest.computed_at if latest else None)


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


def _section(figure: Figure, period: Period, now: _Numbers, before: _Numbers, name: PartName) -> Section:
    """The section of a figure that is counted by day."""
    measure = MEASURES.get(figure, Counting())
    here, earlier = now.total[figure], before.total[figure]
    headlines = measure.headlines(here, earlier)
    if figure is Figure.EMERGENCIES:
        headlines += _open_emergencies(now, before)
    return Section(
        figure,
        figure_names.TITLES[figure],
        figure_names.HELP[figure],
        headlines,
        measure.columns(period, here, now.by_step[figure]),
        measure.rows(figure, here, earlier, name),
        first_column=measure.first_column(period),
        unit=measure.unit(),
    )


def _open_emergencies(now: _Numbers, before: _Numbers) -> list[Headline]:
    here, earlier = now.total[Figure.OPEN_EMERGENCIES], before.total[Figure.OPEN_EMERGENCIES]
    return [
        Headline(_("Open at the end"), here["open"], earlier["open"]),
        Headline(_("of these overdue"), here["overdue"], earlier["overdue"]),
    ]


def _snapshot_sections(country: str, name: PartName) -> list[Section]:
    """What is on record as of the latest day on which it was counted."""
    day = _snapshot_day()
    if day is None:
        return []
    numbers = {figure: _on_day(figure, day, country) for figure in SNAPSHOTS}
    return [
        Section(
            figure,
            figure_names.TITLES[figure],
            figure_names.HELP[figure],
            _snapshot_headlines(figure, numbers, day),
            _snapshot_columns(figure, numbers[figure], day),
            [] if figure in _BY_MONTH else part_rows(figure, numbers[figure], None, name),
            _("Month"),
            as_of=day,
        )
        for figure in figure_names.SNAPSHOTS_IN_ORDER
    ]


_BY_MONTH = (Figure.ASSURANCE_ENDS, Figure.LICENCES_ENDING, Figure.RENEWALS)


def _snapshot_columns(figure: Figure, numbers: Parts, day: date) -> list[Column]:
    """A column for each month, in the figures that have months; for the past year the share that was renewed."""
    if figure in (Figure.ASSURANCE_ENDS, Figure.LICENCES_ENDING):
        return [Column(_month_of(month), numbers[month]) for month in months_from(day)]
    if figure is Figure.RENEWALS:
        past = months_from(day.replace(year=day.year - 1, day=1), RENEWAL_MONTHS)
        return [Column(_month_of(month), _renewed(numbers, month)) for month in past]
    return []


def _month_of(part: str) -> str:
    return month_label(date.fromisoformat(f"{part}-01"))


def _renewed(numbers: Parts, month: str) -> int | None:
    """The share of a month that was renewed, in per cent."""
    renewed = numbers[f"{month}/renewed"]
    return share(renewed, renewed + numbers[f"{month}/lapsed"])


def _snapshot_headlines(figure: Figure, numbers: dict[Figure, Parts], day: date) -> list[Headline]:
    """The numbers in large type of what is on record."""
    headlines = [_snapshot_headline(figure, numbers[figure])]
    if figure is Figure.VERSIONS:
        outdated = numbers[Figure.OUTDATED_CUSTOMERS].total()
        headlines.append(Headline(_("Customers on a version no longer supported"), outdated, None))
    if figure in (Figure.ASSURANCE_ENDS, Figure.LICENCES_ENDING):
        quarter = Period.containing(PeriodKind.QUARTER, day).after()
        ending = sum(numbers[figure][month] for month in months_from(quarter.first, 3))
        headlines.append(Headline(_("Next quarter"), ending, None))
    return headlines


def _snapshot_headline(figure: Figure, numbers: Parts) -> Headline:
    """The number in large type of what is on record: all of it, or a share."""
    if figure is Figure.VERSIONS:
        supported = sum(number for part, number in numbers.items() if part.endswith("/supported"))
        return Headline(_("On a supported release"), share(supported, numbers.total()), None, "%")
    if figure is Figure.RENEWALS:
        renewed = sum(number for part, number in numbers.items() if part.endswith("/renewed"))
        return Headline(_("Renewed"), share(renewed, numbers.total()), None, "%")
    if figure is Figure.ASSURANCE_COVER:
        return Headline(_("Covered"), share(numbers["covered"], numbers.total()), None, "%")
    return Headline(_("In all"), numbers.total(), None)


def desk_headlines(today: date) -> list[Headline]:
    """Return three figures of the current week beside those of the week before, for the desk; none if none exist."""
    week = Period.containing(PeriodKind.WEEK, today)
    shown = (
        (Figure.CALLS, _("Calls"), ""),
        (Figure.MINUTES_TO_CODE, _("Minutes to the code"), ""),
        (Figure.FIRST_CHECKS, _("Passed at the first check"), "%"),
    )
    counted = DailyFigure.objects.filter(
        day__range=(week.before().first, week.last), figure__in=[figure for figure, _label, _unit in shown]
    )
    now, before = _Numbers(), _Numbers()
    is_now = Case(When(day__gte=week.first, then=Value(True)), default=Value(False))
    for current, name, part, value in counted.order_by().values_list(is_now, "figure", "part").annotate(Sum("value")):
        (now if current else before).total[Figure(name)][part] += value
    if not now.total and not before.total:
        return []
    return [_desk_headline(figure, label, unit, now, before) for figure, label, unit in shown]


def _desk_headline(figure: Figure, label: str, unit: str, now: _Numbers, before: _Numbers) -> Headline:
    measure = MEASURES.get(figure, Counting())
    return Headline(label, measure.of(now.total[figure]), measure.of(before.total[figure]), unit)


# --- Files -----------------------------------------------------------------------------------------------


# Figures without a section of their own, with the one in whose section and file they are.
_BESIDE = {Figure.EMERGENCIES: (Figure.OPEN_EMERGENCIES,), Figure.VERSIONS: (Figure.OUTDATED_CUSTOMERS,)}


def file_rows(figure: Figure, period: Period, country: str) -> list[list[Cell]]:
    """Return day, part in words, country and number of a figure, for a file; of a snapshot, those of its latest day."""
    rows = _of_country(country)
    if figure in SNAPSHOTS:
        rows = rows.filter(day=_snapshot_day() or period.last)
    else:
        rows = rows.filter(day__range=(period.first, period.last))
    found = rows.filter(figure__in=[figure, *_BESIDE.get(figure, ())]).order_by("day", "figure", "part", "country")
    name = figure_names.part_namer()
    return [[row.day, name(Figure(row.figure), row.part), row.country, row.value] for row in found]
