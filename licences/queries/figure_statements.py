"""The statements that count what is on record, for some serials at a time. Nothing here writes.

Serials are read by their primary key, and what hangs on them by an index on the serial, so that a statement needs
little memory and reads no row twice. The answers of all statements are added up (docs/figures.md#how-fast).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from licences.models import Serial

SERIALS_AT_ONCE = 100_000

# The first day of the month of a day.
_MONTH = {
    "postgresql": "date_trunc('month', {day}::timestamp)::date",
    "sqlite": "date({day}, 'start of month')",
}
# First and last day of the cover of each serial that has any. Lines that were taken back, and what took them back, are
# no cover (``grants_in_force``).
_COVER = """
SELECT g.serial_id, MIN(g.software_assurance_until) AS first_day, MAX(g.software_assurance_until) AS last_day
FROM licences_licencegrant g
WHERE g.serial_id BETWEEN %(low)s AND %(high)s AND g.software_assurance_until IS NOT NULL AND g.reverses_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM licences_licencegrant r WHERE r.reverses_id = g.id)
GROUP BY g.serial_id
"""
# The serials of customers, once for each product of which they have licences; 1 is the ``place`` of the first of them.
_HELD = """
licences_serial s
JOIN customers_site t ON t.id = s.site_id
JOIN customers_customer c ON c.id = t.customer_id
LEFT JOIN (
    SELECT serial_id, product_id, quantity, ROW_NUMBER() OVER (PARTITION BY serial_id ORDER BY product_id) AS place
    FROM licences_balance WHERE quantity > 0 AND serial_id BETWEEN %(low)s AND %(high)s
) b ON b.serial_id = s.id
"""
_NUMBERS = """
COUNT(*) AS times, COUNT(*) FILTER (WHERE COALESCE(b.place, 1) = 1) AS serials,
COALESCE(SUM(b.quantity), 0) AS licences
"""
_ON_RECORD = """
SELECT c.country_key, s.allocated_by_id, b.product_id,
    CASE WHEN seen.serial_id IS NOT NULL THEN 'registered' {ages} END AS age,
    CASE WHEN cover.last_day >= %(day)s THEN 'covered' WHEN cover.last_day IS NULL THEN 'never' ELSE 'lapsed'
        END AS state,
    {month} AS month, i.server_version, {numbers}
FROM {held}
LEFT JOIN (
    SELECT DISTINCT serial_id FROM licences_registration WHERE serial_id BETWEEN %(low)s AND %(high)s
) seen ON seen.serial_id = s.id
LEFT JOIN licences_installation i
    ON i.serial_id = s.id AND i.ended_at IS NULL AND i.serial_id BETWEEN %(low)s AND %(high)s
LEFT JOIN ({cover}) cover ON cover.serial_id = s.id
WHERE s.id BETWEEN %(low)s AND %(high)s
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
# Serials and the months in which cover of theirs ended before the day, if another line covers them beyond that month,
# or today.
_RENEWED = """
SELECT c.country_key, s.allocated_by_id, b.product_id, ended.month, {numbers}
FROM {held}
JOIN (
    SELECT DISTINCT g.serial_id, {month} AS month
    FROM licences_licencegrant g
    JOIN ({cover} HAVING MIN(g.software_assurance_until) < MAX(g.software_assurance_until)) cover
        ON cover.serial_id = g.serial_id
    WHERE g.serial_id BETWEEN %(low)s AND %(high)s AND g.reverses_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM licences_licencegrant r WHERE r.reverses_id = g.id)
        AND g.software_assurance_until >= %(since)s AND g.software_assurance_until < %(day)s
        AND g.software_assurance_until < cover.last_day
        AND (cover.last_day >= %(day)s OR {last_month} > {month})
) ended ON ended.serial_id = s.id
WHERE s.id BETWEEN %(low)s AND %(high)s
GROUP BY 1, 2, 3, 4
"""


class OnRecord(NamedTuple):
    """How many serials are alike: ``times`` rows of them, of which ``serials`` are the first of their serial.

    ``product`` is None without licences. ``age`` is a part of *never registered*, or ``registered``; ``state`` a part
    of *Software Assurance*; ``month`` that of the last day of cover, as ``2027-01``, empty without; ``version`` that of
    the live installation, None without.
    """

    country_key: str
    file_import: int | None
    product: int | None
    age: str
    state: str
    month: str
    version: str | None
    times: int
    serials: int
    licences: int


class Renewed(NamedTuple):
    """How many serials had cover that ended in a month, as ``2026-11``, and are covered further; as ``OnRecord``."""

    country_key: str
    file_import: int | None
    product: int | None
    month: str
    times: int
    serials: int
    licences: int


@contextmanager
def many_statements() -> Iterator[None]:
    """A transaction in which PostgreSQL compiles no statement: each is short, and many follow."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
        yield


def serials_on_record(day: date, ages: dict[str, datetime | None]) -> Iterator[OnRecord]:
    """Yield all serials by what the figures of ``day`` ask. Call it within ``many_statements``.

    ``ages``: part → since when its serials are on record, the youngest first; None for the last one.
    """
    cases = "".join(f" WHEN s.created_at >= %({_name(age)})s THEN '{age}'" for age, since in ages.items() if since)
    oldest = next(reversed(ages))
    sql = _ON_RECORD.format(
        ages=f"{cases} ELSE '{oldest}'",
        month=_month("cover.last_day"),
        numbers=_NUMBERS,
        held=_HELD,
        cover=_COVER,
    )
    since = {_name(age): connection.ops.adapt_datetimefield_value(at) for age, at in ages.items() if at}
    for row in _rows(sql, {"day": _adapted(day), **since}):
        found = OnRecord(*row)
        yield found._replace(month=str(found.month or "")[:7])


def renewed_serials(day: date, since: date) -> Iterator[Renewed]:
    """Yield the serials that were renewed, by the month in which cover ended from ``since`` on and before ``day``.

    Call it within ``many_statements``.
    """
    ended, last = _month("g.software_assurance_until"), _month("cover.last_day")
    sql = _RENEWED.format(month=ended, last_month=last, numbers=_NUMBERS, held=_HELD, cover=_COVER)
    for row in _rows(sql, {"day": _adapted(day), "since": _adapted(since)}):
        found = Renewed(*row)
        yield found._replace(month=str(found.month)[:7])


def _month(day: str) -> str:
    return _MONTH[connection.vendor].format(day=day)


def _name(age: str) -> str:
    return f"since_{age.replace('-', '_')}"


def _adapted(day: date) -> Any:
    return connection.ops.adapt_datefield_value(day)


def _rows(sql: str, parameters: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Execute a statement for all serials, so many at a time."""
    low = 0
    while (high := _end_of_chunk(low)) is not None:
        with connection.cursor() as cursor:
            cursor.execute(sql, {**parameters, "low": low + 1, "high": high})
            rows = cursor.fetchall()
        yield from rows
        low = high


def _end_of_chunk(low: int) -> int | None:
    """The number of the last serial of the chunk after ``low``; None if there is none."""
    later = Serial.objects.filter(pk__gt=low).order_by("pk").values_list("pk", flat=True)
    whole = list(later[SERIALS_AT_ONCE - 1 : SERIALS_AT_ONCE])
    return whole[0] if whole else later.last()
