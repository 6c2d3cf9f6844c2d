"""The entries of a data quality list that a filter selects, with what the team noted about them. Nothing here writes.

Pages are read from the findings of the latest count, by an index (docs/surface.md#data-quality-lists).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licences.domain.batches import batched
from licences.models import QualityCount, QualityFilter, QualityFinding, QualityMark
from licences.queries import data_quality, keyset
from licences.queries.data_quality import EntryKey, QualityEntry, QualityList

PAGE_SIZE = 50
COUNT_INTERVAL = timedelta(minutes=5)  # between two counts by a worker
SEES_LISTS = "licences.view_relicensing"
_CHUNK = 500
_BACKEND = "django.contrib.auth.backends.ModelBackend"

SHOWN_STATES: dict[str, Promise] = {
    "open": _("Open"),
    "mine": _("Mine"),
    "assigned": _("Assigned"),
    "snoozed": _("Snoozed"),
    "done": _("Ticked off"),
    "all": _("All"),
}


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries of a list are wanted, as of ``today``.

    ``show`` is one of ``SHOWN_STATES``; ``viewer`` and ``assignee`` are primary keys of users: of whom "mine" speaks,
    and to whom entries are assigned (None: to anybody). ``country`` and ``town`` are those of the customer, in any
    case; ``first`` and ``last`` the days of the entries.
    """

    today: date
    viewer: int
    show: str = "open"
    assignee: int | None = None
    country: str = ""
    town: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(slots=True)
class ListedEntry:
    """An entry as a page or file shows it: ``mark`` is what the team noted about it, None if nothing.

    ``state`` is "open", "snoozed" or "done" as of the day; ``has_changed`` tells that it was ticked off, and that what
    it is about has changed since.
    """

    entry: QualityEntry
    mark: QualityMark | None
    state: str
    has_changed: bool

    @property
    def token(self) -> str:
        """The entry as forms name it, with the version that was shown: ``17-0-2``."""
        return f"{self.entry.key[0]}-{self.entry.key[1]}-{self.mark.version if self.mark else 0}"


@dataclass(frozen=True, slots=True)
class QualityPage:
    """A page of a list; ``earlier`` and ``later`` are positions of the pages beside it, "" if there are none."""

    entries: list[ListedEntry] = field(default_factory=list)
    earlier: str = ""
    later: str = ""


# --- Filters -------------------------------------------------------------------------------------------


def findings(quality_list: QualityList, wanted: EntryFilter) -> QuerySet[QualityFinding]:
    """Return the findings of the latest count that a filter selects, in no order."""
    rows = QualityFinding.objects.filter(list=quality_list.slug)
    rows = rows.filter(_about_state(wanted))
    if wanted.country:
        rows = rows.filter(customer__country__iexact=wanted.country)
    if wanted.town:
        rows = rows.filter(customer__city__iexact=wanted.town)
    if wanted.first:
        rows = rows.filter(since__gte=wanted.first)
    if wanted.last:
        rows = rows.filter(since__lte=wanted.last)
    return rows


def _about_state(wanted: EntryFilter) -> Q:
    """The condition on the marks of findings."""
    marks = QualityMark.objects.filter(list=OuterRef("list"), subject=OuterRef("subject"), second=OuterRef("second"))
    snoozed = Q(state=QualityMark.State.SNOOZED, snoozed_until__gt=wanted.today)
    done = Q(state=QualityMark.State.DONE, fingerprint=OuterRef("fingerprint"))
    assigned = Q(assigned_to__isnull=False) if wanted.assignee is None else Q(assigned_to=wanted.assignee)
    if wanted.show == "all":
        return Q()
    if wanted.show in ("snoozed", "done"):
        return Q(Exists(marks.filter(snoozed if wanted.show == "snoozed" else done)))
    is_open = ~Q(Exists(marks.filter(snoozed | done)))
    if wanted.show == "open":
        return is_open
    return is_open & Q(Exists(marks.filter(Q(assigned_to=wanted.viewer) if wanted.show == "mine" else assigned)))


def does_match(wanted: EntryFilter, listed: ListedEntry) -> bool:
    """Tell whether a filter selects an entry, by the same rules as ``findings``."""
    entry, assigned_to = listed.entry, listed.mark.assigned_to_id if listed.mark else None
    if wanted.show in ("snoozed", "done") and listed.state != wanted.show:
        return False
    if wanted.show in ("open", "mine", "assigned") and listed.state != "open":
        return False
    if wanted.show == "mine" and assigned_to != wanted.viewer:
        return False
    if wanted.show == "assigned" and (assigned_to is None or wanted.assignee not in (None, assigned_to)):
        return False
    customer = entry.customer
    is_there = _is_same_text(wanted.country, customer.country) and _is_same_text(wanted.town, customer.city)
    return is_there and (wanted.first or entry.since) <= entry.since <= (wanted.last or entry.since)


def _is_same_text(wanted: str, text: str) -> bool:
    return not wanted or wanted.casefold() == text.casefold()


# --- Pages ---------------------------------------------------------------------------------------------


def page(quality_list: QualityList, wanted: EntryFilter, *, position: str, backwards: bool) -> QualityPage:
    """Return the page after a position (before it, if ``backwards``); "" is the beginning.

    What the entries say is read again, and those that are no longer true are left out. ``ValueError``: not a position.
    """
    sign = "-" if quality_list.newest_first else ""
    order = [f"{sign}since", f"{sign}subject", f"{sign}second"]
    rows, more = keyset.page(
        findings(quality_list, wanted),
        order,
        size=PAGE_SIZE,
        position=_parsed(position) if position else None,
        backwards=backwards and bool(position),
    )
    if not rows:
        return QualityPage()
    keys = {(row.subject, row.second): row for row in rows}
    fresh = {entry.key: entry for entry in quality_list.entries(today=wanted.today, most=None, only=list(keys))}
    listed = listed_entries(quality_list, [fresh[key] for key in keys if key in fresh], today=wanted.today)
    has_earlier, has_later = (more, True) if backwards else (bool(position), more)
    return QualityPage(
        list(listed), _position(rows[0]) if has_earlier else "", _position(rows[-1]) if has_later else ""
    )


def _position(row: QualityFinding) -> str:
    return f"{row.since.isoformat()}.{row.subject}.{row.second}"


def _parsed(position: str) -> list[Any]:
    """The values of a position. ``ValueError``: it is none."""
    day, subject, second = position.split(".")
    values = date.fromisoformat(day), int(subject), int(second)
    if not all(0 <= value < 2**63 for value in values[1:]):
        raise ValueError("not a position")
    return list(values)


def listed_entries(quality_list: QualityList, entries: Iterable[QualityEntry], *, today: date) -> Iterator[ListedEntry]:
    """Yield entries with what the team noted about them."""
    for chunk in batched(entries, _CHUNK):
        marks = marks_of(quality_list.slug, [entry.key for entry in chunk])
        for entry in chunk:
            mark = marks.get(entry.key)
            state = state_of(mark, entry.fingerprint, today=today)
            has_changed = mark is not None and mark.state == QualityMark.State.DONE and state == "open"
            yield ListedEntry(entry, mark, state, has_changed)


def marks_of(slug: str, keys: Iterable[EntryKey]) -> dict[EntryKey, QualityMark]:
    """Return the marks of these entries of a list, by their keys."""
    wanted = set(keys)
    rows = QualityMark.objects.filter(list=slug, subject__in={subject for subject, _second in wanted})
    found = {(mark.subject, mark.second): mark for mark in rows.select_related("assigned_to")}
    return {key: mark for key, mark in found.items() if key in wanted}


def state_of(mark: QualityMark | None, fingerprint: str, *, today: date) -> str:
    """Return the state of an entry as of a day: "open", "snoozed" or "done"."""
    if mark is None:
        return "open"
    if mark.state == QualityMark.State.SNOOZED and mark.snoozed_until and mark.snoozed_until > today:
        return "snoozed"
    is_done = mark.state == QualityMark.State.DONE and mark.fingerprint == fingerprint
    return "done" if is_done else "open"


def all_entries(quality_list: QualityList, wanted: EntryFilter, *, most: int | None) -> Iterator[ListedEntry]:
    """Yield the entries for a file, found now: at most ``most``, or all."""
    listed = listed_entries(quality_list, quality_list.find(wanted.today, None, None), today=wanted.today)
    return islice((each for each in listed if does_match(wanted, each)), most)


# --- Counts, people and saved filters --------------------------------------------------------------------


def counts() -> dict[str, QualityCount]:
    """Return the latest count of each list, by its slug; lists that were never counted are left out."""
    return {each.list: each for each in QualityCount.objects.filter(counted_at__isnull=False)}


def counted_at(counted: Iterable[QualityCount]) -> datetime | None:
    """Return how old the oldest of the counts is, as a time; None if there are none."""
    return min((each.counted_at for each in counted if each.counted_at), default=None)


def does_worker_count(now: datetime) -> bool:
    """Tell whether a worker has counted lately, so that it will do it again soon."""
    lately = QualityCount.objects.filter(by_worker=True, counted_at__gt=now - 2 * COUNT_INTERVAL)
    return lately.count() == len(data_quality.LISTS)


def colleagues() -> QuerySet[User]:
    """Return the users who may see the lists, by name: those to whom entries can be assigned."""
    permitted = User.objects.with_perm(SEES_LISTS, backend=_BACKEND)
    return permitted.filter(is_active=True).order_by("username")


def saved_filters(slug: str, user_id: int) -> QuerySet[QualityFilter]:
    """Return the filters of a list that a user may open: own ones and shared ones, by name."""
    return QualityFilter.objects.filter(Q(owner=user_id) | Q(is_shared=True), list=slug).select_related("owner")
