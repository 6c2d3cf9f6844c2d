"""Computing figures: a row per day, figure, part and country, and rows for products and resellers
(docs/figures.md#when-figures-are-computed).
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone

from licences.domain.figures import COUNTED_BY_DAY, SNAPSHOTS, Figure, days_between, ranges_of
from licences.models import ApiCallCount, DailyFigure, DividedFigure, Event, FigureDay, Relicensing
from licences.operations.figure_totals import add_up_days, lock_months
from licences.queries.figure_counts import FigureCount, count_days, day_of, start_of
from licences.queries.figure_snapshots import count_snapshot

REFRESH_EVERY = timedelta(minutes=5)
SETTLED_AFTER = timedelta(hours=1)  # past midnight; until then a withdrawal of the day before can be undone
YEAR = 366  # days that are made good in one go
CHUNK = 92  # days that are computed at once
OPEN_FOR = timedelta(days=62)  # requests that are open for longer no longer change the day on which they were opened
_BATCH = 2_000


def compute_figures(*, first: date, last: date, now: datetime) -> int:
    """Compute the figures of all days from ``first`` to ``last`` again, from what is on record.

    ``last`` is today at the latest, today included only once for what says what is on record now. Returns how many
    numbers were stored. Idempotent. Numbers are counted before the transaction that stores them, which so stays short.
    """
    today = day_of(now)
    stored = _compute_days(first, last, now=now)
    if last == today:
        stored += _store([today], count_snapshot(today), SNAPSHOTS, now=now)
    return stored


def refresh_figures(*, now: datetime) -> None:
    """Bring the figures up to date: today's every five minutes, and after midnight those of the days before.

    Earlier days that were never computed are computed a year at a time. Every worker calls this every few seconds; it
    does nothing if it has nothing to do. Idempotent.
    """
    today = day_of(now)
    latest = FigureDay.objects.filter(day=today).first()
    if latest is not None and abs(now - latest.computed_at) < REFRESH_EVERY:
        return
    is_new_day = latest is None or latest.snapshot_at is None
    for first, last in ranges_of(_days_to_refresh(today, now=now, is_new_day=is_new_day)):
        _compute_days(first, last, now=now)
    _add_up_missing(today)
    if is_new_day:
        _store([today], count_snapshot(today), SNAPSHOTS, now=now)
    _compute_days(today, today, now=now)


def _compute_days(first: date, last: date, *, now: datetime) -> int:
    """Compute what happened on these days, so many at a time as memory holds; returns how many numbers were stored."""
    stored = 0
    while first <= last:
        end = min(last, first + timedelta(days=CHUNK - 1))
        stored += _store(days_between(first, end), count_days(first, end), COUNTED_BY_DAY, now=now)
        first = end + timedelta(days=1)
    return stored


def _days_to_refresh(today: date, *, now: datetime, is_new_day: bool) -> set[date]:
    """The days before today whose figures are missing or may have changed since they were computed."""
    zone = timezone.get_default_timezone()
    early = FigureDay.objects.annotate(computed_on=TruncDate("computed_at", tzinfo=zone)).filter(
        computed_on__lte=F("day")
    )
    days = set(early.filter(day__lt=today).values_list("day", flat=True)) | _missing_days(today)
    settled = start_of(today) + SETTLED_AFTER
    yesterday = today - timedelta(days=1)
    if now >= settled and FigureDay.objects.filter(day=yesterday, computed_at__lt=settled).exists():
        days.add(yesterday)
    days |= _days_of_late_calls(today)
    return days | _days_of_open_requests(today) if is_new_day else days


def _missing_days(today: date) -> set[date]:
    """The latest days before today that were never computed since the first event, or not by product and reseller.

    A year at most.
    """
    first_event = Event.objects.order_by("at").values_list("at", flat=True).first()
    if first_event is None:
        return set()
    first = day_of(first_event)
    known = set(FigureDay.objects.filter(day__gte=first, divided_at__isnull=False).values_list("day", flat=True))
    missing = [day for day in days_between(first, today - timedelta(days=1)) if day not in known]
    return set(missing[-YEAR:])


def _days_of_open_requests(today: date) -> set[date]:
    """The days on which requests were opened that are open or ended since the day before yesterday.

    Their serial, and so their country, may have become known since.
    """
    zone = timezone.get_default_timezone()
    recent = Relicensing.objects.filter(
        opened_at__gte=start_of(today - OPEN_FOR), opened_at__lt=start_of(today)
    ).exclude(closed_at__lt=start_of(today - timedelta(days=2)))
    return set(recent.order_by().values_list(TruncDate("opened_at", tzinfo=zone), flat=True).distinct())


def _days_of_late_calls(today: date) -> set[date]:
    """The days whose calls of the API a process stored after their figures were computed."""
    computed = FigureDay.objects.filter(day=OuterRef("day")).values("computed_at")
    recent = ApiCallCount.objects.filter(day__gte=today - OPEN_FOR, day__lt=today)
    return set(recent.filter(counted_at__gt=Subquery(computed)).values_list("day", flat=True).distinct())


def _add_up_missing(today: date) -> None:
    """Add up the latest past days that an earlier release computed, so many as memory holds."""
    is_counted = Q(totals_at__isnull=False, totals_at=F("computed_at"))
    missing = FigureDay.objects.filter(day__lt=today).exclude(is_counted).order_by("-day")
    for first, last in ranges_of(missing.values_list("day", flat=True)[:CHUNK]):
        add_up_days(first, last, today=today)


@transaction.atomic
def _store(days: list[date], counts: list[FigureCount], figures: Collection[Figure], *, now: datetime) -> int:
    """Replace some figures of days that follow each other by what was counted; returns how many numbers were stored.

    ``days`` are in ascending order, ``counts`` the new numbers, ``figures`` the figures to replace. The months
    of the days are locked. Of what is on record, the numbers by product and reseller of earlier days are removed.
    """
    FigureDay.objects.bulk_create([FigureDay(day=day, computed_at=now) for day in days], ignore_conflicts=True)
    between = (days[0], days[-1])
    lock_months(*between)
    whole = [each for each in counts if not each.product and not each.reseller]
    divided = [each for each in counts if each.product or each.reseller]
    is_snapshot = figures == SNAPSHOTS
    outdated: dict[str, Any] = {"day__lte": days[-1]} if is_snapshot else {"day__range": between}
    DividedFigure.objects.filter(figure__in=figures, **outdated).delete()
    DailyFigure.objects.filter(day__range=between, figure__in=figures).delete()
    DailyFigure.objects.bulk_create([_daily(each) for each in whole], batch_size=_BATCH)
    DividedFigure.objects.bulk_create([DividedFigure(**each._asdict()) for each in divided], batch_size=_BATCH)
    stamp = {"snapshot_at": now} if is_snapshot else {"computed_at": now, "divided_at": now}
    FigureDay.objects.filter(day__range=between).update(**stamp)
    if not is_snapshot:
        add_up_days(*between, today=day_of(now))
    return len(counts)


def _daily(count: FigureCount) -> DailyFigure:
    return DailyFigure(day=count.day, figure=count.figure, part=count.part, country=count.country, value=count.value)
