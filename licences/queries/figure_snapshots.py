"""Counting the figures that say what is on record now. Nothing here writes.

They read whole tables, so the worker counts them once a day. Nothing on record tells what they were on an earlier day.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, Exists, Expression, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncMonth

from licences.domain.errors import Refusal
from licences.domain.figures import AGES, Figure, months_from
from licences.domain.versions import Version
from licences.models import Balance, Installation, LicenceGrant, Registration, Release, Serial, grants_in_force
from licences.queries.figure_counts import (
    FigureCount,
    add_up,
    allocator,
    country_of,
    country_path,
    of_each_product,
    reseller_of,
    start_of,
)

UNREADABLE = "?"  # a version that nobody gave, or that is none


def count_snapshot(day: date) -> list[FigureCount]:
    """Count what is on record now, as the figures of ``day``, which is today."""
    return add_up(
        [
            *_never_registered(day),
            *_assurance_ends(day),
            *_assurance_cover(day),
            *_renewals(day),
            *_versions(day),
            *_outdated_customers(day),
            *_licences_in_force(day),
        ]
    )


def _count(
    rows: QuerySet[Any],
    part: Expression | F,
    *,
    serial: str,
    values: Mapping[str, Expression],
    of_product: Mapping[str, Expression] | None = None,
) -> Iterator[tuple[Any, str, int, str, dict[str, int]]]:
    """Count rows by part, country, product and reseller; product 0 stands for all, and each product follows.

    ``serial`` is the path to the serial, empty for serials; ``values`` are aggregates by name, ``of_product`` those for
    the rows of a product if they are others.
    """
    of_products, product = of_each_product(rows, serial)
    for found, of, numbers in ((rows, Value(0), values), (of_products, F(product), of_product or values)):
        columns = found.order_by().values_list(part, country_path(serial), of, reseller_of(allocator(serial)))
        for name, key, held, sender, *counted in columns.annotate(**numbers):
            yield name, country_of(key), held, sender, dict(zip(numbers, counted, strict=True))


def _number(
    day: date, figure: Figure, rows: QuerySet[Any], part: Expression | F, *, serial: str
) -> Iterator[FigureCount]:
    """The numbers of rows of a figure whose part is a column."""
    for name, country, product, sender, counted in _count(rows, part, serial=serial, values={"counted": Count("pk")}):
        yield FigureCount(day, figure, name, country, counted["counted"], product, sender)


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
    yield from _number(day, Figure.NEVER_REGISTERED, waiting, age, serial="")


def _assurance_cover(day: date) -> Iterator[FigureCount]:
    """Serials with licences: covered by Software Assurance on this day, covered before, or never.

    Three counts, each with one join, because a condition per row reads the grants of each serial by itself.
    """
    ever = grants_in_force().filter(serial=OuterRef("pk"), software_assurance_until__isnull=False)
    licensed, covered_once, covered = (
        _by_division(serials)
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
        for (country, product, sender), number in numbers.items():
            yield FigureCount(day, Figure.ASSURANCE_COVER, part, country, number, product, sender)


def _by_division(serials: QuerySet[Serial]) -> Counter[tuple[str, int, str]]:
    """Serials by country, product and reseller."""
    found: Counter[tuple[str, int, str]] = Counter()
    values = {"counted": Count("pk")}
    for _part, country, product, sender, counted in _count(serials, Value(""), serial="", values=values):
        found[country, product, sender] += counted["counted"]
    return found


def _licences_in_force(day: date) -> Iterator[FigureCount]:
    """Licences in force by product, of all serials."""
    held = Balance.objects.filter(quantity__gt=0).order_by()
    columns = ("product_id", country_path("serial"), reseller_of(allocator("serial")))
    for product, key, sender, number in held.values_list(*columns).annotate(Sum("quantity")):
        yield FigureCount(day, Figure.LICENCES_IN_FORCE, str(product), country_of(key), number, reseller=sender)


def _assurance_ends(day: date) -> Iterator[FigureCount]:
    """Serials, and their licences in force, by the month in which the last of their Software Assurance ends.

    From today on; each serial counts once.
    """
    months = set(months_from(day))
    same_day = Q(software_assurance_until=OuterRef("software_assurance_until"), pk__gt=OuterRef("pk"))
    further = Q(software_assurance_until__gt=OuterRef("software_assurance_until")) | same_day
    later = grants_in_force().filter(further, serial=OuterRef("serial"))
    ending = grants_in_force().filter(software_assurance_until__gte=day).exclude(Exists(later)).order_by()
    licences = Sum("serial__balances__quantity")
    for first, country, product, sender, counted in _count(
        ending,
        TruncMonth("software_assurance_until"),
        serial="serial",
        values={"serials": Count("serial", distinct=True), "licences": licences},
        of_product={"serials": Count("pk"), "licences": licences},
    ):
        month = f"{first:%Y-%m}"
        if month in months:
            of_month = (month, country)
            yield FigureCount(day, Figure.ASSURANCE_ENDS, *of_month, counted["serials"], product, sender)
            yield FigureCount(day, Figure.LICENCES_ENDING, *of_month, counted["licences"] or 0, product, sender)


def _renewals(day: date) -> Iterator[FigureCount]:
    """Serials whose Software Assurance ended in a month, and whether another purchase line covers them further."""
    first = day.replace(year=day.year - 1, day=1)
    later = grants_in_force().filter(
        serial=OuterRef("serial"), software_assurance_until__gt=OuterRef("software_assurance_until")
    )
    ended = grants_in_force().filter(software_assurance_until__gte=first, software_assurance_until__lt=day).order_by()
    lapsed = _by_month(ended.exclude(Exists(later)))
    for division, number in _by_month(ended).items():
        month, country, product, sender = division
        parts = {"renewed": number - lapsed[division], "lapsed": lapsed[division]}
        for part, value in parts.items():
            yield FigureCount(day, Figure.RENEWALS, f"{month}/{part}", country, value, product, sender)


def _by_month(grants: QuerySet[LicenceGrant]) -> Counter[tuple[str, str, int, str]]:
    """Serials by the month in which cover of one of these grants ends, country, product and reseller."""
    found: Counter[tuple[str, str, int, str]] = Counter()
    month = TruncMonth("software_assurance_until")
    values = {"serials": Count("serial", distinct=True)}
    for first, country, product, sender, counted in _count(grants, month, serial="serial", values=values):
        found[f"{first:%Y-%m}", country, product, sender] += counted["serials"]
    return found


def _versions(day: date) -> Iterator[FigureCount]:
    """Live installations by the release of their server version, and whether that is supported."""
    releases = sorted(Release.objects.all(), key=Release.parsed)
    live = Installation.objects.filter(ended_at=None).order_by()
    for each in _number(day, Figure.VERSIONS, live, F("server_version"), serial="serial"):
        yield each._replace(part=_part_of(each.part, releases))


def _outdated_customers(day: date) -> Iterator[FigureCount]:
    """Customers with a live installation whose release is no longer supported; each customer once.

    Of all products and resellers.
    """
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
