"""What the rules that remind find: the things that are due now, with one statement per rule. Nothing here writes.

A finder gets a ``Search`` and returns at most ``most`` things, the most urgent first; with ``only`` it looks at these
subjects alone, which is how reminders are read again when they are shown (docs/reminders.md#when-it-is-computed).
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import DateField, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from licences.domain.figures import Figure
from licences.domain.quality_findings import fingerprint
from licences.domain.reminders import ReminderKind
from licences.models import (
    Balance,
    DailyFigure,
    Emergency,
    FileImport,
    Installation,
    LicenceGrant,
    RefusedClaim,
    Registration,
    Release,
    Relicensing,
    Serial,
    grants_in_force,
)
from licences.queries.abuse import SHOWN_FOR
from licences.queries.figure_counts import start_of

CHUNK = 500  # subjects that are looked at with one statement


@dataclass(frozen=True, slots=True)
class Search:
    """What a rule looks for as of ``now``. ``above``: ``domain.reminders.days_above``."""

    number: int
    now: datetime
    above: int = -1
    most: int | None = None
    only: Collection[int] | None = None

    @property
    def today(self) -> date:
        """The day of ``now`` in the portal's time zone."""
        return timezone.localtime(self.now, timezone.get_default_timezone()).date()

    def subjects(self, column: str = "pk") -> Q:
        """The condition that a column holds one of the subjects to look at."""
        return Q() if self.only is None else Q(**{f"{column}__in": set(self.only)})


@dataclass(frozen=True, slots=True)
class DueThing:
    """A thing that is due; the fields are those of ``Reminder``. ``occurrence`` is empty for spells."""

    subject: int
    occurrence: str
    due_since: datetime
    serial_id: int | None = None
    fingerprint: str = ""


def find_due(kind: ReminderKind, search: Search) -> list[DueThing]:
    """Return what is due by the rule of a kind; ``only`` may hold any number of subjects."""
    finder = _FINDERS[kind]
    if search.only is None:
        return list(finder(search))
    return [
        thing
        for chunk in chunks(sorted(search.only))
        for thing in finder(Search(search.number, search.now, search.above, None, chunk))
    ]


def chunks(rows: list[int]) -> Iterable[list[int]]:
    """Lists of at most ``CHUNK`` rows."""
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


# --- Calls and files ---------------------------------------------------------------------------------


def _requests_that_wait(search: Search) -> Iterator[DueThing]:
    """Requests that were handed over so many minutes ago. Each handing over is one thing."""
    waited = timedelta(minutes=search.number)
    waiting = Relicensing.objects.filter(search.subjects(), waiting_since__lte=search.now - waited)
    rows = waiting.order_by("waiting_since").values_list("pk", "waiting_since", "handed_over_at", "serial")
    since: Any  # not null, by the condition
    for pk, since, handed_over_at, serial in rows[: search.most]:
        occurrence = handed_over_at.isoformat(timespec="seconds") if handed_over_at else ""
        yield DueThing(pk, occurrence, since + waited, serial)


def _imports_that_wait(search: Search) -> Iterator[DueThing]:
    """Imports that have waited for their columns or for confirmation for so many times 24 hours."""
    waited = timedelta(days=search.number)
    states = (FileImport.State.PREVIEW, FileImport.State.COLUMNS)
    rows = FileImport.objects.filter(search.subjects(), state__in=states).annotate(
        since=Coalesce("heartbeat_at", "uploaded_at")
    )
    due = rows.filter(since__lte=search.now - waited).order_by("since").values_list("pk", "since")
    for pk, since in due[: search.most]:
        yield DueThing(pk, "", since + waited)


# --- Emergencies ---------------------------------------------------------------------------------------


def _open_emergencies(search: Search, **days: date) -> QuerySet[Emergency, Any]:
    rows = Emergency.objects.filter(search.subjects(), settled_at=None, **days).order_by("expires_on", "pk")
    return rows.values_list("pk", "expires_on", "serial")[: search.most]


def _emergencies_that_end(search: Search) -> Iterator[DueThing]:
    """Open emergencies whose code ends in so many days or sooner, and has not ended."""
    days = timedelta(days=search.number)
    ending = _open_emergencies(search, expires_on__gte=search.today, expires_on__lte=search.today + days)
    for pk, ends, serial in ending:
        yield DueThing(pk, ends.isoformat(), start_of(ends - days), serial)


def _overdue_follow_ups(search: Search) -> Iterator[DueThing]:
    """Open emergencies whose code has ended, more than so many days ago."""
    days = timedelta(days=search.number)
    for pk, ends, serial in _open_emergencies(search, expires_on__lt=search.today - days):
        yield DueThing(pk, ends.isoformat(), start_of(ends + days + timedelta(days=1)), serial)


# --- Serial numbers ------------------------------------------------------------------------------------


def _assurance_that_ends(search: Search) -> Iterator[DueThing]:
    """Serials whose Software Assurance ends in so many days or sooner, until the next rule reminds of them."""
    first, last = search.today + timedelta(days=search.above + 1), search.today + timedelta(days=search.number)
    later = grants_in_force().filter(serial=OuterRef("serial"), software_assurance_until__gt=last)
    ending = grants_in_force().filter(search.subjects("serial"), software_assurance_until__range=(first, last))
    ends = ending.exclude(Exists(later)).order_by().values("serial").annotate(ends=Max("software_assurance_until"))
    rows = ends.order_by("ends", "serial").values_list("serial", "ends", "serial__site__customer")
    for serial, day, customer in rows[: search.most]:
        due_since = start_of(day - timedelta(days=search.number))
        yield DueThing(serial, day.isoformat(), due_since, serial, fingerprint(day, customer))


def _released_for_long(search: Search) -> Iterator[DueThing]:
    """Serials released so many days ago or earlier that run nowhere, by their latest release."""
    days = timedelta(days=search.number)
    live = Installation.objects.filter(serial=OuterRef("serial"), ended_at=None)
    released = Installation.objects.filter(
        end_reason=Installation.EndReason.RELEASED,
        release_use=None,
        ended_at__lt=start_of(search.today - days + timedelta(days=1)),
    )
    later = released.filter(serial=OuterRef("serial"), pk__gt=OuterRef("pk"))
    rows = released.filter(search.subjects("serial")).exclude(Exists(live)).exclude(Exists(later)).order_by("ended_at")
    ended: Any  # not null, by the condition
    for pk, ended, serial, customer in rows.values_list("pk", "ended_at", "serial", "serial__site__customer")[
        : search.most
    ]:
        due_since = start_of(_day_of(ended) + days)
        yield DueThing(serial, str(pk), due_since, serial, fingerprint(pk, customer))


def _never_registered(search: Search) -> Iterator[DueThing]:
    """Serials with licences and no registration whose first purchase is so many days old."""
    days = timedelta(days=search.number)
    registered = Registration.objects.filter(serial=OuterRef("pk"))
    licensed = Balance.objects.filter(serial=OuterRef("pk"), quantity__gt=0)
    grants = LicenceGrant.objects.filter(serial=OuterRef("pk")).order_by().values("serial")
    bought = Subquery(grants.values(first=Min("purchased_on")), output_field=DateField())
    waiting = Serial.objects.filter(search.subjects(), Exists(licensed)).exclude(Exists(registered))
    due = waiting.annotate(
        bought=Coalesce(bought, TruncDate("created_at", tzinfo=timezone.get_default_timezone())),
        last_grant=Subquery(grants.values(last=Max("pk"))),
    ).filter(bought__lte=search.today - days)
    rows = due.order_by("pk").values_list("pk", "bought", "last_grant", "site__customer")
    for pk, day, last_grant, customer in rows[: search.most]:
        yield DueThing(pk, "", start_of(day + days), pk, fingerprint(customer, last_grant))


def _claimed_too_often(search: Search) -> Iterator[DueThing]:
    """Serials that were claimed more often than so many times, the last time within 14 days, the most often first."""
    claims = RefusedClaim.objects.filter(search.subjects("serial")).order_by().values("serial")
    counted = claims.annotate(times=Sum("times"), last=Max("last_at")).filter(
        times__gt=search.number, last__gt=search.now - SHOWN_FOR
    )
    if search.only is None:  # by the index on the time, since most of the claims are old
        recent = RefusedClaim.objects.filter(last_at__gt=search.now - SHOWN_FOR).values("serial")
        counted = counted.filter(serial__in=recent)
    for serial, _times, last in counted.order_by("-times", "serial").values_list("serial", "times", "last")[
        : search.most
    ]:
        yield DueThing(serial, "", min(last, search.now), serial)


# --- Releases --------------------------------------------------------------------------------------------


def _releases_without_support(search: Search) -> Iterator[DueThing]:
    """The highest release of each line that has no supported release and still runs somewhere."""
    in_use = installations_by_line()
    highest: dict[str, Release] = {}
    supported: set[str] = set()
    for release in sorted(Release.objects.all(), key=Release.parsed):
        line = release.parsed().release_text
        highest[line] = release
        supported |= {line} if release.is_supported else set()
    for line, release in highest.items():
        is_wanted = search.only is None or release.pk in search.only
        if is_wanted and line not in supported and in_use.get(line):
            yield DueThing(release.pk, "", search.now)


def installations_by_line() -> dict[str, int]:
    """Return how many live installations run versions with the same two numbers, by the figures of the latest day."""
    versions = DailyFigure.objects.filter(figure=Figure.VERSIONS).order_by()
    latest = versions.aggregate(day=Max("day"))["day"]
    counts: dict[str, int] = {}
    for part, value in versions.filter(day=latest).values_list("part").annotate(Sum("value")):
        line = part.partition("/")[0]
        counts[line] = counts.get(line, 0) + value
    return counts


def _day_of(moment: datetime) -> date:
    return timezone.localtime(moment, timezone.get_default_timezone()).date()


_FINDERS: dict[ReminderKind, Callable[[Search], Iterator[DueThing]]] = {
    ReminderKind.REQUEST_WAITS: _requests_that_wait,
    ReminderKind.IMPORT_WAITS: _imports_that_wait,
    ReminderKind.EMERGENCY_ENDS: _emergencies_that_end,
    ReminderKind.FOLLOW_UP_OVERDUE: _overdue_follow_ups,
    ReminderKind.ASSURANCE_FIRST: _assurance_that_ends,
    ReminderKind.ASSURANCE_SECOND: _assurance_that_ends,
    ReminderKind.ASSURANCE_LAST: _assurance_that_ends,
    ReminderKind.NOT_RELICENSED: _released_for_long,
    ReminderKind.NEVER_REGISTERED: _never_registered,
    ReminderKind.CONFLICTING_CLAIMS: _claimed_too_often,
    ReminderKind.SUPPORT_ENDS: _releases_without_support,
}
