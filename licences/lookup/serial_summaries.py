"""Summaries of serial numbers: everything that a list shows, read by one query.

The look-up responds while somebody types. This bypasses the ORM, because compiling a queryset and making model
instances takes longer than the query itself.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from licences.database.prepared import read_rows
from licences.domain.serial_verdicts import SerialVerdict, verdict_on
from licences.lookup.statements import FoundAs, SearchStatement
from licences.models import Serial


@dataclass(frozen=True, slots=True)
class SerialSummary:
    """A serial number as a list shows it.

    ``registered_*`` are of its latest registration, None where there is none. ``assured`` is the last day of Software
    Assurance. ``live_site_id`` is that of the running installation, ``latest_site_id`` that of the last one.
    ``search_text``, ``former_names`` and ``ticket_references`` are of its ``SearchText``, empty where it has none yet.
    ``erased`` is whether its customer's data were erased.
    """

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
    address_line1: str = ""
    address_line2: str = ""
    erased: bool = False
    registered_phone: str = ""
    registered_email: str = ""
    registered_address: str = ""
    search_text: str = ""
    former_names: str = ""
    ticket_references: str = ""
    found_as: int = FoundAs.WORDS

    @property
    def verdict(self) -> SerialVerdict:
        """The most important verdict: a block comes before anything else."""
        return self._verdict(blocked=self.blocked_at is not None)

    @property
    def verdicts(self) -> list[SerialVerdict]:
        """All verdicts that a list shows, without repetition: blocked, registered or not, and the state."""
        registered = SerialVerdict.NOT_REGISTERED if self.registered_at is None else SerialVerdict.REGISTERED
        return list(dict.fromkeys([*([self.verdict] if self.blocked_at else []), registered, self._verdict()]))

    def _verdict(self, *, blocked: bool = False) -> SerialVerdict:
        """The first verdict that applies today; if it counts as ``blocked``, that comes before any other."""
        return verdict_on(
            registered=self.registered_at is not None,
            live=self.live_site_id is not None,
            emergency_until=self.emergency_until,
            today=timezone.localdate(),
            blocked=blocked,
        )

    def get_absolute_url(self) -> str:
        """The address of the serial number's page."""
        return reverse("serial", args=[self.code])


# Few joins; the rest are subqueries for each of the few rows. With more tables to join, planning took longer than the
# query itself.
_LISTING = """
SELECT s.id, s.code, s.blocked_at, s.blocked_by, s.blocked_reason, t.name, c.id, c.number, c.name, c.city, c.postcode,
    c.contact_name, c.contact_phone, c.contact_email,
    coalesce(x.name_key, c.name_search),
    (SELECT i.site_id FROM licences_installation i WHERE i.serial_id = s.id AND i.ended_at IS NULL),
    (SELECT i.site_id FROM licences_installation i WHERE i.serial_id = s.id
        ORDER BY i.ended_at IS NOT NULL, i.id DESC LIMIT 1),
    r.entered_at, r.entered_by, r.name,
    (SELECT max(g.software_assurance_until) FROM licences_licencegrant g WHERE g.serial_id = s.id
        AND g.reverses_id IS NULL AND NOT EXISTS (SELECT 1 FROM licences_licencegrant z WHERE z.reverses_id = g.id)),
    (SELECT e.expires_on FROM licences_emergency e WHERE e.serial_id = s.id AND e.settled_at IS NULL),
    c.address_line1, c.address_line2, c.erased_at IS NOT NULL, coalesce(r.contact_phone, ''),
    coalesce(r.contact_email, ''), coalesce(r.address_line1, ''), coalesce(x.text, ''),
    coalesce(x.former_names, ''), coalesce(x.ticket_references, ''), m.found_as
FROM ({statement}) m
JOIN licences_serial s ON s.id = m.serial_id
JOIN customers_site t ON t.id = s.site_id
JOIN customers_customer c ON c.id = t.customer_id
LEFT JOIN licences_searchtext x ON x.serial_id = s.id
LEFT JOIN licences_registration r ON r.id = (
    SELECT max(l.id) FROM licences_registration l WHERE l.serial_id = s.id)
"""
_BY_CODE = "SELECT id AS serial_id, 0 AS found_as FROM licences_serial WHERE code = %s"
_OF_CUSTOMER = """
SELECT k.id AS serial_id, 0 AS found_as FROM licences_serial k JOIN customers_site l ON l.id = k.site_id
WHERE l.customer_id = %s ORDER BY l.name_key, k.id LIMIT %s
"""


def connection_for_reads() -> BaseDatabaseWrapper:
    """The connection that the look-up reads from: the replica where one may be read, else the primary."""
    alias: str = Serial.objects.all().db
    return connections[alias]


def serial_summaries(statement: SearchStatement) -> list[SerialSummary]:
    """Summaries of the serial numbers that a statement selects, in no particular order.

    Its columns are ``serial_id`` and ``found_as``, as ``union_of`` makes them.
    """
    connection = connection_for_reads()
    sql = _LISTING.format(statement=statement.sql)
    rows = read_rows(connection, sql, statement.parameters, prepared=statement.of_keys)
    return [_summary_from_row(row) for row in rows]


def serial_summary(code: str) -> SerialSummary | None:
    """The summary of one serial number in canonical form; None for an unknown one."""
    return next(iter(serial_summaries(SearchStatement(_BY_CODE, (code,), of_keys=True))), None)


def serial_summaries_of_customer(customer_id: int, *, most: int) -> list[SerialSummary]:
    """Summaries of a customer's serial numbers, ordered by the name of the site; at most ``most``."""
    summaries = serial_summaries(SearchStatement(_OF_CUSTOMER, (customer_id, most)))
    return sorted(summaries, key=lambda serial: (serial.site_name.casefold(), serial.pk))


def _summary_from_row(row: tuple[Any, ...]) -> SerialSummary:
    """A summary from a row of ``_LISTING``; SQLite gives its days as text."""
    values = list(row)
    for index in (_ASSURED, _EMERGENCY):
        if isinstance(values[index], str):
            values[index] = parse_date(values[index])
    return SerialSummary(*values)


_ASSURED, _EMERGENCY = 20, 21
