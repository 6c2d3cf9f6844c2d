"""Months in which Software Assurance ends, and the day on which it ends after a renewal (docs/figures.md#renewals)."""

import calendar
from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 1990, 2199


def month_of(text: str) -> date:
    """Return the first day of a month that is written like 2027-01. ``ValueError``: it is none."""
    year, dash, month = text.strip().partition("-")
    if not dash or not (year.isascii() and year.isdigit() and month.isascii() and month.isdigit()):
        raise ValueError("not a month")
    first = date(int(year), int(month), 1)
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        raise ValueError("not a month that is meant")
    return first


def last_of_month(day: date) -> date:
    """Return the last day of the month of a day."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def next_month(day: date) -> date:
    """Return the first day of the month after that of a day."""
    return last_of_month(day) + timedelta(days=1)


def month_before(day: date) -> date:
    """Return the first day of the month before that of a day."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def a_year_later(last_day: date) -> date:
    """Return the last day of cover that was renewed for a year. The last day of a month stays the last day."""
    if last_day == last_of_month(last_day):
        return last_of_month(date(last_day.year + 1, last_day.month, 1))
    return last_day.replace(year=last_day.year + 1)
