"""Counting the figures that say what is on record now. Nothing here writes.

They read whole tables, so the worker counts them once a day. Nothing on record tells what they were on an earlier day.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Count

from customers.models import Customer
from licences.domain.errors import Refusal
from licences.domain.figures import AGES, Figure, months_from
from licences.domain.versions import Version
from licences.models import FileImport, Installation, Release
from licences.queries.figure_counts import FigureCount, add_up, country_of, reseller_of, start_of
from licences.queries.figure_statements import (
    OnRecord,
    Renewed,
    many_statements,
    renewed_serials,
    serials_on_record,
)
from licences.queries.frequent_movers import movers_of_a_year

UNREADABLE = "?"  # a version that nobody gave, or that is none


def count_snapshot(day: date) -> list[FigureCount]:
    """Count what is on record now, as the figures of ``day``, which is today."""
    with many_statements():
        return add_up([*_Snapshot(day).counts(), *_outdated_customers(day), *_frequent_movers(day)])


class _Snapshot:
    """The figures of all serials: number and part, by country, product and reseller.

    Product 0 stands for all products, and each product follows.
    """

    def __init__(self, day: date) -> None:
        self.day = day
        self.since = day.replace(year=day.year - 1, day=1)  # ended months count from here
        self.months = set(months_from(day))
        self.releases = sorted(Release.objects.all(), key=Release.parsed)
        self.senders = dict(FileImport.objects.values_list("pk", reseller_of("")))
        self.parts: dict[str, str] = {}  # of versions

    def counts(self) -> Iterator[FigureCount]:
        ages = {age: None if days is None else start_of(self.day - timedelta(days=days)) for age, days in AGES.items()}
        for found in serials_on_record(self.day, ages):
            yield from self._on_record(found)
        for renewed in renewed_serials(self.day, self.since):
            yield from self._divided(Figure.RENEWALS, f"{renewed.month}/renewed", renewed)

    def _on_record(self, found: OnRecord) -> Iterator[FigureCount]:
        """The figures of serials that are alike."""
        if found.product is not None:
            yield from self._divided(Figure.ASSURANCE_COVER, found.state, found)
            if found.age in AGES:
                yield from self._divided(Figure.NEVER_REGISTERED, found.age, found)
            yield self._count(Figure.LICENCES_IN_FORCE, str(found.product), found, found.licences)
        if found.version is not None:
            yield from self._divided(Figure.VERSIONS, self._part_of(found.version), found)
        if found.state == "covered" and found.month in self.months:
            yield from self._divided(Figure.ASSURANCE_ENDS, found.month, found)
            yield self._count(Figure.LICENCES_ENDING, found.month, found, found.licences)
            if found.product is not None:
                yield self._count(Figure.LICENCES_ENDING, found.month, found, found.licences, found.product)
        if found.state == "lapsed" and found.month >= f"{self.since:%Y-%m}":
            yield from self._divided(Figure.RENEWALS, f"{found.month}/lapsed", found)

    def _divided(self, figure: Figure, part: str, found: OnRecord | Renewed) -> Iterator[FigureCount]:
        """The number of serials, of all products and of the one that they have."""
        yield self._count(figure, part, found, found.serials)
        if found.product is not None:
            yield self._count(figure, part, found, found.times, found.product)

    def _count(
        self, figure: Figure, part: str, found: OnRecord | Renewed, number: int, product: int = 0
    ) -> FigureCount:
        sender = self.senders.get(found.file_import, "") if found.file_import else ""
        return FigureCount(self.day, figure, part, country_of(found.country_key), number, product, sender)

    def _part_of(self, version: str) -> str:
        if version not in self.parts:
            self.parts[version] = _part_of(version, self.releases)
        return self.parts[version]


def _outdated_customers(day: date) -> Iterator[FigureCount]:
    """Customers with a live installation whose release is no longer supported; each customer once.

    Of all products and resellers.
    """
    releases = sorted(Release.objects.all(), key=Release.parsed)
    live = Installation.objects.filter(ended_at=None).order_by()
    texts = live.values_list("server_version", flat=True).distinct()
    outdated = [text for text in texts if _part_of(text, releases).endswith("/unsupported")]
    theirs = live.filter(server_version__in=outdated).values("serial__site__customer")
    by_country = Customer.objects.filter(pk__in=theirs).order_by().values_list("country_key").annotate(Count("pk"))
    for key, number in by_country:
        yield FigureCount(day, Figure.OUTDATED_CUSTOMERS, "", country_of(key), number)


def _frequent_movers(day: date) -> Iterator[FigureCount]:
    """Customers with the most re-licensings in twelve months, of all products and resellers."""
    for customer, country, moves in movers_of_a_year(day):
        yield FigureCount(day, Figure.FREQUENT_MOVERS, str(customer), country, moves)


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
