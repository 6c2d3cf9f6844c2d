"""The rows of an import as its page shows them: in tabs, and page by page along their keys. Nothing here writes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from licences.file_imports import Problem, allocated_serials, problems_of, rejected_rows
from licences.models import FileImport, RejectedRow, RowOutcome, Serial, row_of
from licences.operations.imports.kinds import kind_of
from licences.wording import sentence

PAGE_SIZE = 50
Outcome = RowOutcome.Outcome

# --- Tabs --------------------------------------------------------------------------------------------

CHANGED, SERIALS = "changed", "serials"
OUTCOMES = {outcome.name.lower(): outcome for outcome in Outcome}
TITLES: dict[str, str | Promise] = {
    CHANGED: _("Changed since the preview before"),
    "new": _("New serial numbers"),
    "top_up": _("Top-ups"),
    "return": _("Returns"),
    "taken_over": _("Taken over"),
    "unchanged": _("Unchanged"),
    SERIALS: _("Allocated serial numbers"),
    "rejected": _("Rejected"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    title: str | Promise
    count: int


def tabs_of(file_import: FileImport) -> list[Tab]:
    """What there is to see: of a preview all its outcomes, afterwards what came of it. None before."""
    counts = dict(file_import.counts)
    if file_import.state == FileImport.State.PREVIEW:
        counts[CHANGED] = file_import.changed_since_preview
    elif file_import.has_ended:
        counts = {SERIALS: allocated_serials(file_import).count(), "rejected": counts.get("rejected", 0)}
    else:
        return []
    return [Tab(name, title, counts[name]) for name, title in TITLES.items() if counts.get(name)]


def chosen_tab(tabs: list[Tab], name: str) -> Tab | None:
    """The tab of that name; else the first that needs somebody to look at it."""
    by_name = {tab.name: tab for tab in tabs}
    wanted = (by_name[each] for each in (name, CHANGED, SERIALS, "rejected") if each in by_name)
    return next(wanted, tabs[0] if tabs else None)


# --- Pages -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins (``after`` a number) or ends (``before`` one)."""

    after: int = 0
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the rows, and the places of the pages next to it, where there are any."""

    rows: list[Any]
    next: int | None = None
    previous: int | None = None


def page_of(file_import: FileImport, tab: Tab, place: Place) -> Page:
    if tab.name == SERIALS:
        return _page(allocated_serials(file_import), place, first=0, shown=list)
    shown: Callable[[list[Any]], list[Any]]
    rows: QuerySet[Any] = RowOutcome.objects.filter(pk__range=file_import.row_ids)
    if tab.name == "rejected":
        rows, shown = rejected_rows(file_import), lambda found: _refused(file_import, found)
    elif tab.name == CHANGED:
        rows, shown = rows.filter(before__isnull=False), lambda found: _changed(file_import, found)
    else:
        rows, shown = rows.filter(outcome=OUTCOMES[tab.name]), lambda found: _accepted(file_import, found)
    first, last = file_import.row_ids
    return _page(rows, _within(place, last - first), first=first, shown=shown)


def _within(place: Place, last: int) -> Place:
    """No row has a number beyond the last; the keys there are those of other imports."""
    return Place(min(place.after, last), None if place.before is None else min(place.before, last))


def _page(rows: QuerySet[Any], place: Place, *, first: int, shown: Callable[[list[Any]], list[Any]]) -> Page:
    """A page along the keys, which are ``first`` + number: the last is found as quickly as the first of a million."""
    if place.before is None:
        found = list(rows.filter(pk__gt=first + place.after).order_by("pk")[: PAGE_SIZE + 1])
        more_after, more_before = len(found) > PAGE_SIZE, place.after > 0
        found = found[:PAGE_SIZE]
    else:
        found = list(rows.filter(pk__lt=first + place.before).order_by("-pk")[: PAGE_SIZE + 1])
        more_after, more_before = True, len(found) > PAGE_SIZE
        found = found[PAGE_SIZE - 1 :: -1]
    return Page(
        rows=shown(found),
        next=found[-1].pk - first if found and more_after else None,
        previous=found[0].pk - first if found and more_before else None,
    )


# --- What is wrong most often ----------------------------------------------------------------------------

LOOKED_AT = 5_000  # rejected rows: enough to know what is wrong with a file
REASONS_SHOWN = 5


@dataclass(slots=True)
class Frequent:
    """A column and a reason that many rejected rows have in common, with the first of them as an example."""

    column: str
    row: int
    example: str
    rows: int = 0


def frequent_problems(file_import: FileImport) -> list[Frequent]:
    """What is wrong most often, where there is more than one page of rejected rows; of the first ``LOOKED_AT``."""
    if file_import.counts.get("rejected", 0) <= PAGE_SIZE:
        return []
    found: dict[tuple[str, str], Frequent] = {}
    for pk, problems in rejected_rows(file_import).values_list("pk", "problems")[:LOOKED_AT]:
        for column, _value, reason, about in problems:
            if (column, reason) not in found:
                found[column, reason] = Frequent(column, row_of(pk), sentence(reason, about))
            found[column, reason].rows += 1
    return sorted(found.values(), key=lambda each: -each.rows)[:REASONS_SHOWN]


# --- Rows ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A rejected row: where it stands in the file, what it is about, what is wrong, what it was before."""

    row: int
    about: str
    problems: list[Problem]
    before: str = ""


@dataclass(frozen=True, slots=True)
class AcceptedRow:
    """A row that will be imported, or is on record already. ``values`` is the staged row itself.

    ``serial`` is canonical, and empty where one is to be allocated; ``on_record`` says that it exists by now.
    """

    row: int
    serial: str
    on_record: bool
    values: Any
    before: str = ""


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that comes out otherwise than the preview before said."""

    row: int
    about: str
    before: str
    now: str
    serial: str
    problems: list[Problem]


def _refused(file_import: FileImport, found: list[RejectedRow]) -> list[RefusedRow]:
    outcomes = RowOutcome.objects.in_bulk([each.pk for each in found])
    return [
        RefusedRow(each.row, _about(file_import, each.cells), problems_of(each), _before(outcomes.get(each.pk)))
        for each in found
    ]


def _accepted(file_import: FileImport, found: list[RowOutcome]) -> list[AcceptedRow]:
    staged = kind_of(file_import).MODEL.objects.in_bulk([each.pk for each in found])
    named = {each.serial for each in found}
    known = set(Serial.objects.filter(code__in=named).values_list("code", flat=True))
    return [
        AcceptedRow(each.row, each.serial, each.serial in known, staged[each.pk], _before(each))
        for each in found
        if each.pk in staged
    ]


def _changed(file_import: FileImport, found: list[RowOutcome]) -> list[ChangedRow]:
    kind = kind_of(file_import)
    keys = [each.pk for each in found]
    staged, refused = kind.MODEL.objects.in_bulk(keys), RejectedRow.objects.in_bulk(keys)
    return [
        ChangedRow(
            row=each.row,
            about=_about(file_import, [getattr(staged[each.pk], column) for column in kind.COLUMNS]),
            before=_before(each),
            now=str(each.get_outcome_display()),
            serial=each.serial,
            problems=problems_of(refused[each.pk]) if each.pk in refused else [],
        )
        for each in found
        if each.pk in staged
    ]


def _before(outcome: RowOutcome | None) -> str:
    """What the preview before said of a row, where that was something else."""
    if outcome is None or outcome.before is None:
        return ""
    if outcome.before == outcome.outcome:
        return gettext("%(outcome)s, with another serial number") % {"outcome": outcome.get_before_display()}
    return str(outcome.get_before_display())


def _about(file_import: FileImport, cells: list[Any]) -> str:
    """Enough of a row to know it again."""
    named = dict(zip(kind_of(file_import).COLUMNS, cells, strict=False))
    names = ("purchase_reference", "line", "customer_name", "serial", "name")
    return " · ".join(str(named[name]) for name in names if named.get(name) not in (None, ""))[:200]
