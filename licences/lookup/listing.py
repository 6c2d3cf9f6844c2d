"""Serial numbers with all that a list shows of them: one query, and rows that cost little to make.

The look-up answers while somebody types, so this goes past the ORM, whose compiling and model instances take longer
than the database does.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from licences import prepared
from licences.lookup.statements import Statement
from licences.models import Serial


@dataclass(frozen=True, slots=True)
class Listed:
    """A serial number in a list. ``registered_*`` are of its latest registration, ``assured`` the last day covered."""

    pk: int
    code: str
    blocked_at: datetime | None
    blocked_by: str
    blocked_reason: str
    site_name: str
    customer_id: int
    number: str
    customer_name: str
    city: str
    postcode: str
    contact_name: str
    contact_phone: str
    contact_email: str
    name_key: str
    live_site_id: str | None
    latest_site_id: str | None
    registered_at: datetime | None
    registered_by: str | None
    registered_name: str | None
    assured: date | None
    emergency_until: date | None  # of an emergency that is not settled

    @property
    def emergency_expired(self) -> bool:
        return self.emergency_until is not None and self.emergency_until < timezone.localdate()

    def get_absolute_url(self) -> str:
        return reverse("serial", args=[self.code])


# Few joins, and the rest asked for each of the few rows: the more tables there are to join, in any order, the longer
# the planner thinks, and it thought longer than the database worked.
_LISTING = """
SELECT s.id, s.code, s.blocked_at, s.blocked_by, s.blocked_reason, t.name, c.id, c.number, c.name, c.city, c.postcode,
    c.contact_name, c.contact_phone, c.contact_email,
    coalesce((SELECT x.name_key FROM licences_searchtext x WHERE x.serial_id = s.id), c.name_search),
    (SELECT i.site_id FROM licences_installation i WHERE i.serial_id = s.id AND i.ended_at IS NULL),
    (SELECT i.site_id FROM licences_installation i WHERE i.serial_id = s.id
        ORDER BY i.ended_at IS NOT NULL, i.id DESC LIMIT 1),
    r.entered_at, r.entered_by, r.name,
    (SELECT max(g.software_assurance_until) FROM licences_licencegrant g WHERE g.serial_id = s.id),
    (SELECT e.expires_on FROM licences_emergency e WHERE e.serial_id = s.id AND e.settled_at IS NULL)
FROM ({meant}) m
JOIN licences_serial s ON s.id = m.serial_id
JOIN customers_site t ON t.id = s.site_id
JOIN customers_customer c ON c.id = t.customer_id
LEFT JOIN licences_registration r ON r.id = (
    SELECT max(l.id) FROM licences_registration l WHERE l.serial_id = s.id)
"""
_OF_CUSTOMER = """
SELECT k.id AS serial_id FROM licences_serial k JOIN customers_site l ON l.id = k.site_id WHERE l.customer_id = %s
ORDER BY l.name_key, k.id LIMIT %s
"""


def connection_for_reading() -> BaseDatabaseWrapper:
    """Where the look-up reads: a replica, where there is one."""
    alias: str = Serial.objects.all().db
    return connections[alias]


def listed(meant: Statement) -> list[Listed]:
    """The serial numbers that a statement finds (column ``serial_id``), in no order."""
    connection = connection_for_reading()
    sql = _LISTING.format(meant=meant.sql)
    run = prepared.execute if meant.one_plan else _execute
    with connection.cursor() as cursor:
        run(cursor, sql, meant.parameters)
        return [_read(row) for row in cursor.fetchall()]


def _execute(cursor: Any, sql: str, parameters: tuple[str | int, ...]) -> None:
    cursor.execute(sql, parameters)


def listed_of_customer(customer_id: int, *, most: int) -> list[Listed]:
    """The sites of a customer, by their names."""
    found = listed(Statement(_OF_CUSTOMER, (customer_id, most)))
    return sorted(found, key=lambda serial: (serial.site_name.casefold(), serial.pk))


def _read(row: tuple[Any, ...]) -> Listed:
    values = list(row)
    values[_BLOCKED_AT], values[_REGISTERED_AT] = _moment(values[_BLOCKED_AT]), _moment(values[_REGISTERED_AT])
    for place in (_ASSURED, _EMERGENCY):
        if isinstance(values[place], str):
            values[place] = parse_date(values[place])
    return Listed(*values)


_BLOCKED_AT, _REGISTERED_AT, _ASSURED, _EMERGENCY = 2, 17, 20, 21


def _moment(value: datetime | None) -> datetime | None:
    """SQLite keeps times in UTC and does not say so."""
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value
