"""Counting the figures of days: set-based statements over what is on record. Nothing here writes.

docs/figures.md#how-each-number-is-counted says what is counted. Days are those of ``TIME_ZONE``. The same statements
serve one day and a range of days, so that past days are computed again exactly.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
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
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.constants import LOOKUP_SEP
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat, ExtractHour, Least, Left, TruncDate
from django.utils import timezone

from licences.domain.checklist import Item, Verdict
from licences.domain.figures import LONGEST_MINUTES, Figure, days_between
from licences.models import (
    ApiCallCount,
    Approval,
    CheckedItem,
    ChecklistCheck,
    Emergency,
    Event,
    FileImport,
    Installation,
    LicenceGrant,
    Product,
    Relicensing,
    RowOutcome,
    Serial,
)
from licences.wording.countries import country_code

# Who registers when nobody of the staff does (``licences.api.routes``, ``licences.views.public``).
SERVER, WEB_PAGE = "Xchange Server", "Registration page"

LONGEST_PART = 50  # symbols of ``DailyFigure.part`` and ``DividedFigure.reseller``
_SENDER_NAMES = ("profile__name", "inbox_sender", "program_key__name")


class FigureCount(NamedTuple):
    """One number, as a ``DailyFigure`` stores it, or with a product or reseller a ``DividedFigure``.

    ``product`` is 0 for all products together, ``reseller`` empty for all resellers.
    """

    day: date
    figure: Figure
    part: str
    country: str
    value: int
    product: int = 0
    reseller: str = ""


def count_days(first: date, last: date) -> list[FigureCount]:
    """Count what happened on each day from ``first`` to ``last``. Numbers of 0 are left out."""
    days = _Days(first, last)
    counted = [*_calls(days), *_checks(days), *_decisions(days), *_sold(days), *_imports(days), *_emergencies(days)]
    counted += [*_wrong_release_codes(days), *_api_calls(days)]
    return add_up(counted)


def add_up(counts: Iterable[FigureCount]) -> list[FigureCount]:
    """Add up numbers of the same day, figure, part, country and product, of each reseller and of all; none is 0."""
    sums: Counter[tuple[date, Figure, str, str, int, str]] = Counter()
    for day, figure, part, country, value, product, reseller in counts:
        sums[day, figure, part, country, product, ""] += value
        if reseller:
            sums[day, figure, part, country, product, reseller] += value
    return [FigureCount(*key[:4], value, *key[4:]) for key, value in sums.items() if value]


def country_of(key: str | None) -> str:
    """Return the code of two letters of a customer's ``country_key``; empty if it is no country that is known."""
    return country_code(key or "")


def country_path(serial: str) -> str:
    """Return the path to the ``country_key`` of a serial's customer; ``serial`` is the path to the serial, or empty."""
    return LOOKUP_SEP.join(filter(None, (serial, "site__customer__country_key")))


def reseller_of(file_import: str) -> Expression:
    """The sender of a file: its profile, else its folder, else the program that sent it, else empty.

    ``file_import`` is the path to the import, empty for imports.
    """
    paths = (LOOKUP_SEP.join(filter(None, (file_import, name))) for name in _SENDER_NAMES)
    return Coalesce(*(Left(path, LONGEST_PART) for path in paths), Value(""))


def allocator(serial: str) -> str:
    """Return the path to the import that allocated a serial; ``serial`` as in ``country_path``."""
    return LOOKUP_SEP.join(filter(None, (serial, "allocated_by")))


def of_each_product(rows: QuerySet[Any], serial: str) -> tuple[QuerySet[Any], str]:
    """Return the rows once for each product of which their serial has licences, and the path to that product."""
    balances = LOOKUP_SEP.join(filter(None, (serial, "balances")))
    return rows.filter(**{f"{balances}__quantity__gt": 0}), f"{balances}__product_id"


# --- Days ------------------------------------------------------------------------------------------------


def start_of(day: date) -> datetime:
    """Return the moment at which a day begins in the portal's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())


def day_of(moment: datetime) -> date:
    """Return the day of a moment in the portal's time zone."""
    return timezone.localtime(moment, timezone.get_default_timezone()).date()


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
        serial: str = "serial",
        value: Expression | None = None,
    ) -> Iterator[FigureCount]:
        """Count rows by the day of their column ``at``, by country and reseller, and again by product.

        ``serial`` is the path to the serial, empty for serials; ``value`` is an aggregate other than their number.
        """
        about = (country_path(serial), reseller_of(allocator(serial)))
        yield from self.by(figure, rows, at=at, part=part, about=about, value=value)
        of_products, product = of_each_product(rows, serial)
        yield from self.by(figure, of_products, at=at, part=part, about=about, product=product, value=value)

    def by(
        self,
        figure: Figure,
        rows: QuerySet[Any],
        *,
        at: str,
        about: tuple[str, Expression],
        part: Expression | F | None = None,
        product: str = "",
        value: Expression | None = None,
    ) -> Iterator[FigureCount]:
        """Count rows once, by day, part, and what ``about`` names: path to the ``country_key``, empty for none, and
        reseller. ``product`` is the path to a product; without it, the numbers are those of all products.
        """
        country, reseller = about
        found = rows.filter(**{f"{at}__gte": self.begin, f"{at}__lt": self.end}).order_by()
        counted = found.values_list(
            TruncDate(at, tzinfo=timezone.get_default_timezone()),
            part or Value(""),
            Coalesce(F(country), Value("")) if country else Value(""),
            F(product) if product else Value(0),
            reseller,
        ).annotate(counted=value or Count("pk"))
        for day, name, key, of_product, sender, number in counted:
            yield FigureCount(day, figure, str(name), country_of(key), number or 0, of_product, sender)


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
    yield from days.of(Figure.CALLS, requests, at="opened_at")
    hour = ExtractHour("opened_at", tzinfo=timezone.get_default_timezone())
    for each in days.of(Figure.CALL_HOURS, requests, at="opened_at", part=hour):
        yield each._replace(part=f"{int(each.part):02d}")
    endings = _pair("purpose", because)
    yield from days.of(Figure.CALL_ENDINGS, closed, at="closed_at", part=endings)
    with_code = closed.filter(unlock_code__isnull=False)
    for each in days.of(Figure.MINUTES_TO_CODE, with_code, at="closed_at", part=minutes):
        yield each._replace(part=f"{max(int(each.part), 0):04d}")


def _checks(days: _Days) -> Iterator[FigureCount]:
    """First checks of requests: whether all items matched, and which did not."""
    failed = CheckedItem.objects.filter(checklist__number=1).exclude(verdict=Verdict.MATCH.value)
    first_checks = ChecklistCheck.objects.filter(number=1)
    has_failed = Case(
        When(Exists(failed.filter(checklist=OuterRef("pk"))), then=Value("not-passed")), default=Value("passed")
    )
    yield from days.of(Figure.FIRST_CHECKS, first_checks, at="checked_at", part=has_failed, serial="request__serial")
    yield from days.of(
        Figure.FAILED_ITEMS,
        failed,
        at="checklist__checked_at",
        part=_pair("item", "verdict"),
        serial="checklist__request__serial",
    )


# --- Decisions -------------------------------------------------------------------------------------------


def _decisions(days: _Days) -> Iterator[FigureCount]:
    """Approvals of supervisors, and emergencies by the day on which they began and were closed."""
    for path, approvals in (
        ("checklist__request__serial", Approval.objects.filter(checklist__isnull=False)),
        ("emergency__serial", Approval.objects.filter(emergency__isnull=False)),
    ):
        yield from days.of(Figure.APPROVALS, approvals, at="approved_at", part=F("subject"), serial=path)
    issued, closed = Emergency.objects.all(), Emergency.objects.filter(settled_at__isnull=False)
    yield from days.of(Figure.EMERGENCIES, issued, at="issued_at", part=Value("issued"))
    yield from days.of(Figure.EMERGENCIES, closed, at="settled_at", part=F("outcome"))


def _emergencies(days: _Days) -> Iterator[FigureCount]:
    """Emergencies that were open at the end of each day, and those of them whose code had ended before that day."""
    once_open = Emergency.objects.filter(Q(settled_at=None) | Q(settled_at__gte=days.begin), issued_at__lt=days.end)
    of_products, product = of_each_product(once_open, "serial")
    about = (country_path("serial"), reseller_of(allocator("serial")), "issued_at", "settled_at", "expires_on")
    for rows, of in ((once_open, Value(0)), (of_products, F(product))):
        for held, key, sender, issued, settled, expires in rows.order_by().values_list(of, *about):
            last = min(day_of(settled) - timedelta(days=1) if settled else days.all[-1], days.all[-1])
            for day in days_between(max(day_of(issued), days.all[0]), last):
                for part in ("open", "overdue") if expires < day else ("open",):
                    yield FigureCount(day, Figure.OPEN_EMERGENCIES, part, country_of(key), 1, held, sender)


# --- Purchases and serials -------------------------------------------------------------------------------


def _sold(days: _Days) -> Iterator[FigureCount]:
    """Registrations, serials and licences."""
    yield from _registrations(days)
    yield from days.of(Figure.SERIALS, Serial.objects.all(), at="created_at", part=F("origin"), serial="")
    released = Installation.objects.filter(end_reason=Installation.EndReason.RELEASED)
    yield from days.of(Figure.SERIALS, released, at="ended_at", part=Value("released"))
    of_line = (country_path("serial"), reseller_of("file_import"))
    for part, sign, chosen in (
        ("bought", 1, Q(reverses=None, quantity__gt=0)),
        ("returned", -1, Q(reverses=None, quantity__lt=0)),
        ("taken-back", -1, Q(reverses__isnull=False)),
    ):
        grants = LicenceGrant.objects.filter(chosen)
        total = Sum("quantity") * Value(sign)
        for each in days.by(
            Figure.LICENCES,
            grants,
            at="recorded_at",
            about=of_line,
            part=Value(part),
            product="product_id",
            value=total,
        ):
            yield each
            yield each._replace(product=0)
            yield each._replace(figure=Figure.PRODUCT_LICENCES, part=f"{each.product}/{part}", product=0)


def _registrations(days: _Days) -> Iterator[FigureCount]:
    """Registrations, from their events."""
    registered = Event.objects.filter(kind=Event.Kind.REGISTERED)
    way = Case(When(actor=SERVER, then=Value("server")), When(actor=WEB_PAGE, then=Value("web")), default=Value("hand"))
    yield from _events(days, Figure.REGISTRATIONS, registered, way)


def _events(days: _Days, figure: Figure, events: QuerySet[Event], part: Expression) -> Iterator[FigureCount]:
    """Events, which name their serial by its number, by the country of the customer that they name."""
    named = Serial.objects.filter(code=OuterRef("serial"))
    sender = Subquery(named.values_list(reseller_of("allocated_by")), output_field=CharField())
    count = partial(days.by, figure, at="at", part=part, about=("customer__country_key", Coalesce(sender, Value(""))))
    yield from count(events)
    for product in Product.objects.values_list("pk", flat=True):
        has_it = named.filter(balances__product=product, balances__quantity__gt=0)
        for each in count(events.filter(Exists(has_it))):
            yield each._replace(product=product)


def _wrong_release_codes(days: _Days) -> Iterator[FigureCount]:
    """Release codes that did not match on a checklist, in any of its checks, and wrong ones for an emergency."""
    mismatched = CheckedItem.objects.filter(item=Item.RELEASE_CODE.value, verdict=Verdict.MISMATCH.value)
    yield from days.of(
        Figure.WRONG_RELEASE_CODES,
        mismatched,
        at="checklist__checked_at",
        part=Value("checklist"),
        serial="checklist__request__serial",
    )
    wrong = Event.objects.filter(kind=Event.Kind.EMERGENCY_CODE_WRONG)
    yield from _events(days, Figure.WRONG_RELEASE_CODES, wrong, Value("emergency"))


def _api_calls(days: _Days) -> Iterator[FigureCount]:
    """Calls of the API, and those that had another outcome than success."""
    counted = ApiCallCount.objects.filter(day__range=(days.all[0], days.all[-1]))
    for row in counted:
        yield FigureCount(row.day, Figure.API_CALLS, row.call, "", row.times)
        if row.outcome:
            yield FigureCount(row.day, Figure.API_REFUSALS, row.outcome, "", row.times)


def _imports(days: _Days) -> Iterator[FigureCount]:
    """Imports by how they ended, and the rows of those that were applied; taking one back later changes neither."""
    states = FileImport.State
    count = partial(days.by, about=("", reseller_of("")))
    applied = FileImport.objects.filter(state__in=(states.APPLIED, states.TAKEN_BACK))
    yield from count(Figure.IMPORTS, applied, at="ended_at", part=Value("applied"))
    yield from count(Figure.IMPORT_SENDERS, applied, at="ended_at", part=reseller_of(""))
    others = FileImport.objects.filter(state__in=(states.WITHDRAWN, states.FAILED))
    yield from count(Figure.IMPORTS, others, at="ended_at", part=F("state"))
    taken_back = FileImport.objects.filter(state=states.TAKEN_BACK)
    yield from count(Figure.IMPORTS, taken_back, at="taken_back_at", part=Value("taken-back"))
    for outcome in RowOutcome.Outcome:
        name = outcome.name.lower()
        rows = Sum(Cast(KeyTextTransform(name, "counts"), IntegerField()))
        yield from count(Figure.IMPORT_ROWS, applied, at="ended_at", part=Value(name), value=rows)
