"""What needs care in the records, in lists: each entry with its age, the oldest first. Nothing here writes.

A list is read from its beginning and never counted to its end: what shows is cut off at ``SHOWN``. The database is told
where, so that it reads an index to there instead of sorting the whole table.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

from django.db.models import DateField, Exists, F, Max, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Collate, TruncDate
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from licences.domain.matching import Likeness, compare_names
from licences.lookup.listing import connection_for_reading
from licences.models import Balance, Installation, LicenceGrant, Registration, SearchText, Serial

SHOWN = 500
RELEASED_TOO_LONG = timedelta(days=30)
_CANDIDATES = 5_000  # how many are compared in Python, where the database cannot
LATEST = 100_000  # registrations that a page looks at; where all names fit it would otherwise read every one
_GROUP = 40  # more of one name are many customers, and no duplicates


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that needs care, since a day. ``other`` is the customer that may be the same one."""

    customer: Customer
    since: date | None
    about: str = ""
    serial: Serial | None = None
    other: Customer | None = None


@dataclass(frozen=True, slots=True)
class QualityList:
    slug: str
    title: Promise
    help: Promise
    find: Callable[[date, int | None], Iterator[Entry]]  # the day, and how many rows to read at most

    def entries(self, *, today: date, most: int | None = SHOWN) -> list[Entry]:
        return list(islice(self.find(today, most), most))


@dataclass(frozen=True, slots=True)
class Summary:
    """A list in one line: how many entries (``more``: at least so many) and since when the oldest waits."""

    list: QualityList
    count: int
    more: bool
    oldest: date | None


def summary(quality_list: QualityList, *, today: date) -> Summary:
    entries = quality_list.entries(today=today, most=SHOWN + 1)
    days = [entry.since for entry in entries if entry.since]
    return Summary(quality_list, min(len(entries), SHOWN), len(entries) > SHOWN, min(days) if days else None)


# --- Registration --------------------------------------------------------------------------------------


def _serials() -> QuerySet[Serial]:
    return Serial.objects.select_related("site__customer")


def _never_registered(today: date, most: int | None) -> Iterator[Entry]:
    registered = Registration.objects.filter(serial=OuterRef("pk"))
    licensed = Balance.objects.filter(serial=OuterRef("pk"), quantity__gt=0)
    grants = LicenceGrant.objects.filter(serial=OuterRef("pk")).order_by().values("serial")
    found = _serials().filter(Exists(licensed)).exclude(Exists(registered)).order_by("pk")
    bought = Subquery(grants.values(first=Min("purchased_on")), output_field=DateField())
    for serial in found.annotate(bought=Coalesce(bought, TruncDate("created_at")))[:most].iterator():
        yield Entry(serial.site.customer, serial.bought, serial=serial)


def _registered_by_others(today: date, most: int | None) -> Iterator[Entry]:
    """Newest first in the database, since names are compared here and an end has to be set. A file has them all."""
    later = Registration.objects.filter(serial=OuterRef("serial"), pk__gt=OuterRef("pk"))
    registrations = Registration.objects.exclude(name="").exclude(name=F("serial__site__customer__name"))
    related = registrations.exclude(Exists(later)).select_related("serial__site__customer").order_by("-pk")
    if most is not None:
        newest = Registration.objects.aggregate(newest=Max("pk"))["newest"] or 0
        related = related.filter(pk__gt=newest - LATEST)[:_CANDIDATES]
    for registration in related.iterator():
        customer = registration.serial.site.customer
        if compare_names(registration.name, customer.name).likeness is Likeness.DIFFERENT:
            since = timezone.localdate(registration.entered_at)
            yield Entry(customer, since, registration.name, serial=registration.serial)


def _released_for_long(today: date, most: int | None) -> Iterator[Entry]:
    before = timezone.make_aware(datetime.combine(today - RELEASED_TOO_LONG, time.max))
    live = Installation.objects.filter(serial=OuterRef("serial"), ended_at=None)
    released = Installation.objects.filter(
        end_reason=Installation.EndReason.RELEASED, release_use=None, ended_at__lte=before
    )
    related = released.exclude(Exists(live)).select_related("serial__site__customer").order_by("ended_at")
    for installation in related[:most].iterator():
        ended: Any = installation.ended_at
        yield Entry(installation.serial.site.customer, timezone.localdate(ended), serial=installation.serial)


# --- Software Assurance ----------------------------------------------------------------------------------


def _ending(days: int) -> Callable[[date, int | None], Iterator[Entry]]:
    """Cover that ends within so many days, and no later one to follow it."""

    def find(today: date, most: int | None) -> Iterator[Entry]:
        last = today + timedelta(days=days)
        later = LicenceGrant.objects.filter(serial=OuterRef("serial"), software_assurance_until__gt=last)
        ending = LicenceGrant.objects.filter(software_assurance_until__range=(today, last)).exclude(Exists(later))
        ends = ending.order_by().values("serial").annotate(ends=Max("software_assurance_until"))
        rows = ends.order_by("ends", "serial").values_list("serial", "ends")[:most]
        # A cursor of PostgreSQL gets no parallel workers, which read the table for the few that a page shows.
        for chunk in _chunked(rows.iterator() if most is None else iter(rows), 500):
            serials = _serials().in_bulk([serial_id for serial_id, _day in chunk])
            for serial_id, day in chunk:
                yield Entry(serials[serial_id].site.customer, day, serial=serials[serial_id])

    return find


def _chunked(rows: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while chunk := list(islice(rows, size)):
        yield chunk


# --- Duplicates ------------------------------------------------------------------------------------------


def _duplicates(today: date, most: int | None) -> Iterator[Entry]:
    """Pairs of customers of one name who share an address, a postcode or a telephone number."""
    for names in _chunked(_same_names(), 50):
        named = Customer.objects.annotate(letters=_by_letters("sites__serial__search_text__name_key"))
        ordered = named.filter(letters__in=names).order_by("letters", "sites__serial")
        for _name, found in groupby(ordered, key=attrgetter("letters")):
            customers = {customer.pk: customer for customer in found}
            yield from _pairs(list(customers.values())[:_GROUP])


def _same_names() -> Iterator[str]:
    texts = SearchText.objects.annotate(letters=_by_letters("name_key")).order_by()
    groups = texts.values("letters").annotate(first=Min("serial_id"), last=Max("serial_id"))
    repeated = groups.filter(last__gt=F("first")).order_by("letters")
    yield from repeated.values_list("letters", flat=True)[:_CANDIDATES].iterator()


def _by_letters(column: str) -> F | Collate:
    """A name in the order of the index by names, which is the same on both databases."""
    return Collate(column, "C") if connection_for_reading().vendor == "postgresql" else F(column)


def _pairs(customers: Sequence[Customer]) -> Iterator[Entry]:
    for index, one in enumerate(customers):
        other = next((each for each in customers[index + 1 :] if _share(one, each)), None)
        if other is not None:
            yield Entry(one, timezone.localdate(other.created_at), _share(one, other), other=other)


def _share(one: Customer, other: Customer) -> str:
    """What two customers have in common besides the name, in words; empty where it is nothing."""
    if one.match_key == other.match_key:
        return gettext("the same name, address and postcode")
    if one.contact_phone and _digits(one) == _digits(other):
        return gettext("the same name and telephone number")
    if one.postcode and one.postcode == other.postcode:
        return gettext("the same name and postcode")
    return ""


def _digits(customer: Customer) -> str:
    return "".join(symbol for symbol in customer.contact_phone if symbol.isdigit())


# --- The lists -------------------------------------------------------------------------------------------

LISTS = (
    QualityList(
        "never-registered",
        _("Bought, but never registered"),
        _("Support may be refused to these sites. Ask the customer to register, or register by hand."),
        _never_registered,
    ),
    QualityList(
        "other-name",
        _("Registered with a name unlike the buyer’s"),
        _(
            "The name as entered stands beside each, among the latest 100,000 registrations; a file looks at all. "
            "Correct the customer, or transfer the serial number."
        ),
        _registered_by_others,
    ),
    QualityList(
        "duplicates",
        _("Customers who may be one"),
        _("Of the same name, and with something else in common. Merging moves the sites and keeps the history."),
        _duplicates,
    ),
    QualityList(
        "assurance-30",
        _("Software Assurance ends within 30 days"),
        _("Without a renewal these sites take no further step up."),
        _ending(30),
    ),
    QualityList(
        "assurance-60",
        _("Software Assurance ends within 60 days"),
        _("Those of the next 30 days included."),
        _ending(60),
    ),
    QualityList(
        "assurance-90",
        _("Software Assurance ends within 90 days"),
        _("Those of the next 60 days included."),
        _ending(90),
    ),
    QualityList(
        "released",
        _("Released for 30 days, and not re-licensed"),
        _("Nothing runs with these serial numbers. Ask whether the site still exists."),
        _released_for_long,
    ),
)
BY_SLUG = {each.slug: each for each in LISTS}
