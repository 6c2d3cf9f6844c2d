"""Counting the figures of days: set-based statements over what is on record. Nothing here writes.

docs/figures.md#how-each-number-is-counted says what is counted. Days are those of ``TIME_ZONE``. The same statements
serve one day and a range of days, so that past days are computed again exactly.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    Expression,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat, ExtractHour, Least, Left, TruncDate
from django.utils import timezone

from licences.domain.checklist import Verdict
from licences.domain.figures import LONGEST_MINUTES, Figure, days_between
from licences.models import (
    Approval,
    CheckedItem,
    ChecklistCheck,
    Emergency,
    Event,
    FileImport,
    Installation,
    LicenceGrant,
    Relicensing,
    RowOutcome,
    Serial,
)
from licences.wording.countries import country_code

# Who registers when nobody of the staff does (``licences.api.routes``, ``licences.views.public``).
SERVER, WEB_PAGE = "Xchange Server", "Registration page"

LONGEST_PART = 50  # symbols of ``DailyFigure.part``

_OF_SERIAL = "serial__site__customer__country_key"
_OF_REQUEST = f"request__{_OF_SERIAL}"
_OF_CHECK = f"checklist__{_OF_REQUEST}"


class FigureCount(NamedTuple):
    """One number, as a ``DailyFigure`` stores it."""

    day: date
    figure: Figure
    part: str
    country: str
    value: int


def count_days(first: date, last: date) -> list[FigureCount]:
    """Count what happened on each day from ``first`` to ``last``. Numbers of 0 are left out."""
    days = _Days(first, last)
    counted = [*_calls(days), *_checks(days), *_decisions(days), *_sold(days), *_imports(days), *_emergencies(days)]
    return add_up(counted)


def add_up(counts: Iterable[FigureCount]) -> list[FigureCount]:
    """Add up numbers of the same day, figure, part and country, which the database held apart; none is 0."""
    sums: Counter[tuple[date, Figure, str, str]] = Counter()
    for day, figure, part, country, value in counts:
        sums[day, figure, part, country] += value
    return [FigureCount(*key, value) for key, value in sums.items() if value]


def country_of(key: str | None) -> str:
    """Return the code of two letters of a customer's ``country_key``; empty if it is no country that is known."""
    return country_code(key or "")


# --- Days ------------------------------------------------------------------------------------------------


def start_of(day: date) -> datetime:
    """Return the moment at which a day begins in the portal's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())


class _Days:
    """The days that are counted: ``of`` groups rows by day, part and country."""

    def __init__(self, first: date, last: date) -> None:
        self.all = days_between(first, last)
        self.begin, self.end = start_of(first), start_of(last + timedelta(days=1))

    def of(
        self,
        figure: Figure,
        rows: QuerySet[Any],
        *,
        at: str,
        part: Expression | F | None = None,
        country: str = "",
        value: Expression | None = None,
    ) -> Iterator[FigureCount]:
        """Count rows by the day of their column ``at``; ``value`` is an aggregate other than their number.

        ``country`` is the path to a ``country_key``; without it, numbers have no country.
        """
        found = rows.filter(**{f"{at}__gte": self.begin, f"{at}__lt": self.end}).order_by()
        counted = found.values_list(
            TruncDate(at, tzinfo=timezone.get_default_timezone()),
            part or Value(""),
            Coalesce(F(country), Value("")) if country else Value(""),
        ).annotate(counted=value or Count("pk"))
        for day, name, key, number in counted:
            yield FigureCount(day, figure, str(name), country_of(key), number or 0)


# --- Calls -----------------------------------------------------------------------------------------------


class _WholeMinutes(Func):
    """The whole minutes between two moments, the later one first."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "CAST(django_timestamp_diff(%(expressions)s) / 60000000 AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=", ", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "FLOOR(EXTRACT(EPOCH FROM (%(expressions)s)) / 60)::integer"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" - ", **extra)


def _pair(one: str | Expression, other: str | Expression) -> Expression:
    """Two columns as one part, with a slash between them."""
    return Concat(one, Value("/"), other)


def _calls(days: _Days) -> Iterator[FigureCount]:
    """Requests by the day on which they were opened, and by the day on which they ended."""
    closed = Relicensing.objects.filter(closed_at__isnull=False)
    because = Coalesce("closed_because", "outcome")  # what nobody withdrew says why
    minutes = Least(_WholeMinutes(F("closed_at"), F("opened_at")), Value(LONGEST_MINUTES))
    requests = Relicensing.objects.all()
    yield from days.of(Figure.CALLS, requests, at="opened_at", country=_OF_SERIAL)
    hour = ExtractHour("opened_at", tzinfo=timezone.get_default_timezone())
    for each in days.of(Figure.CALL_HOURS, requests, at="opened_at", part=hour, country=_OF_SERIAL):
        yield each._replace(part=f"{int(each.part):02d}")
    endings = _pair("purpose", because)
    yield from days.of(Figure.CALL_ENDINGS, closed, at="closed_at", part=endings, country=_OF_SERIAL)
    with_code = closed.filter(unlock_code__isnull=False)
    for each in days.of(Figure.MINUTES_TO_CODE, with_code, at="closed_at", part=minutes, country=_OF_SERIAL):
        yield each._replace(part=f"{max(int(each.part), 0):04d}")


def _checks(days: _Days) -> Iterator[FigureCount]:
    """First checks of requests: whether all items matched, and which did not."""
    failed = CheckedItem.objects.filter(checklist__number=1).exclude(verdict=Verdict.MATCH.value)
    first_checks = ChecklistCheck.objects.filter(number=1)
    has_failed = Case(
        When(Exists(failed.filter(checklist=OuterRef("pk"))), then=Value("not-passed")), default=Value("passed")
    )
    yield from days.of(Figure.FIRST_CHECKS, first_checks, at="checked_at", part=has_failed, country=_OF_REQUEST)
    yield from days.of(
        Figure.FAILED_ITEMS, failed, at="checklist__checked_at", part=_pair("item", "verdict"), country=_OF_CHECK
    )


# --- Decisions -------------------------------------------------------------------------------------------


def _decisions(days: _Days) -> Iterator[FigureCount]:
    """Approvals of supervisors, and emergencies by the day on which they began and were closed."""
    for path, approvals in (
        (_OF_CHECK, Approval.objects.filter(checklist__isnull=False)),
        (f"emergency__{_OF_SERIAL}", Approval.objects.filter(emergency__isnull=False)),
    ):
        yield from days.of(Figure.APPROVALS, approvals, at="approved_at", part=F("subject"), country=path)
    issued, closed = Emergency.objects.all(), Emergency.objects.filter(settled_at__isnull=False)
    yield from days.of(Figure.EMERGENCIES, issued, at="issued_at", part=Value("issued"), country=_OF_SERIAL)
    yield from days.of(Figure.EMERGENCIES, closed, at="settled_at", part=F("outcome"), country=_OF_SERIAL)


def _emergencies(days: _Days) -> Iterator[FigureCount]:
    """Emergencies that were open at the end of each day, and those of them whose code had ended before that day."""
    for day in days.all:
        end = start_of(day + timedelta(days=1))
        still_open = Emergency.objects.filter(Q(settled_at=None) | Q(settled_at__gte=end), issued_at__lt=end)
        overdue = Count("pk", filter=Q(expires_on__lt=day))
        by_country = still_open.order_by().values_list(_OF_SERIAL).annotate(Count("pk"), overdue=overdue)
        for key, number, ended in by_country:
            yield FigureCount(day, Figure.OPEN_EMERGENCIES, "open", country_of(key), number)
            yield FigureCount(day, Figure.OPEN_EMERGENCIES, "overdue", country_of(key), ended)


# --- Purchases and serials -------------------------------------------------------------------------------


def _sold(days: _Days) -> Iterator[FigureCount]:
    """Registrations, serials and licences."""
    registered = Event.objects.filter(kind=Event.Kind.REGISTERED)
    way = Case(When(actor=SERVER, then=Value("server")), When(actor=WEB_PAGE, then=Value("web")), default=Value("hand"))
    of_customer = "customer__country_key"
    yield from days.of(Figure.REGISTRATIONS, registered, at="at", part=way, country=of_customer)
    of_site = "site__customer__country_key"
    yield from days.of(Figure.SERIALS, Serial.objects.all(), at="created_at", part=F("origin"), country=of_site)
    released = Installation.objects.filter(end_reason=Installation.EndReason.RELEASED)
    yield from days.of(Figure.SERIALS, released, at="ended_at", part=Value("released"), country=_OF_SERIAL)
    for part, sign, chosen in (
        ("bought", 1, Q(reverses=None, quantity__gt=0)),
        ("returned", -1, Q(reverses=None, quantity__lt=0)),
        ("taken-back", -1, Q(reverses__isnull=False)),
    ):
        grants = LicenceGrant.objects.filter(chosen)
        total = Sum("quantity") * Value(sign)
        yield from days.of(Figure.LICENCES, grants, at="recorded_at", part=Value(part), country=_OF_SERIAL, value=total)
        product = _pair(Cast("product_id", CharField()), Value(part))
        yield from days.of(
            Figure.PRODUCT_LICENCES, grants, at="recorded_at", part=product, country=_OF_SERIAL, value=total
        )


def _imports(days: _Days) -> Iterator[FigureCount]:
    """Imports by how they ended, and the rows of those that were applied; taking one back later changes neither."""
    states = FileImport.State
    applied = FileImport.objects.filter(state__in=(states.APPLIED, states.TAKEN_BACK))
    yield from days.of(Figure.IMPORTS, applied, at="ended_at", part=Value("applied"))
    sender = Coalesce(Left("profile__name", LONGEST_PART), Value(""))
    yield from days.of(Figure.IMPORT_SENDERS, applied, at="ended_at", part=sender)
    others = FileImport.objects.filter(state__in=(states.WITHDRAWN, states.FAILED))
    yield from days.of(Figure.IMPORTS, others, at="ended_at", part=F("state"))
    taken_back = FileImport.objects.filter(state=states.TAKEN_BACK)
    yield from days.of(Figure.IMPORTS, taken_back, at="taken_back_at", part=Value("taken-back"))
    for outcome in RowOutcome.Outcome:
        name = outcome.name.lower()
        rows = Sum(Cast(KeyTextTransform(name, "counts"), IntegerField()))
        yield from days.of(Figure.IMPORT_ROWS, applied, at="ended_at", part=Value(name), value=rows)
