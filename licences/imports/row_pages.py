"""The rows of an import as its page shows them: in tabs, and in pages along their keys. Nothing here writes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from licences.imports import pair_details
from licences.imports.kinds import import_kind
from licences.imports.queries import RowProblem, allocated_serials, rejected_rows, row_problems
from licences.models import FileImport, RecordPair, RejectedRow, RowOutcome, Serial, row_number_of
from licences.queries import keyset
from licences.wording.sentences import sentence

PAGE_SIZE = 50
Outcome = RowOutcome.Outcome

# --- Tabs --------------------------------------------------------------------------------------------

CHANGED, SERIALS = "changed", "serials"
PAIR_TABS = tuple(RecordPair.Kind.values)
OUTCOMES_BY_TAB = {outcome.name.lower(): outcome for outcome in Outcome}
TAB_TITLES: dict[str, str | Promise] = {
    CHANGED: _("Changed since the last preview"),
    RecordPair.Kind.NUMBER.value: RecordPair.Kind.NUMBER.label,
    RecordPair.Kind.LOOKALIKE.value: RecordPair.Kind.LOOKALIKE.label,
    RecordPair.Kind.REFERENCE.value: RecordPair.Kind.REFERENCE.label,
    "new": _("New serial numbers"),
    "top_up": _("Top-ups"),
    "return": _("Returns"),
    "taken_over": _("Taken over"),
    "unchanged": _("Unchanged"),
    SERIALS: _("Allocated serial numbers"),
    "rejected": _("Rejected"),
}


@dataclass(frozen=True, slots=True)
class RowTab:
    """A tab of the page: ``name`` as the address has it, ``title`` on screen, ``count`` of its rows or pairs.

    ``undecided``: how many of its pairs wait for a decision.
    """

    name: str
    title: str | Promise
    count: int
    undecided: int = 0


def row_tabs(file_import: FileImport) -> list[RowTab]:
    """The tabs of an import that have rows: all outcomes of a preview, or the results of an ended import, else none."""
    counts, undecided = dict(file_import.counts), {}
    if file_import.state == FileImport.State.PREVIEW:
        counts[CHANGED] = file_import.changed_since_preview
        counts |= pair_details.counts_of_pairs(file_import)
        undecided = pair_details.undecided_pairs(file_import)
    elif file_import.has_ended:
        counts = {SERIALS: allocated_serials(file_import).count(), "rejected": counts.get("rejected", 0)}
    else:
        return []
    return [
        RowTab(name, title, counts[name], undecided.get(name, 0))
        for name, title in TAB_TITLES.items()
        if counts.get(name)
    ]


def choose_tab(tabs: list[RowTab], name: str) -> RowTab | None:
    """The tab of that name; without one, the tab that most needs attention, or None where there are no tabs."""
    by_name = {tab.name: tab for tab in tabs}
    undecided = [tab.name for tab in tabs if tab.undecided]
    preferred = (by_name[each] for each in (name, CHANGED, *undecided, SERIALS, "rejected") if each in by_name)
    return next(preferred, tabs[0] if tabs else None)


# --- Pages -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PagePosition:
    """Where a page begins (after a row number) or, for the way back, ends (before one). ``before`` wins."""

    after: int = 0
    before: int | None = None


@dataclass(frozen=True, slots=True)
class RowPage:
    """At most ``PAGE_SIZE`` rows, and the positions of the neighbouring pages, None where there is none.

    ``next`` is the ``after`` of the following page, ``previous`` the ``before`` of the page before.
    """

    rows: list[Any]
    next: int | None = None
    previous: int | None = None


def row_page(file_import: FileImport, tab: RowTab, position: PagePosition) -> RowPage:
    """A page of the rows of a tab. A position beyond the last row gives an empty page, never rows of other imports."""
    if tab.name == SERIALS:
        return _page(allocated_serials(file_import), position, first=0, details=list)
    if tab.name in PAIR_TABS:
        pairs = file_import.pairs.filter(kind=tab.name)
        return _page(pairs, position, first=0, details=partial(pair_details.pair_details, file_import))
    details: Callable[[list[Any]], list[Any]]
    rows: QuerySet[Any] = RowOutcome.objects.filter(pk__range=file_import.row_ids)
    if tab.name == "rejected":
        rows, details = rejected_rows(file_import), partial(_rejected_details, file_import)
    elif tab.name == CHANGED:
        rows, details = rows.filter(before__isnull=False), partial(_changed_details, file_import)
    else:
        rows = rows.filter(outcome=OUTCOMES_BY_TAB[tab.name])
        details = partial(_accepted_details, file_import)
    first, last = file_import.row_ids
    return _page(rows, _clamped(position, last - first), first=first, details=details)


def _clamped(position: PagePosition, last: int) -> PagePosition:
    """The position, moved to the import's last row number if it is beyond: further keys belong to other imports."""
    return PagePosition(min(position.after, last), None if position.before is None else min(position.before, last))


def _page(
    rows: QuerySet[Any], position: PagePosition, *, first: int, details: Callable[[list[Any]], list[Any]]
) -> RowPage:
    """A page of rows along their keys, before or after a position.

    ``first`` is the key before the import's first row, so that a key is ``first`` + row number. ``details`` turns the
    objects of a page into what is shown.
    """
    backwards = position.before is not None
    key = first + (position.after if position.before is None else position.before)
    objects, more = keyset.page(rows, ["pk"], size=PAGE_SIZE, position=[key], backwards=backwards)
    more_after, more_before = backwards or more, more if backwards else position.after > 0
    return RowPage(
        rows=details(objects),
        next=objects[-1].pk - first if objects and more_after else None,
        previous=objects[0].pk - first if objects and more_before else None,
    )


# --- Frequent problems ----------------------------------------------------------------------------------

SAMPLED_ROWS = 5_000  # rejected rows: enough to find the frequent problems of a file
REASONS_SHOWN = 5


@dataclass(slots=True)
class FrequentProblem:
    """A problem of many rejected rows: its column, how many ``rows`` have it, and the first of them as an example."""

    column: str
    row: int
    example: str
    rows: int = 0


def frequent_problems(file_import: FileImport) -> list[FrequentProblem]:
    """The most frequent problems, where there is more than one page of rejected rows; of the first ``SAMPLED_ROWS``."""
    if file_import.counts.get("rejected", 0) <= PAGE_SIZE:
        return []
    frequent: dict[tuple[str, str], FrequentProblem] = {}
    for pk, problems in rejected_rows(file_import).values_list("pk", "problems")[:SAMPLED_ROWS]:
        for column, _value, code, parameters in problems:
            if (column, code) not in frequent:
                frequent[column, code] = FrequentProblem(column, row_number_of(pk), sentence(code, parameters))
            frequent[column, code].rows += 1
    return sorted(frequent.values(), key=lambda each: -each.rows)[:REASONS_SHOWN]


# --- Rows ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RejectedRowDetails:
    """A rejected row: its number in the file, a summary, its problems, and its outcome in the preview before."""

    row: int
    about: str
    problems: list[RowProblem]
    before: str = ""


@dataclass(frozen=True, slots=True)
class AcceptedRowDetails:
    """A row that will be imported, or is on record already. ``values`` is the staged row itself.

    ``serial`` is canonical, and empty where one will be allocated; ``on_record``: that serial number exists already.
    """

    row: int
    serial: str
    on_record: bool
    values: Any
    before: str = ""


@dataclass(frozen=True, slots=True)
class ChangedRowDetails:
    """A row whose outcome or serial number differs from the preview before."""

    row: int
    about: str
    before: str
    now: str
    serial: str
    problems: list[RowProblem]


def _rejected_details(file_import: FileImport, rows: list[RejectedRow]) -> list[RejectedRowDetails]:
    """What is shown of rejected rows: their problems, and their outcomes in the preview before."""
    outcomes = RowOutcome.objects.in_bulk([each.pk for each in rows])
    return [
        RejectedRowDetails(
            each.row, _summary(file_import, each.cells), row_problems(each), _previous_outcome(outcomes.get(each.pk))
        )
        for each in rows
    ]


def _accepted_details(file_import: FileImport, outcomes: list[RowOutcome]) -> list[AcceptedRowDetails]:
    """What is shown of good rows, whose outcomes are given: their staged values.

    Rows whose staged values are deleted are left out.
    """
    staged = import_kind(file_import).model.objects.in_bulk([each.pk for each in outcomes])
    named = {each.serial for each in outcomes}
    known = set(Serial.objects.filter(code__in=named).values_list("code", flat=True))
    return [
        AcceptedRowDetails(each.row, each.serial, each.serial in known, staged[each.pk], _previous_outcome(each))
        for each in outcomes
        if each.pk in staged
    ]


def _changed_details(file_import: FileImport, outcomes: list[RowOutcome]) -> list[ChangedRowDetails]:
    """What is shown of rows that differ from the preview before: each with both outcomes."""
    kind = import_kind(file_import)
    keys = [each.pk for each in outcomes]
    staged, rejected = kind.model.objects.in_bulk(keys), RejectedRow.objects.in_bulk(keys)
    return [
        ChangedRowDetails(
            row=each.row,
            about=_summary(file_import, [getattr(staged[each.pk], column) for column in kind.columns]),
            before=_previous_outcome(each),
            now=str(each.get_outcome_display()),
            serial=each.serial,
            problems=row_problems(rejected[each.pk]) if each.pk in rejected else [],
        )
        for each in outcomes
        if each.pk in staged
    ]


def _previous_outcome(outcome: RowOutcome | None) -> str:
    """The outcome of a row in the preview before, as a label; empty where it was the same."""
    if outcome is None or outcome.before is None:
        return ""
    if outcome.before == outcome.outcome:
        return gettext("%(outcome)s, with a different serial number") % {"outcome": outcome.get_before_display()}
    return str(outcome.get_before_display())


def _summary(file_import: FileImport, cells: list[Any]) -> str:
    """The cells that people recognise a row by, on one line of at most 200 characters."""
    named = dict(zip(import_kind(file_import).columns, cells, strict=False))
    names = ("purchase_reference", "line", "customer_name", "serial", "name")
    return " · ".join(str(named[name]) for name in names if named.get(name) not in (None, ""))[:200]
