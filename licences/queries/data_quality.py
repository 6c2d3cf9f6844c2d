"""Data quality: lists of records that need attention, each entry with its age. Nothing here writes.

A worker stores the first ``STORED`` open entries of each list (``licences.operations.quality_counts``); pages are read
from those, and read again here what they say (``only``). A file has all entries.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.db.models import Count, DateField, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.contact import CONTACT_COLUMNS
from customers.models import Customer
from licences.domain.batches import batched
from licences.domain.codes import grouped
from licences.domain.matching import Likeness, compare_names
from licences.domain.quality_findings import fingerprint
from licences.models import (
    Balance,
    Installation,
    InstallationAddress,
    LicenceGrant,
    Registration,
    Serial,
    grants_in_force,
)
from licences.queries import possible_duplicates, records_of_one_key

STORED = 10_000  # open entries of a list that pages and counts know
RELEASED_TOO_LONG = timedelta(days=30)
CALLS_KEPT = timedelta(days=7)  # as long as ``operations.installation_addresses`` keeps them
_CANDIDATES = 5_000  # how many are compared in Python, if the database cannot compare them
LATEST_REGISTRATIONS = 100_000  # that a count looks at: if all names fit, it would otherwise read every registration

EntryKey = tuple[int, int]
Only = Collection[EntryKey] | None


@dataclass(frozen=True, slots=True)
class QualityEntry:
    """A record that needs attention.

    ``since``: the day from which it does, or until which it is covered. ``about``: what is wrong, if the list does not
    say it. ``other``: the customer that may be the same one. ``key`` names the entry within its list: the primary keys
    of its serial and 0, of its customers, or of its purchase lines. ``fingerprint``: another one means that what the
    entry is about has changed.
    """

    customer: Customer
    since: date
    key: EntryKey
    fingerprint: str
    about: str = ""
    serial: Serial | None = None
    other: Customer | None = None


@dataclass(frozen=True, slots=True)
class QualityList:
    """A list of the page "Data quality"; ``slug`` is its address.

    ``find`` takes the day, how many rows to read (None: all) and the keys to look at (None: all), and yields the
    entries. ``newest_first`` is the order of its pages by day.
    """

    slug: str
    title: Promise
    help: Promise
    find: Callable[[date, int | None, Only], Iterator[QualityEntry]]
    newest_first: bool = False

    def entries(self, *, today: date, most: int | None = STORED, only: Only = None) -> list[QualityEntry]:
        """Return the entries as of a day: at most ``most``, or all if that is None; ``only`` those with these keys."""
        return list(islice(self.find(today, most, only), most))


# --- Registration --------------------------------------------------------------------------------------


def _serials() -> QuerySet[Serial]:
    """Serials with their sites and customers."""
    return Serial.objects.select_related("site__customer")


def _subjects(only: Only) -> Q:
    """The serials among the keys; all if that is None. The name of the column is ``serial``."""
    return Q() if only is None else Q(serial__in={subject for subject, _second in only})


def _streamed(rows: QuerySet[Any], only: Only) -> Iterable[Any]:
    """The rows one by one; those of a page at once, as PostgreSQL plans a cursor as if few of its rows were wanted."""
    return rows.iterator() if only is None else rows


def _never_registered(today: date, most: int | None, only: Only) -> Iterator[QualityEntry]:
    """Serials with licences and no registration, by when they were allocated."""
    registered = Registration.objects.filter(serial=OuterRef("pk"))
    licensed = Balance.objects.filter(serial=OuterRef("pk"), quantity__gt=0)
    grants = LicenceGrant.objects.filter(serial=OuterRef("pk")).order_by().values("serial")
    unregistered = _serials().filter(Exists(licensed)).exclude(Exists(registered)).order_by("pk")
    if only is not None:
        unregistered = unregistered.filter(pk__in={subject for subject, _second in only})
    bought = Subquery(grants.values(first=Min("purchased_on")), output_field=DateField())
    annotated = unregistered.annotate(
        bought=Coalesce(bought, TruncDate("created_at")), last_grant=Subquery(grants.values(last=Max("pk")))
    )
    for serial in _streamed(annotated[:most], only):
        customer = serial.site.customer
        digest = fingerprint(customer.pk, serial.last_grant)
        yield QualityEntry(customer, serial.bought, (serial.pk, 0), digest, serial=serial)


def _registered_by_others(today: date, most: int | None, only: Only) -> Iterator[QualityEntry]:
    """Registrations under a name unlike the customer's, the newest first.

    Names are compared in Python, so a count looks at a limited number of registrations. A file looks at all.
    """
    later = Registration.objects.filter(serial=OuterRef("serial"), pk__gt=OuterRef("pk"))
    registrations = Registration.objects.exclude(name="").exclude(name=F("serial__site__customer__name"))
    related = registrations.exclude(Exists(later)).select_related("serial__site__customer").order_by("-pk")
    if only is not None:
        related = related.filter(_subjects(only))
    elif most is not None:
        newest = Registration.objects.aggregate(newest=Max("pk"))["newest"] or 0
        related = related.filter(pk__gt=newest - LATEST_REGISTRATIONS)[: max(most, _CANDIDATES)]
    for registration in _streamed(related, only):
        customer = registration.serial.site.customer
        if compare_names(registration.name, customer.name).likeness is Likeness.DIFFERENT:
            since, key = timezone.localdate(registration.entered_at), (registration.serial_id, 0)
            digest = fingerprint(registration.pk, customer.pk, customer.name)
            yield QualityEntry(customer, since, key, digest, registration.name, serial=registration.serial)


def _released_for_long(today: date, most: int | None, only: Only) -> Iterator[QualityEntry]:
    """Serials released 30 days ago or earlier that run nowhere, the oldest release first, each once."""
    before = timezone.make_aware(datetime.combine(today - RELEASED_TOO_LONG, time.max))
    live = Installation.objects.filter(serial=OuterRef("serial"), ended_at=None)
    released = Installation.objects.filter(
        end_reason=Installation.EndReason.RELEASED, release_use=None, ended_at__lte=before
    )
    later = released.filter(serial=OuterRef("serial"), pk__gt=OuterRef("pk"))
    related = released.exclude(Exists(live)).exclude(Exists(later)).select_related("serial__site__customer")
    for installation in _streamed(related.filter(_subjects(only)).order_by("ended_at")[:most], only):
        ended: Any = installation.ended_at
        customer, key = installation.serial.site.customer, (installation.serial_id, 0)
        digest = fingerprint(installation.pk, customer.pk)
        yield QualityEntry(customer, timezone.localdate(ended), key, digest, serial=installation.serial)


def _called_by_turns(today: date, most: int | None, only: Only) -> Iterator[QualityEntry]:
    """Live installations that called from several addresses by turns, the latest first."""
    begin = timezone.make_aware(datetime.combine(today - CALLS_KEPT, time.min))
    calls = Q(addresses__last_at__gte=begin)
    # Only these are grouped: those that came back are few, and live installations are millions.
    came_back = InstallationAddress.objects.filter(returned_at__gte=begin).values("installation")
    live = Installation.objects.filter(_subjects(only), ended_at=None, pk__in=came_back)
    live = live.select_related("serial__site__customer")
    counted = live.annotate(
        returned=Max("addresses__returned_at"), called_from=Count("addresses", filter=calls, distinct=True)
    )
    called = counted.filter(returned__gte=begin, called_from__gt=1).order_by("-returned")
    for installation in _streamed(called[:most], only):
        customer, number = installation.serial.site.customer, installation.called_from
        about = gettext("called from %(number)s addresses in the last %(days)s days") % {
            "number": number, "days": CALLS_KEPT.days
        }  # fmt: skip
        digest = fingerprint(installation.pk, customer.pk, number)
        since, key = timezone.localdate(installation.returned), (installation.serial_id, 0)
        yield QualityEntry(customer, since, key, digest, about, serial=installation.serial)


# --- Software Assurance ----------------------------------------------------------------------------------


def _ending(days: int) -> Callable[[date, int | None, Only], Iterator[QualityEntry]]:
    """Return the finder of serials whose Software Assurance ends within a number of days and is not renewed yet."""

    def find(today: date, most: int | None, only: Only) -> Iterator[QualityEntry]:
        last = today + timedelta(days=days)
        later = grants_in_force().filter(serial=OuterRef("serial"), software_assurance_until__gt=last)
        ending = grants_in_force().filter(_subjects(only), software_assurance_until__range=(today, last))
        ends = ending.exclude(Exists(later)).order_by().values("serial").annotate(ends=Max("software_assurance_until"))
        rows = ends.order_by("ends", "serial").values_list("serial", "ends")[:most]
        # Not a cursor for a count: PostgreSQL gives cursors no parallel workers, and those make this query fast.
        for chunk in batched(rows.iterator() if most is None else rows, 500):
            serials = _serials().in_bulk([serial_id for serial_id, _day in chunk])
            for pk, day in chunk:
                customer = serials[pk].site.customer
                yield QualityEntry(customer, day, (pk, 0), fingerprint(day, customer.pk), serial=serials[pk])

    return find


# --- Duplicates ------------------------------------------------------------------------------------------


def _duplicates(today: date, most: int | None, only: Only) -> Iterator[QualityEntry]:
    """Pairs of customers who may be one, those of the same name first.

    A count compares the newest customers for similar names.
    """
    newest = None if most is None else _CANDIDATES
    pairs = possible_duplicates.pairs(newest=newest) if only is None else possible_duplicates.pairs_of(only)
    for pair in pairs:
        yield _pair_of_customers(pair.one, pair.other, pair.about)


def _of_one_number(today: date, most: int | None, only: Only) -> Iterator[QualityEntry]:
    """Pairs of customers whose numbers are written otherwise and mean the same."""
    for one, other in records_of_one_key.customers(keys=None if most is None else _CANDIDATES, only=only):
        about = gettext("%(one)s and %(other)s") % {"one": one.number, "other": other.number}
        yield _pair_of_customers(one, other, about)


def _pair_of_customers(one: Customer, other: Customer, about: str) -> QualityEntry:
    """The entry of two customers. It has changed if one of them has."""
    digest = fingerprint(
        *(getattr(each, name) for each in (one, other) for name in ("number", "name", *CONTACT_COLUMNS))
    )
    return QualityEntry(one, timezone.localdate(other.created_at), (one.pk, other.pk), digest, about, other=other)


def _purchases_of_one_key(today: date, most: int | None, only: Only) -> Iterator[QualityEntry]:
    """Purchases whose reference is written otherwise than that of an earlier one with the same line."""
    for pair in records_of_one_key.purchases(keys=None if most is None else _CANDIDATES, only=only):
        about = gettext("%(reference)s; earlier %(known)s, serial number %(serial)s") % {
            "reference": pair.other.purchase_reference,
            "known": pair.known.purchase_reference,
            "serial": grouped(pair.known.serial.code),
        }
        customer, serial = pair.other.serial.site.customer, pair.other.serial
        digest = fingerprint(customer.pk, pair.known.serial_id, serial.pk)
        since, key = timezone.localdate(pair.other.recorded_at), (pair.known.pk, pair.other.pk)
        yield QualityEntry(customer, since, key, digest, about, serial=serial)


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
        newest_first=True,
    ),
    QualityList(
        "duplicates",
        _("Possible duplicates"),
        _(
            "Customers with the same or a similar name and something else in common. Merging moves the sites and keeps "
            "the history."
        ),
        _duplicates,
        newest_first=True,
    ),
    QualityList(
        "same-number",
        _("Two customers with the same number"),
        _(
            "Their customer numbers differ only in zeros, dashes, blanks or capitals. A purchase with yet another "
            "spelling goes to the older customer. Merge them, or correct one of the numbers."
        ),
        _of_one_number,
        newest_first=True,
    ),
    QualityList(
        "same-purchase",
        _("The same purchase twice?"),
        _(
            "Purchases with a line in common whose references differ only in dashes, blanks or capitals. If they are "
            "one, enter a return for the later one, or take its import back."
        ),
        _purchases_of_one_key,
        newest_first=True,
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
    QualityList(
        "several-addresses",
        _("One installation, several addresses"),
        _(
            "These servers call from several internet addresses by turns. Either the site has two internet lines, or "
            "somebody runs a copy of the server. Ask the customer; nothing is blocked."
        ),
        _called_by_turns,
        newest_first=True,
    ),
)
BY_SLUG = {each.slug: each for each in LISTS}
