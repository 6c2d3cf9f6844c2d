"""Figures of the team's work: their names, periods, and the arithmetic of the page (docs/figures.md)."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

LONGEST_MINUTES = 1440  # a day; longer calls count as so long
RENEWAL_MONTHS = 13  # this month and the twelve before it
ASSURANCE_MONTHS = 24  # this month and those after it
LONGEST_PERIOD = 1_100  # days, three years
HOURS = [f"{hour:02d}" for hour in range(24)]
ALL_COUNTRIES = "*"  # the country of a sum over all, those that are not known too
AGES = {"0-30": 30, "31-90": 90, "91-365": 365, "over-365": None}  # part → at most so many days old


class Figure(StrEnum):
    """What is counted. A figure is divided into parts; the comments say which."""

    CALLS = "calls"  # one part, empty
    CALL_HOURS = "call-hours"  # hour of the day, two digits
    CALL_ENDINGS = "call-endings"  # purpose/outcome
    MINUTES_TO_CODE = "minutes-to-code"  # whole minutes, four digits
    FIRST_CHECKS = "first-checks"  # passed, not-passed
    FAILED_ITEMS = "failed-items"  # item/verdict
    APPROVALS = "approvals"  # what was approved
    EMERGENCIES = "emergencies"  # issued, or how it was closed
    OPEN_EMERGENCIES = "open-emergencies"  # open, overdue: as of the end of the day
    REGISTRATIONS = "registrations"  # hand, web, server
    SERIALS = "serials"  # allocated, taken-over, released
    LICENCES = "licences"  # bought, returned, taken-back
    PRODUCT_LICENCES = "product-licences"  # number of the product/bought, returned or taken-back
    IMPORTS = "imports"  # applied, withdrawn, failed, taken-back
    IMPORT_ROWS = "import-rows"  # outcome of the row
    IMPORT_SENDERS = "import-senders"  # name of the sender, empty for files without one
    WRONG_RELEASE_CODES = "wrong-release-codes"  # checklist, emergency
    API_CALLS = "api-calls"  # name of the call
    API_REFUSALS = "api-refusals"  # name of the problem
    NEVER_REGISTERED = "never-registered"  # days since it was recorded, one of ``AGES``
    LICENCES_IN_FORCE = "licences-in-force"  # number of the product
    ASSURANCE_COVER = "assurance-cover"  # covered, lapsed, never
    ASSURANCE_ENDS = "assurance-ends"  # month, as 2027-01
    LICENCES_ENDING = "licences-ending"  # month, as 2027-01
    RENEWALS = "renewals"  # month/renewed or month/lapsed, as 2026-11/renewed
    VERSIONS = "versions"  # release/support, as 2.6/supported
    OUTDATED_CUSTOMERS = "outdated-customers"  # one part, empty
    FREQUENT_MOVERS = "frequent-movers"  # number of the customer


# Figures that say what is on record now. Nothing tells what they were on an earlier day.
SNAPSHOTS = frozenset(
    {
        Figure.NEVER_REGISTERED,
        Figure.ASSURANCE_ENDS,
        Figure.LICENCES_ENDING,
        Figure.ASSURANCE_COVER,
        Figure.RENEWALS,
        Figure.VERSIONS,
        Figure.OUTDATED_CUSTOMERS,
        Figure.FREQUENT_MOVERS,
        Figure.LICENCES_IN_FORCE,
    }
)
COUNTED_BY_DAY = frozenset(Figure) - SNAPSHOTS


class Division(StrEnum):
    """By what the numbers of a figure can be chosen."""

    COUNTRY = "country"
    PRODUCT = "product"
    RESELLER = "reseller"


_OF_FILES = frozenset({Figure.IMPORTS, Figure.IMPORT_ROWS, Figure.IMPORT_SENDERS})
_OF_THE_API = frozenset({Figure.API_CALLS, Figure.API_REFUSALS})
_OF_CUSTOMERS = frozenset({Figure.OUTDATED_CUSTOMERS, Figure.FREQUENT_MOVERS})
UNDIVIDED = {
    Division.COUNTRY: _OF_FILES | _OF_THE_API,
    Division.PRODUCT: _OF_FILES | _OF_THE_API | _OF_CUSTOMERS,
    Division.RESELLER: _OF_THE_API | _OF_CUSTOMERS,
}
PRODUCT_IN_PART = frozenset({Figure.PRODUCT_LICENCES, Figure.LICENCES_IN_FORCE})  # parts begin with the product


class SumOf(StrEnum):
    """How long the time is of which a ``FigureTotal`` is the sum."""

    DAY = "day"
    MONTH = "month"


# --- Periods -----------------------------------------------------------------------------------------


class PeriodKind(StrEnum):
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    OWN = "own"


_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


class Step(StrEnum):
    """What one column of a chart covers."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``first`` to ``last``, both included."""

    kind: PeriodKind
    first: date
    last: date

    @classmethod
    def containing(cls, kind: PeriodKind, day: date) -> "Period":
        """Return the calendar week (Monday to Sunday), month, quarter or year of a day."""
        if kind is PeriodKind.WEEK:
            monday = day - timedelta(days=day.weekday())
            return cls(kind, monday, monday + timedelta(days=6))
        length = _MONTHS[kind]
        month = (day.month - 1) // length * length + 1
        last_month = month + length - 1
        last = date(day.year, last_month, calendar.monthrange(day.year, last_month)[1])
        return cls(kind, date(day.year, month, 1), last)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def before(self) -> "Period":
        """Return the period before: the calendar one, or as many days just before one's own."""
        if self.kind is PeriodKind.OWN:
            return Period(self.kind, self.first - timedelta(days=self.days), self.first - timedelta(days=1))
        return self.containing(self.kind, self.first - timedelta(days=1))

    def after(self) -> "Period":
        """Return the period after, as ``before`` returns the one before."""
        if self.kind is PeriodKind.OWN:
            return Period(self.kind, self.last + timedelta(days=1), self.last + timedelta(days=self.days))
        return self.containing(self.kind, self.last + timedelta(days=1))

    @property
    def step(self) -> Step:
        """What a column of its charts covers: a day up to a month, a week up to a quarter, else a month."""
        if self.days <= 31:
            return Step.DAY
        return Step.WEEK if self.days <= 92 else Step.MONTH

    def steps(self) -> list[date]:
        """Return the first day of each column; that of a week or month may lie before the period."""
        return list(_steps(self.first, self.days, self.step))


@lru_cache(maxsize=64)  # every chart of a page asks for the same
def _steps(first: date, days: int, step: Step) -> tuple[date, ...]:
    return tuple(sorted({step_of(first + timedelta(days=number), step) for number in range(days)}))


def step_of(day: date, step: Step) -> date:
    """Return the first day of the column that a day belongs to."""
    if step is Step.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step is Step.MONTH else day


def days_between(first: date, last: date) -> list[date]:
    """Return all days from ``first`` to ``last``, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def ranges_of(days: Iterable[date]) -> list[tuple[date, date]]:
    """Return the days as ranges, first and last, of days that follow each other; ``days`` in any order."""
    ranges: list[tuple[date, date]] = []
    for day in sorted(days):
        if ranges and day - ranges[-1][1] == timedelta(days=1):
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return ranges


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of the month of a day."""
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def months_from(day: date, count: int = ASSURANCE_MONTHS) -> list[str]:
    """Return so many months as ``2027-01``, beginning with that of a day."""
    number = day.year * 12 + day.month - 1
    return [f"{each // 12}-{each % 12 + 1:02d}" for each in range(number, number + count)]


# --- Arithmetic --------------------------------------------------------------------------------------


def percentile(counts: Mapping[int, int], percent: int) -> int | None:
    """Return the smallest value that at least ``percent`` % of all do not exceed (nearest rank); None of none.

    ``counts``: value → how often it occurred.
    """
    total = sum(counts.values())
    if not total:
        return None
    rank = -(-total * percent // 100)
    reached = 0
    for value in sorted(counts):
        reached += counts[value]
        if reached >= rank:
            break
    return value


def share(part: int, total: int) -> int | None:
    """Return ``part`` of ``total`` in per cent, rounded half up; None without a total."""
    return (200 * part + total) // (2 * total) if total else None
