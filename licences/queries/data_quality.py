"""Data quality: lists of records that need attention, each entry with its age. Nothing here writes.

A page shows at most ``SHOWN`` entries of a list, and nothing counts the rest. The database is given that limit, so that
it reads the beginning of an index instead of sorting a whole table.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.db.models import DateField, Exists, F, Max, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from licences.domain.codes import grouped
from licences.domain.matching import Likeness, compare_names
from licences.models import Balance, Installation, LicenceGrant, Registration, Serial, grants_in_force
from licences.queries import possible_duplicates, records_of_one_key

SHOWN = 500
RELEASED_TOO_LONG = timedelta(days=30)
_CANDIDATES = 5_000  # how many are compared in Python, if the database cannot compare them
LATEST_REGISTRATIONS = 100_000  # that a page looks at: if all names fit, it would otherwise read every registration


@dataclass(frozen=True, slots=True)
class QualityEntry:
    """A record that needs attention.

    ``since``: the day from which it does, or until which it is covered. ``about``: what is wrong, if the list does not
    say it. ``other``: the customer that may be the same one.
    """

    customer: Customer
    since: date | None
    about: str = ""
    serial: Serial | None = None
    other: Customer | None = None


@dataclass(frozen=True, slots=True)
class QualityList:
    """A list of the page "Data quality"; ``slug`` is its address."""

    slug: str
    title: Promise
    help: Promise
    find: Callable[[date, int | None], Iterator[QualityEntry]]  # takes the day, and how many rows to read (None: all)

    def entries(self, *, today: date, most: int | None = SHOWN) -> list[QualityEntry]:
        """Return the entries as of a day: at most ``most``, or all if that is None."""
        return list(islice(self.find(today, most), most))


@dataclass(frozen=True, slots=True)
class QualitySummary:
    """A list in one line: how many entries it has (``more``: or more than that), and since when the oldest waits."""

    list: QualityList
    count: int
    more: bool
    oldest: date | None


def summary(quality_list: QualityList, *, today: date) -> QualitySummary:
    """Summarise a list as of a day. It counts up to ``SHOWN`` entries."""
    entries = quality_list.entries(today=today, most=SHOWN + 1)
    days = [entry.since for entry in entries if entry.since]
    return QualitySummary(quality_list, min(len(entries), SHOWN), len(entries) > SHOWN, min(days) if days else None)


# --- Registration --------------------------------------------------------------------------------------


def _serials() -> QuerySet[Serial]:
    """Serials with their sites and customers."""
    return Serial.objects.select_related("site__customer")


def _never_registered(today: date, most: int | None) -> Iterator[QualityEntry]:
    """Serials with licences and no registration, by when they were allocated."""
    registered = Registration.objects.filter(serial=OuterRef("pk"))
    licensed = Balance.objects.filter(serial=OuterRef("pk"), quantity__gt=0)
    grants = LicenceGrant.objects.filter(serial=OuterRef("pk")).order_by().values("serial")
    unregistered = _serials().filter(Exists(licensed)).exclude(Exists(registered)).order_by("pk")
    bought = Subquery(grants.values(first=Min("purchased_on")), output_field=DateField())
    for serial in unregistered.annotate(bought=Coalesce(bought, TruncDate("created_at")))[:most].iterator():
        yield QualityEntry(serial.site.customer, serial.bought, serial=serial)


def _registered_by_others(today: date, most: int | None) -> Iterator[QualityEntry]:
    """Registrations under a name unlike the customer's, the newest first.

    Names are compared in Python, so a page looks at a limited number of registrations. A file looks at all.
    """
    later = Registration.objects.filter(serial=OuterRef("serial"), pk__gt=OuterRef("pk"))
    registrations = Registration.objects.exclude(name="").exclude(name=F("serial__site__customer__name"))
    related = registrations.exclude(Exists(later)).select_related("serial__site__customer").order_by("-pk")
    if most is not None:
        newest = Registration.objects.aggregate(newest=Max("pk"))["newest"] or 0
        related = related.filter(pk__gt=newest - LATEST_REGISTRATIONS)[:_CANDIDATES]
    for registration in related.iterator():
        customer = registration.serial.site.customer
        if compare_names(registration.name, customer.name).likeness is Likeness.DIFFERENT:
            since = timezone.localdate(registration.entered_at)
            yield QualityEntry(customer, since, registration.name, serial=registration.serial)


def _released_for_long(today: date, most: int | None) -> Iterator[QualityEntry]:
    """Serials released 30 days ago or earlier that run nowhere, the oldest release first."""
    before = timezone.make_aware(datetime.combine(today - RELEASED_TOO_LONG, time.max))
    live = Installation.objects.filter(serial=OuterRef("serial"), ended_at=None)
    released = Installation.objects.filter(
        end_reason=Installation.EndReason.RELEASED, release_use=None, ended_at__lte=before
    )
    related = released.exclude(Exists(live)).select_related("serial__site__customer").order_by("ended_at")
    for installation in related[:most].iterator():
        ended: Any = installation.ended_at
        yield QualityEntry(installation.serial.site.customer, timezone.localdate(ended), serial=installation.serial)


# --- Software Assurance ----------------------------------------------------------------------------------


def _ending(days: int) -> Callable[[date, int | None], Iterator[QualityEntry]]:
    """Return the finder of serials whose Software Assurance ends within a number of days and is not renewed yet."""

    def find(today: date, most: int | None) -> Iterator[QualityEntry]:
        last = today + timedelta(days=days)
        later = grants_in_force().filter(serial=OuterRef("serial"), software_assurance_until__gt=last)
        ending = grants_in_force().filter(software_assurance_until__range=(today, last)).exclude(Exists(later))
        ends = ending.order_by().values("serial").annotate(ends=Max("software_assurance_until"))
        rows = ends.order_by("ends", "serial").values_list("serial", "ends")[:most]
        # Not a cursor for a page: PostgreSQL gives cursors no parallel workers, and those make this query fast.
        for chunk in _chunked(rows.iterator() if most is None else iter(rows), 500):
            serials = _serials().in_bulk([serial_id for serial_id, _day in chunk])
            for serial_id, day in chunk:
                yield QualityEntry(serials[serial_id].site.customer, day, serial=serials[serial_id])

    return find


def _chunked(rows: Iterator[Any], size: int) -> Iterator[list[Any]]:
    """Lists of at most ``size`` rows."""
    while chunk := list(islice(rows, size)):
        yield chunk


# --- Duplicates ------------------------------------------------------------------------------------------


def _duplicates(today: date, most: int | None) -> Iterator[QualityEntry]:
    """Pairs of customers who may be one, first those of the same name. A page looks at the newest for similar names."""
    for pair in possible_duplicates.pairs(newest=None if most is None else _CANDIDATES):
        yield QualityEntry(pair.one, timezone.localdate(pair.other.created_at), pair.about, other=pair.other)


def _of_one_number(today: date, most: int | None) -> Iterator[QualityEntry]:
    """Pairs of customers whose numbers are written otherwise and mean the same."""
    for one, other in records_of_one_key.customers(keys=None if most is None else _CANDIDATES):
        about = gettext("%(one)s and %(other)s") % {"one": one.number, "other": other.number}
        yield QualityEntry(one, timezone.localdate(other.created_at), about, other=other)


def _purchases_of_one_key(today: date, most: int | None) -> Iterator[QualityEntry]:
    """Purchases whose reference is written otherwise than that of an earlier one with the same line."""
    for pair in records_of_one_key.purchases(keys=None if most is None else _CANDIDATES):
        about = gettext("%(reference)s; earlier %(known)s, serial number %(serial)s") % {
            "reference": pair.other.purchase_reference,
            "known": pair.known.purchase_reference,
            "serial": grouped(pair.known.serial.code),
        }
        since = timezone.localdate(pair.other.recorded_at)
        yield QualityEntry(pair.other.serial.site.customer, since, about, serial=pair.other.serial)


# --- The lists -------------------------------------------------------------------------------------------

LISTS = (
    QualityList(
        "never-registered",
        _("Bought, but never registered"),
        _("These sites may be refused support. Ask the customer to register, or register by hand."),
        _never_registered,
    ),
    QualityList(
        "other-name",
        _("Registered under a different name"),
        _(
            "The list shows the registered name and covers the latest 100,000 registrations; the download "
            "covers all. Correct the customer, or transfer the serial number."
        ),
        _registered_by_others,
    ),
    QualityList(
        "duplicates",
        _("Possible duplicates"),
        _(
            "Customers with the same or a similar name and something else in common. Merging moves the sites and keeps "
            "the history."
        ),
        _duplicates,
    ),
    QualityList(
        "same-number",
        _("Two customers with the same number"),
        _(
            "Their customer numbers differ only in zeros, dashes, blanks or capitals. A purchase with yet another "
            "spelling goes to the older customer. Merge them, or correct one of the numbers."
        ),
        _of_one_number,
    ),
    QualityList(
        "same-purchase",
        _("The same purchase twice?"),
        _(
            "Purchases with a line in common whose references differ only in dashes, blanks or capitals. If they are "
            "one, enter a return for the later one, or take its import back."
        ),
        _purchases_of_one_key,
    ),
    QualityList(
        "assurance-30",
        _("Software Assurance ends within 30 days"),
        _("Without renewal these sites cannot upgrade."),
        _ending(30),
    ),
    QualityList(
        "assurance-60",
        _("Software Assurance ends within 60 days"),
        _("Includes those of the next 30 days."),
        _ending(60),
    ),
    QualityList(
        "assurance-90",
        _("Software Assurance ends within 90 days"),
        _("Includes those of the next 60 days."),
        _ending(90),
    ),
    QualityList(
        "released",
        _("Released at least 30 days ago, not re-licensed"),
        _("These serial numbers are not in use. Ask whether the site still exists."),
        _released_for_long,
    ),
)
BY_SLUG = {each.slug: each for each in LISTS}
