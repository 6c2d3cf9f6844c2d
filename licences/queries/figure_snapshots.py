"""Counting the figures that say what is on record now. Nothing here writes.

They read whole tables, so the worker counts them once a day. Nothing on record tells what they were on an earlier day.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncMonth

from licences.domain.errors import Refusal
from licences.domain.figures import AGES, Figure, months_from
from licences.domain.versions import Version
from licences.models import Balance, Installation, Registration, Release, Serial, grants_in_force
from licences.queries.figure_counts import FigureCount, add_up, country_of, start_of

UNREADABLE = "?"  # a version that nobody gave, or that is none


def count_snapshot(day: date) -> list[FigureCount]:
    """Count what is on record now, as the figures of ``day``, which is today."""
    return add_up(
        [
            *_never_registered(day),
            *_assurance_ends(day),
            *_licences_ending(day),
            *_assurance_cover(day),
            *_renewals(day),
            *_versions(day),
            *_outdated_customers(day),
            *_licences_in_force(day),
        ]
    )


_OF_SITE = "site__customer__country_key"


def _licensed() -> QuerySet[Serial]:
    """Serials with licences."""
    return Serial.objects.filter(Exists(Balance.objects.filter(serial=OuterRef("pk"), quantity__gt=0))).order_by()


def _never_registered(day: date) -> Iterator[FigureCount]:
    """Serials with licences that nobody registered, as on the desk, by their age."""
    waiting = _licensed().exclude(Exists(Registration.objects.filter(serial=OuterRef("pk"))))
    younger = [
        When(created_at__gte=start_of(day - timedelta(days=days)), then=Value(age))
        for age, days in AGES.items()
        if days is not None
    ]
    age = Case(*younger, default=Value(next(reversed(AGES))), output_field=CharField())
    for part, key, number in waiting.values_list(age, _OF_SITE).annotate(Count("pk")):
        yield FigureCount(day, Figure.NEVER_REGISTERED, part, country_of(key), number)


def _assurance_cover(day: date) -> Iterator[FigureCount]:
    """Serials with licences: covered by Software Assurance on this day, covered before, or never.

    Three counts, each with one join, because a condition per row reads the grants of each serial by itself.
    """
    ever = grants_in_force().filter(serial=OuterRef("pk"), software_assurance_until__isnull=False)
    licensed, covered_once, covered = (
        Counter(dict(serials.values_list(_OF_SITE).annotate(Count("pk"))))
        for serials in (
            _licensed(),
            _licensed().filter(Exists(ever)),
            _licensed().filter(Exists(ever.filter(software_assurance_until__gte=day))),
        )
    )
    for part, numbers in (
        ("covered", covered),
        ("lapsed", covered_once - covered),
        ("never", licensed - covered_once),
    ):
        for key, number in numbers.items():
            yield FigureCount(day, Figure.ASSURANCE_COVER, part, country_of(key), number)


def _licences_in_force(day: date) -> Iterator[FigureCount]:
    """Licences in force by product, of all serials."""
    held = Balance.objects.filter(quantity__gt=0).order_by()
    for product, key, number in held.values_list("product_id", f"serial__{_OF_SITE}").annotate(Sum("quantity")):
        yield FigureCount(day, Figure.LICENCES_IN_FORCE, str(product), country_of(key), number)


def _assurance_ends(day: date) -> Iterator[FigureCount]:
    """Serials by the month in which the last of their Software Assurance ends, from today on."""
    months = set(months_from(day))
    later = grants_in_force().filter(
        serial=OuterRef("serial"), software_assurance_until__gt=OuterRef("software_assurance_until")
    )
    ending = grants_in_force().filter(software_assurance_until__gte=day).exclude(Exists(later)).order_by()
    by_month = ending.values_list(TruncMonth("software_assurance_until"), "serial__site__customer__country_key")
    for first, key, number in by_month.annotate(Count("serial", distinct=True)):
        if f"{first:%Y-%m}" in months:
            yield FigureCount(day, Figure.ASSURANCE_ENDS, f"{first:%Y-%m}", country_of(key), number)


def _licences_ending(day: date) -> Iterator[FigureCount]:
    """Licences in force of the serials of ``_assurance_ends``, by the same month; each serial counts once."""
    months = set(months_from(day))
    same_day = Q(software_assurance_until=OuterRef("software_assurance_until"), pk__gt=OuterRef("pk"))
    further = Q(software_assurance_until__gt=OuterRef("software_assurance_until")) | same_day
    later = grants_in_force().filter(further, serial=OuterRef("serial"))
    ending = grants_in_force().filter(software_assurance_until__gte=day).exclude(Exists(later)).order_by()
    by_month = ending.values_list(TruncMonth("software_assurance_until"), "serial__site__customer__country_key")
    for first, key, number in by_month.annotate(Sum("serial__balances__quantity")):
        if f"{first:%Y-%m}" in months and number:
            yield FigureCount(day, Figure.LICENCES_ENDING, f"{first:%Y-%m}", country_of(key), number)


def _renewals(day: date) -> Iterator[FigureCount]:
    """Serials whose Software Assurance ended in a month, and whether another purchase line covers them further."""
    first = day.replace(year=day.year - 1, day=1)
    later = grants_in_force().filter(
        serial=OuterRef("serial"), software_assurance_until__gt=OuterRef("software_assurance_until")
    )
    ended = grants_in_force().filter(software_assurance_until__gte=first, software_assurance_until__lt=day).order_by()
    columns = (TruncMonth("software_assurance_until"), "serial__site__customer__country_key")
    lapsed = {
        (month, key): number
        for month, key, number in ended.exclude(Exists(later))
        .values_list(*columns)
        .annotate(Count("serial", distinct=True))
    }
    for month, key, number in ended.values_list(*columns).annotate(Count("serial", distinct=True)):
        parts = {"renewed": number - lapsed.get((month, key), 0), "lapsed": lapsed.get((month, key), 0)}
        for part, value in parts.items():
            yield FigureCount(day, Figure.RENEWALS, f"{month:%Y-%m}/{part}", country_of(key), value)


def _versions(day: date) -> Iterator[FigureCount]:
    """Live installations by the release of their server version, and whether that is supported."""
    releases = sorted(Release.objects.all(), key=Release.parsed)
    live = Installation.objects.filter(ended_at=None).order_by()
    by_version = live.values_list("server_version", "serial__site__customer__country_key")
    for text, key, number in by_version.annotate(Count("pk")):
        yield FigureCount(day, Figure.VERSIONS, _part_of(text, releases), country_of(key), number)


def _outdated_customers(day: date) -> Iterator[FigureCount]:
    """Customers with a live installation whose release is no longer supported; each customer once."""
    releases = sorted(Release.objects.all(), key=Release.parsed)
    live = Installation.objects.filter(ended_at=None).order_by()
    texts = live.values_list("server_version", flat=True).distinct()
    outdated = [text for text in texts if _part_of(text, releases).endswith("/unsupported")]
    customer = "serial__site__customer"
    by_country = live.filter(server_version__in=outdated).values_list(f"{customer}__country_key")
    for key, number in by_country.annotate(Count(customer, distinct=True)):
        yield FigureCount(day, Figure.OUTDATED_CUSTOMERS, "", country_of(key), number)


def _part_of(text: str, releases: Iterable[Release]) -> str:
    """The release of a version and its support, as ``2.6/supported``; ``releases`` are in ascending order.

    It is that of the highest release up to the version with the same two numbers; without one, ``unknown``.
    """
    try:
        version = Version.parse(text)
    except Refusal:
        return f"{UNREADABLE}/unknown"
    support = "unknown"
    for release in releases:
        parsed = release.parsed()
        if parsed.release == version.release and parsed <= version:
            support = "supported" if release.is_supported else "unsupported"
    return f"{version.release_text}/{support}"
