"""Serial numbers whose Software Assurance ends in a month, with what a renewal needs (docs/figures.md#renewals).

Nothing here writes. A page is read by the index on the last day; how many there are, and how many were renewed, was
computed with the figures.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from licences.domain.figures import Figure, share
from licences.domain.renewals import last_of_month
from licences.models import Balance, DailyFigure, FigureDay, LicenceGrant, Serial, grants_in_force
from licences.queries import keyset

PAGE_SIZE = 50
CHUNK = 500
_ORDER = ["software_assurance_until", "serial", "pk"]


@dataclass(frozen=True, slots=True)
class Renewal:
    """A serial whose Software Assurance ends: until when, which licences it has, and its last purchase.

    ``purchase`` is None where everything was taken back; it comes with its import and the profile of the sender.
    """

    serial: Serial
    ends: date
    licences: list[Balance] = field(default_factory=list)
    purchase: LicenceGrant | None = None

    @property
    def bought_by(self) -> str:
        """Who bought for the customer: the sender of the last purchase, a program too; empty if nobody else did."""
        found = self.purchase.file_import if self.purchase else None
        return found.sender if found else ""


@dataclass(frozen=True, slots=True)
class RenewalPage:
    """A page of a month; ``earlier`` and ``later`` are positions of the pages beside it, "" if there are none."""

    renewals: list[Renewal] = field(default_factory=list)
    earlier: str = ""
    later: str = ""


@dataclass(frozen=True, slots=True)
class MonthRate:
    """Of the serials whose cover ended in a month, how many were renewed; ``percent`` is None of none."""

    first: date
    ended: int
    renewed: int

    @property
    def percent(self) -> int | None:
        return share(self.renewed, self.ended)


def ending_in(first: date) -> QuerySet[LicenceGrant]:
    """Return one grant for each serial whose Software Assurance ends in a month: the one that reaches furthest."""
    further = grants_in_force().filter(serial=OuterRef("serial")).filter(
        Q(software_assurance_until__gt=OuterRef("software_assurance_until"))
        | Q(software_assurance_until=OuterRef("software_assurance_until"), pk__gt=OuterRef("pk"))
    )  # fmt: skip
    in_month = grants_in_force().filter(software_assurance_until__range=(first, last_of_month(first)))
    return in_month.exclude(Exists(further))


def renewal_page(first: date, *, position: str, backwards: bool) -> RenewalPage:
    """Return a page of a month, by last day; "" is the beginning. ``ValueError``: not a position."""
    rows, more = keyset.page(
        ending_in(first),
        _ORDER,
        size=PAGE_SIZE,
        position=_parsed(position) if position else None,
        backwards=backwards and bool(position),
    )
    if not rows:
        return RenewalPage()
    has_earlier, has_later = (more, True) if backwards and position else (bool(position), more)
    return RenewalPage(
        _renewals(rows), _position(rows[0]) if has_earlier else "", _position(rows[-1]) if has_later else ""
    )


def all_renewals(first: date) -> Iterator[Renewal]:
    """Yield all of a month, read in chunks of which each is a statement of its own."""
    position: list[Any] | None = None
    more = True
    while more:
        rows, more = keyset.page(ending_in(first), _ORDER, size=CHUNK, position=position, backwards=False)
        yield from _renewals(rows)
        if rows:
            position = [rows[-1].software_assurance_until, rows[-1].serial_id, rows[-1].pk]


def count_up_to(first: date, most: int) -> int:
    """Count the serials of a month, up to ``most``."""
    return ending_in(first).order_by()[:most].count()


def _position(row: LicenceGrant) -> str:
    day: Any = row.software_assurance_until  # not null, by ``ending_in``
    return f"{day.isoformat()}.{row.serial_id}.{row.pk}"


def _parsed(position: str) -> list[Any]:
    day, serial, pk = position.split(".")
    numbers = int(serial), int(pk)
    if not all(0 <= number < 2**63 for number in numbers):
        raise ValueError("not a position")
    return [date.fromisoformat(day), *numbers]


def _renewals(rows: Collection[LicenceGrant]) -> list[Renewal]:
    """The serials of these grants with what a renewal needs, in their order; three statements for all."""
    keys = [row.serial_id for row in rows]
    serials = Serial.objects.select_related("site__customer").in_bulk(keys)
    licences: dict[int, list[Balance]] = {key: [] for key in keys}
    for balance in Balance.objects.filter(serial__in=keys, quantity__gt=0).select_related("product"):
        licences[balance.serial_id].append(balance)
    bought = grants_in_force().filter(serial__in=keys, quantity__gt=0).order_by("pk")
    latest = {
        grant.serial_id: grant for grant in bought.select_related("file_import__profile", "file_import__program_key")
    }
    found = []
    for row in rows:
        ends: Any = row.software_assurance_until
        held = sorted(licences[row.serial_id], key=lambda each: each.product.slot)
        found.append(Renewal(serials[row.serial_id], ends, held, latest.get(row.serial_id)))
    return found


# --- Rates -----------------------------------------------------------------------------------------------


def renewal_rates() -> tuple[list[MonthRate], date | None]:
    """Return the rates of the latest months, the latest first, and the day on which they were computed."""
    latest = FigureDay.objects.filter(snapshot_at__isnull=False).order_by("-day").first()
    if latest is None:
        return [], None
    parts: Counter[str] = Counter()
    rows = DailyFigure.objects.filter(day=latest.day, figure=Figure.RENEWALS).order_by().values_list("part")
    for part, value in rows.annotate(Sum("value")):
        parts[part] += value
    months = sorted({part.partition("/")[0] for part in parts}, reverse=True)
    return [_rate(month, parts) for month in months], latest.day


def _rate(month: str, parts: Counter[str]) -> MonthRate:
    renewed, lapsed = parts[f"{month}/renewed"], parts[f"{month}/lapsed"]
    return MonthRate(date.fromisoformat(f"{month}-01"), renewed + lapsed, renewed)
