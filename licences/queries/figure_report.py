"""What the page of figures shows: sections with headlines, a chart and a table each. Nothing here writes.

It reads what was computed, and counts nothing itself.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Case, Sum, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from licences.domain.figures import (
    COUNTED_BY_DAY,
    RENEWAL_MONTHS,
    SNAPSHOTS,
    Figure,
    Period,
    PeriodKind,
    Step,
    months_from,
    share,
)
from licences.models import DailyFigure, FigureDay
from licences.queries import figure_names
from licences.queries.figure_choices import FigureChoice, snapshot_day, summed_rows
from licences.queries.figure_measures import MEASURES, Column, Counting, Headline, Parts, Row, month_label, part_rows
from licences.queries.figure_names import PartName
from licences.spreadsheets.writing import Cell


@dataclass(frozen=True, slots=True)
class Section:
    """One figure on the page. ``first_column`` is the title of the chart's labels, ``as_of`` the day of a snapshot.

    ``whole`` says by which of the things chosen it is not divided, empty if it is by all.
    """

    figure: Figure
    title: Promise
    help: Promise
    headlines: list[Headline]
    columns: list[Column]
    rows: list[Row]
    first_column: str = ""
    unit: str = ""
    as_of: date | None = None
    whole: str = ""


@dataclass(slots=True)
class _Numbers:
    """The numbers of a period: by figure and part in all, and by column of the charts."""

    total: dict[Figure, Parts] = field(default_factory=lambda: defaultdict(Counter))
    by_step: dict[Figure, dict[date, Parts]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Counter)))


@dataclass(frozen=True, slots=True)
class Glance:
    """A number of what is on record now, for the top of the page, and the figure that has it."""

    figure: Figure
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a period, and what is on record now. ``as_of`` is when its latest day was computed, if any was."""

    sections: list[Section]
    snapshots: list[Section]
    as_of: datetime | None
    glance: list[Glance] = field(default_factory=list)


def figure_report(period: Period, choice: FigureChoice) -> Report:
    """Return all figures of a period, of what was chosen, compared with the period before."""
    now, before = _numbers(period, choice), _numbers(period.before(), choice, by_step=False)
    name = figure_names.part_namer()
    sections = [_section(figure, period, choice, now, before, name) for figure in figure_names.ORDER]
    latest = FigureDay.objects.filter(day__range=(period.first, period.last)).order_by("-day").first()
    day = snapshot_day()
    numbers = _snapshot_numbers(choice, day) if day else {}
    snapshots = _snapshot_sections(numbers, choice, day, name) if day else []
    return Report(sections, snapshots, latest.computed_at if latest else None, _glance(numbers, day) if day else [])


# --- Reading ---------------------------------------------------------------------------------------------


def _numbers(period: Period, choice: FigureChoice, *, by_step: bool = True) -> _Numbers:
    """Add up the numbers of a period; the open emergencies are those of its latest day."""
    numbers = _Numbers()
    steps = period.steps() if by_step else []
    by_month = not by_step or period.step is Step.MONTH
    figures = COUNTED_BY_DAY - {Figure.OPEN_EMERGENCIES}
    for counted in summed_rows(figures, choice, period, by_month=by_month):
        of_step = counted.values_list(_number_of_step(steps), "figure", "part").annotate(Sum("value"))
        for number, name, part, value in of_step:
            numbers.total[Figure(name)][part] += value
            if steps:
                numbers.by_step[Figure(name)][steps[number]][part] += value
    latest = FigureDay.objects.filter(day__range=(period.first, period.last)).order_by("-day").first()
    if latest is not None:
        numbers.total[Figure.OPEN_EMERGENCIES] = _on_day(Figure.OPEN_EMERGENCIES, latest.day, choice)
    return numbers


def _number_of_step(steps: list[date]) -> Case:
    """The number of the column that a row's day belongs to, counted from 0.

    Compared in the database: SQLite would call Python for each row to truncate a day.
    """
    branches = [When(day__lt=later, then=Value(number)) for number, later in enumerate(steps[1:])]
    return Case(*branches, default=Value(max(len(steps) - 1, 0)))


def _on_day(figure: Figure, day: date, choice: FigureChoice) -> Parts:
    """The numbers of one figure on one day, by part."""
    parts: Parts = Counter()
    for rows in choice.rows([figure]):
        parts.update(dict(rows.filter(day=day).values_list("part").annotate(Sum("value"))))
    return parts


def whole_in_words(choice: FigureChoice, figure: Figure) -> str:
    """Return a sentence that says by what a figure is not divided although it was chosen; empty if there is nothing."""
    sentences = [figure_names.WHOLE[division] for division in choice.ignored_by(figure)]
    if figure is Figure.VERSIONS and choice.ignored_by(Figure.OUTDATED_CUSTOMERS):
        sentences.append(figure_names.WHOLE_CUSTOMERS)
    return " ".join(str(each) for each in sentences)


# --- Sections --------------------------------------------------------------------------------------------


def _section(
    figure: Figure, period: Period, choice: FigureChoice, now: _Numbers, before: _Numbers, name: PartName
) -> Section:
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
        whole=whole_in_words(choice, figure),
    )


def _open_emergencies(now: _Numbers, before: _Numbers) -> list[Headline]:
    here, earlier = now.total[Figure.OPEN_EMERGENCIES], before.total[Figure.OPEN_EMERGENCIES]
    return [
        Headline(_("Open at the end"), here["open"], earlier["open"]),
        Headline(_("of these overdue"), here["overdue"], earlier["overdue"]),
    ]


def _snapshot_numbers(choice: FigureChoice, day: date) -> dict[Figure, Parts]:
    """What was on record on a day, by figure and part."""
    numbers: dict[Figure, Parts] = defaultdict(Counter)
    for rows in choice.rows(SNAPSHOTS - {Figure.FREQUENT_MOVERS}):
        for figure_name, part, value in rows.filter(day=day).values_list("figure", "part").annotate(Sum("value")):
            numbers[Figure(figure_name)][part] += value
    return numbers


def _glance(numbers: dict[Figure, Parts], day: date) -> list[Glance]:
    """What a manager asks first."""
    return [
        Glance(
            Figure.LICENCES_ENDING,
            _("Licences whose Software Assurance ends in the next quarter"),
            _in_next_quarter(numbers[Figure.LICENCES_ENDING], day),
        ),
        Glance(
            Figure.VERSIONS,
            _("Customers on a version no longer supported"),
            numbers[Figure.OUTDATED_CUSTOMERS].total(),
        ),
    ]


def _in_next_quarter(numbers: Parts, day: date) -> int:
    quarter = Period.containing(PeriodKind.QUARTER, day).after()
    return sum(numbers[month] for month in months_from(quarter.first, 3))


def _snapshot_sections(numbers: dict[Figure, Parts], choice: FigureChoice, day: date, name: PartName) -> list[Section]:
    """What is on record as of the latest day on which it was counted."""
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
            whole=whole_in_words(choice, figure),
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
        headlines.append(Headline(_("Next quarter"), _in_next_quarter(numbers[figure], day), None))
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


def file_rows(figure: Figure, period: Period, choice: FigureChoice) -> list[list[Cell]]:
    """Return day, part in words, country and number of a figure, for a file; of a snapshot, those of its latest day."""
    snapshot = snapshot_day() or period.last
    between = (snapshot, snapshot) if figure in SNAPSHOTS else (period.first, period.last)
    found = [
        row
        for rows in choice.rows([figure, *_BESIDE.get(figure, ())])
        for row in rows.filter(day__range=between).order_by("day", "figure", "part", "country")
    ]
    found.sort(key=lambda row: row.day)
    name = figure_names.part_namer()
    return [[row.day, name(Figure(row.figure), row.part), row.country, row.value] for row in found]
