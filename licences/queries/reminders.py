"""Questions about rules that remind and their reminders. Nothing here writes.

A reminder is shown to the users in the role of its rule, while the rule is on, and nobody has ticked off or snoozed it
here, or ticked off, snoozed or assigned the same thing in the lists of data quality (docs/reminders.md#who-sees-what).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from licences.domain.reminders import ASSURANCE_KINDS, TRAITS, ReminderKind, ReminderSubject, days_above
from licences.models import (
    Emergency,
    FileImport,
    QualityMark,
    Release,
    Relicensing,
    Reminder,
    ReminderDigest,
    ReminderRule,
    Serial,
)
from licences.queries import keyset
from licences.queries.reminder_finders import Search, find_due, installations_by_line

DESK_SHOWN = 10
COUNT_LIMIT = 999
PAGE_SIZE = 50
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_LATEST = 10**17  # microseconds, far in the fifty-second century
ORDER = tuple(kind.value for kind in ReminderKind)
# The lists of data quality about the same things, by kind of rule.
_LISTS: dict[frozenset[ReminderKind], tuple[str, ...]] = {
    ASSURANCE_KINDS: ("assurance-30", "assurance-60", "assurance-90"),
    frozenset({ReminderKind.NOT_RELICENSED}): ("released",),
    frozenset({ReminderKind.NEVER_REGISTERED}): ("never-registered",),
}


# --- Rules -------------------------------------------------------------------------------------------


def default_rule(kind: ReminderKind) -> ReminderRule:
    """Return the rule of a kind that nobody has changed, not stored."""
    traits = TRAITS[kind]
    return ReminderRule(kind=kind.value, number=traits.number, role=traits.role)


def all_rules() -> list[ReminderRule]:
    """Return the rules of all kinds, the most urgent first; one that is not stored yet has its values of the start."""
    stored = {rule.kind: rule for rule in ReminderRule.objects.all()}
    return [stored.get(kind.value) or default_rule(kind) for kind in ReminderKind]


def search_of(rule: ReminderRule, rules: Iterable[ReminderRule], *, now: datetime, **more: Any) -> Search:
    """Return what a rule looks for, among all rules."""
    numbers = {ReminderKind(each.kind): each.number for each in rules if each.is_on}
    kind = ReminderKind(rule.kind)
    above = days_above(kind, rule.number, switched_on=numbers) if kind in ASSURANCE_KINDS else -1
    return Search(rule.number, now, above, **more)


# --- Reminders ---------------------------------------------------------------------------------------


def unsettled_reminders(rules: Iterable[ReminderRule]) -> QuerySet[Reminder]:
    """Return the reminders of these rules that are not settled, also those that are quiet, in no order."""
    return Reminder.objects.filter(rule__in=[rule.pk for rule in rules], settled_on=None).order_by()


def open_reminders(rules: Iterable[ReminderRule], *, today: date) -> QuerySet[Reminder]:
    """Return the reminders of these rules that somebody is to be reminded of, in no order."""
    rules = list(rules)
    rows = unsettled_reminders(rules).exclude(_is_quiet_here(today))
    for kinds, lists in _LISTS.items():
        listed = [rule.pk for rule in rules if rule.kind in kinds]
        if len(listed) == len(rules):  # without OR, which a database answers much faster
            rows = rows.exclude(Exists(_quiet_marks(lists, today)))
        elif listed:
            rows = rows.exclude(Q(rule__in=listed) & Exists(_quiet_marks(lists, today)))
    return rows


def quiet_reminders(rules: Iterable[ReminderRule], *, today: date) -> QuerySet[Reminder]:
    """Return the reminders of these rules that were ticked off or snoozed here, in no order."""
    return unsettled_reminders(rules).filter(_is_quiet_here(today))


def _is_quiet_here(today: date) -> Q:
    return Q(done_at__isnull=False) | Q(snoozed_until__isnull=False, snoozed_until__gt=today)


def _quiet_marks(lists: tuple[str, ...], today: date) -> QuerySet[QualityMark]:
    """What the team noted in these lists about the serial of a reminder, if the reminder is to be quiet for it."""
    marks = QualityMark.objects.filter(list__in=lists, subject=OuterRef("subject"), second=0)
    return marks.filter(
        Q(state=QualityMark.State.SNOOZED, snoozed_until__gt=today)
        | Q(state=QualityMark.State.DONE, fingerprint=OuterRef("fingerprint"))
        | Q(assigned_to__isnull=False)
    )


def rules_for(user: Any) -> list[ReminderRule]:
    """Return the rules that are on and remind a role of this user, the most urgent first; to a superuser all."""
    found = ReminderRule.objects.filter(is_on=True)
    if not user.is_superuser:
        roles = set(user.groups.values_list("name", flat=True))
        found = found.filter(role__in=roles)
    return sorted(found, key=lambda rule: ORDER.index(rule.kind))


def wants_reminder_emails(user: Any) -> bool:
    """Tell whether a user has chosen the daily e-mail."""
    return ReminderDigest.objects.filter(user=user, by_email=True).exists()


# --- What is shown -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShownReminder:
    """A reminder with what it is about: ``target`` is a serial, emergency, request, import or release.

    ``day`` is the last day of Software Assurance or of an emergency code, None for others. ``count``: live
    installations of a release.
    """

    reminder: Reminder
    rule: ReminderRule
    target: Any
    day: date | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class DeskReminders:
    """The reminders on the desk: how many there are (counted up to ``COUNT_LIMIT`` + 1), and the first ten."""

    count: int = 0
    first: list[ShownReminder] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReminderPage:
    """A page of the reminders of a rule; ``earlier`` and ``later`` are positions, "" if there are none."""

    shown: list[ShownReminder] = field(default_factory=list)
    earlier: str = ""
    later: str = ""


def desk_reminders(user: Any, *, now: datetime) -> DeskReminders:
    """Return the reminders of a user, those of the most urgent rules first. What is settled meanwhile is left out."""
    rules = rules_for(user)
    if not rules:
        return DeskReminders()
    everything, today = all_rules(), timezone.localdate(now)
    count, gone = 0, 0
    shown: list[ShownReminder] = []
    for rule in rules:
        rows = open_reminders([rule], today=today)
        count += rows[: COUNT_LIMIT + 1].count()
        room = DESK_SHOWN - len(shown)
        if room > 0:
            read = list(rows.order_by("due_since", "pk")[:room])
            fresh = _fresh(rule, everything, read, now=now)
            gone += len(read) - len(fresh)
            shown += fresh
    return DeskReminders(min(count - gone, COUNT_LIMIT + 1), shown)


def counts_of(rules: Iterable[ReminderRule], *, today: date) -> dict[str, int]:
    """Return how many reminders of each rule are open, by kind, counted up to ``COUNT_LIMIT`` + 1."""
    return {rule.kind: open_reminders([rule], today=today)[: COUNT_LIMIT + 1].count() for rule in rules}


def reminder_page(
    rule: ReminderRule, *, now: datetime, quiet: bool, position: str = "", backwards: bool = False
) -> ReminderPage:
    """Return a page of the reminders of a rule: the open ones, or those that were made ``quiet`` here.

    ``ValueError``: not a position.
    """
    today = timezone.localdate(now)
    rows = quiet_reminders([rule], today=today) if quiet else open_reminders([rule], today=today)
    found, more = keyset.page(
        rows,
        ["due_since", "pk"],
        size=PAGE_SIZE,
        position=_parsed(position) if position else None,
        backwards=backwards and bool(position),
    )
    if not found:
        return ReminderPage()
    has_earlier, has_later = (more, True) if backwards and position else (bool(position), more)
    return ReminderPage(
        _fresh(rule, all_rules(), found, now=now),
        _position(found[0]) if has_earlier else "",
        _position(found[-1]) if has_later else "",
    )


def _position(row: Reminder) -> str:
    return f"{(row.due_since - _EPOCH) // _MICROSECOND}-{row.pk}"


def _parsed(position: str) -> list[Any]:
    """The values of a position. ``ValueError``: it is none."""
    moment, pk = (int(part) for part in position.split("-"))
    if not 0 <= moment < _LATEST or not 0 <= pk < 2**63:
        raise ValueError("not a position")
    return [_EPOCH + moment * _MICROSECOND, pk]


def shown_reminder(reminder: Reminder, *, now: datetime) -> ShownReminder | None:
    """Return one reminder as pages show it; None if what it is about is settled or gone."""
    return next(iter(_fresh(reminder.rule, all_rules(), [reminder], now=now)), None)


def _fresh(
    rule: ReminderRule, rules: list[ReminderRule], reminders: list[Reminder], *, now: datetime
) -> list[ShownReminder]:
    """The reminders that are still true, with what they are about."""
    if not reminders:
        return []
    subjects = {each.subject for each in reminders}
    due = find_due(ReminderKind(rule.kind), search_of(rule, rules, now=now, only=subjects))
    true = {(thing.subject, thing.occurrence) for thing in due}
    if rule.is_spell:
        fresh = [each for each in reminders if (each.subject, "") in true]
    else:
        fresh = [each for each in reminders if (each.subject, each.occurrence) in true]
    targets = _TARGETS[rule.traits.subject](subjects)
    lines = installations_by_line() if rule.traits.subject is ReminderSubject.RELEASE else {}
    return [_shown(each, rule, targets[each.subject], lines) for each in fresh if each.subject in targets]


def _shown(reminder: Reminder, rule: ReminderRule, target: Any, lines: Mapping[str, int]) -> ShownReminder:
    day, count = None, 0
    if ReminderKind(rule.kind) in ASSURANCE_KINDS:
        day = date.fromisoformat(reminder.occurrence)
    elif isinstance(target, Emergency):
        day = target.expires_on
    elif isinstance(target, Release):
        count = lines.get(target.parsed().release_text, 0)
    return ShownReminder(reminder, rule, target, day, count)


_TARGETS: dict[ReminderSubject, Callable[[set[int]], Mapping[int, Any]]] = {
    ReminderSubject.SERIAL: lambda keys: Serial.objects.select_related("site__customer").in_bulk(keys),
    ReminderSubject.EMERGENCY: lambda keys: Emergency.objects.select_related("serial__site__customer").in_bulk(keys),
    ReminderSubject.REQUEST: lambda keys: Relicensing.objects.select_related("serial__site__customer").in_bulk(keys),
    ReminderSubject.IMPORT: lambda keys: FileImport.objects.in_bulk(keys),
    ReminderSubject.RELEASE: lambda keys: Release.objects.in_bulk(keys),
}
