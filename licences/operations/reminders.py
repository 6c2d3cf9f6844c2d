"""Computing reminders, ticking them off and snoozing them, and the rules that remind (docs/reminders.md)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.domain.reminders import (
    ASSURANCE_KINDS,
    TRAITS,
    ReminderAct,
    ReminderKind,
    require_number,
    require_snooze_of_reminder,
)
from licences.domain.staff_identity import user_number_of
from licences.models import Event, Reminder, ReminderRule
from licences.operations.events import record_event
from licences.queries.figure_counts import start_of
from licences.queries.reminder_finders import CHUNK, DueThing, chunks, find_due
from licences.queries.reminders import all_rules, search_of
from licences.roles import ROLES

MOST = 10_000  # reminders of a rule that nobody has ticked off
QUICK, SLOW = timedelta(minutes=1), timedelta(hours=1)  # between two computations of a rule


# --- Computing -----------------------------------------------------------------------------------------


def refresh_reminders(*, now: datetime) -> None:
    """Compute the rules that are due: every minute or hour, the first time of a day, and after a change of a rule.

    Every worker calls this every few seconds; each computation is made by one of them. Idempotent.
    """
    rules = _stored_rules()
    for rule in rules:
        if rule.is_on and _claim(rule, now=now):
            compute_rule(rule, rules, now=now)


def _stored_rules() -> list[ReminderRule]:
    """The rules of all kinds, stored."""
    rules = all_rules()
    missing = [rule for rule in rules if rule.pk is None]
    if not missing:
        return rules
    ReminderRule.objects.bulk_create(missing, ignore_conflicts=True)
    return all_rules()


def _claim(rule: ReminderRule, *, now: datetime) -> bool:
    """Tell whether a rule is to be computed now, and note that this begins: true for one of several callers."""
    before = max(now - (QUICK if rule.traits.is_quick else SLOW), start_of(timezone.localdate(now)))
    if rule.begun_at is not None and before < rule.begun_at <= now:
        return False
    due = Q(begun_at=None) | Q(begun_at__lte=before) | Q(begun_at__gt=now)
    return ReminderRule.objects.filter(due, pk=rule.pk, is_on=True).update(begun_at=now) == 1


def compute_rule(rule: ReminderRule, rules: list[ReminderRule], *, now: datetime) -> None:
    """Find what is due by a rule as of ``now``, and store it: new reminders, and those that are settled.

    ``rules`` are all rules. The reading is no transaction, storing is a short one. Idempotent.
    """
    kind = ReminderKind(rule.kind)
    most = MOST + Reminder.objects.filter(rule=rule, settled_on=None).exclude(done_at=None, snoozed_until=None).count()
    found = find_due(kind, search_of(rule, rules, now=now, most=most))
    if len(found) == most:  # of what is beyond, look at what is known
        seen = {thing.subject for thing in found}
        known = Reminder.objects.filter(rule=rule, settled_on=None).values_list("subject", flat=True)
        found += find_due(kind, search_of(rule, rules, now=now, only=set(known) - seen))
    _store(rule.pk, rule.version, found, now=now)


@transaction.atomic
def _store(rule_id: int, version: int, found: list[DueThing], *, now: datetime) -> None:
    """Store what a rule found, unless the rule was changed or computed later meanwhile. What differs is written."""
    rule = ReminderRule.objects.select_for_update(no_key=True).get(pk=rule_id)
    if rule.version != version or not rule.is_on or (rule.computed_at is not None and rule.computed_at > now):
        return
    known = {(row.subject, row.occurrence): row for row in Reminder.objects.filter(rule=rule, settled_on=None)}
    due = _with_occurrences(rule, found, list(known))
    new = [key for key in due if key not in known]
    again = _settled_before(rule, {subject for subject, _occurrence in new})
    Reminder.objects.bulk_create(
        [_reminder(rule, due[key], key[1]) for key in new if key not in again], batch_size=CHUNK
    )
    for pks in chunks([again[key] for key in new if key in again]):
        Reminder.objects.filter(pk__in=pks).update(settled_on=None)
    for pks in chunks([row.pk for key, row in known.items() if key not in due]):
        Reminder.objects.filter(pk__in=pks).update(settled_on=timezone.localdate(now))
    changed = [row for key, row in known.items() if key in due and row.fingerprint != due[key].fingerprint]
    for row in changed:
        row.fingerprint = due[row.subject, row.occurrence].fingerprint
    Reminder.objects.bulk_update(changed, ["fingerprint"], batch_size=CHUNK)
    rule.computed_at = now
    rule.save(update_fields=["computed_at"])


_Key = tuple[int, str]


def _with_occurrences(rule: ReminderRule, found: list[DueThing], known: list[_Key]) -> dict[_Key, DueThing]:
    """What was found, by subject and occurrence. A spell that is known goes on; another one gets the next number."""
    if not rule.is_spell:
        return {(thing.subject, thing.occurrence): thing for thing in found}
    open_ones = dict(known)
    counts: dict[int, int] = {}
    for subjects in chunks([thing.subject for thing in found if thing.subject not in open_ones]):
        rows = Reminder.objects.filter(rule=rule, subject__in=subjects).order_by().values_list("subject")
        counts |= dict(rows.annotate(Count("pk")))
    return {
        (thing.subject, open_ones.get(thing.subject) or str(counts.get(thing.subject, 0) + 1)): thing for thing in found
    }


def _settled_before(rule: ReminderRule, subjects: set[int]) -> dict[_Key, int]:
    """The primary keys of settled reminders of these subjects: if the same is true again, it is not told again."""
    found: dict[_Key, int] = {}
    for chunk in chunks(sorted(subjects)):
        rows = Reminder.objects.filter(rule=rule, subject__in=chunk).exclude(settled_on=None)
        found |= {(row.subject, row.occurrence): row.pk for row in rows}
    return found


def _reminder(rule: ReminderRule, thing: DueThing, occurrence: str) -> Reminder:
    return Reminder(
        rule=rule,
        subject_kind=rule.traits.subject.value,
        subject=thing.subject,
        occurrence=occurrence,
        serial_id=thing.serial_id,
        fingerprint=thing.fingerprint,
        due_since=thing.due_since,
    )


# --- Ticking off and snoozing ----------------------------------------------------------------------------


@transaction.atomic
def work_on_reminder(*, pk: int, act: ReminderAct, until: date | None, today: date, by: str) -> Reminder:
    """Tick off a reminder, snooze it until a day, or put it back, with one event. Returns it.

    Ticking off what is ticked off, and putting back what is open, changes nothing and is no event.
    ``Reminder.DoesNotExist``. ``Refusal``: ``reminder-snooze-missing``, ``reminder-snooze-past``, ``reminder-settled``
    (what it is about is settled already), ``reminder-ticked-off`` (``by``: to be snoozed, it is put back first).
    """
    until = require_snooze_of_reminder(until, today=today) if act is ReminderAct.SNOOZE else None
    reminder = Reminder.objects.select_for_update(of=["self"]).select_related("rule", "serial").get(pk=pk)
    if reminder.settled_on is not None:
        raise Refusal("reminder-settled")
    if act is ReminderAct.SNOOZE and reminder.done_at is not None:
        raise Refusal("reminder-ticked-off", by=reminder.changed_by)
    done = act is ReminderAct.TICK_OFF
    if (done, until) == (reminder.done_at is not None, reminder.snoozed_until):
        return reminder
    reminder.done_at, reminder.snoozed_until = timezone.now() if done else None, until
    reminder.changed_by, reminder.changed_by_number = str(by), user_number_of(by)
    reminder.save(update_fields=["done_at", "snoozed_until", "changed_by", "changed_by_number"])
    about = {"rule": reminder.rule.kind, "did": act.value, "about": reminder.subject_kind, "number": reminder.subject}
    record_event(
        Event.Kind.REMINDER_MARKED,
        by=by,
        serial=reminder.serial.code if reminder.serial else "",
        details=about | ({"snoozed_until": until.isoformat()} if until else {}),
    )
    return reminder


# --- Rules -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RuleValues:
    """What can be changed about a rule. ``number`` is in the unit of its kind, None where nothing was given."""

    is_on: bool
    number: int | None
    role: str
    in_digest: bool


@transaction.atomic
def change_reminder_rule(*, kind: ReminderKind, values: RuleValues, version: int, by: str) -> ReminderRule:
    """Change the rule of a kind, with an event; without a difference nothing is written. Returns it.

    ``version`` is the one that the form showed. Switched off, a rule computes and reminds of nothing; its reminders
    stay, and those that are still true are there again once it is on. ``Refusal``: those of ``require_number``,
    ``reminder-role-unknown``, ``reminder-role-cannot-open`` (the role may not see what the rule is about),
    ``reminder-rule-changed`` (somebody else has changed it since).
    """
    _stored_rules()
    stored = {ReminderKind(rule.kind): rule for rule in ReminderRule.objects.select_for_update().order_by("pk")}
    rule = stored[kind]
    if rule.version != version:
        raise Refusal("reminder-rule-changed")
    numbers = {other: each.number for other, each in stored.items() if other is not kind}
    number = require_number(kind, values.number, others=numbers)
    _require_role(kind, values.role)
    old = _described(rule)
    rule.is_on, rule.number, rule.role, rule.in_digest = values.is_on, number, values.role, values.in_digest
    if _described(rule) == old:
        return rule
    rule.version += 1
    rule.save()
    affected = ASSURANCE_KINDS if kind in ASSURANCE_KINDS else {kind}
    ReminderRule.objects.filter(kind__in=affected).update(begun_at=None)
    record_event(
        Event.Kind.REMINDER_RULE_CHANGED, by=by, details={"rule": kind.value, "before": old, "after": _described(rule)}
    )
    return rule


def _require_role(kind: ReminderKind, role: str) -> None:
    """``Refusal``, on the field ``role``: ``reminder-role-unknown``, ``reminder-role-cannot-open``."""
    if role not in ROLES:
        raise Refusal("reminder-role-unknown", field="role")
    if TRAITS[kind].permission not in ROLES[role]:
        raise Refusal("reminder-role-cannot-open", field="role")


def _described(rule: ReminderRule) -> dict[str, bool | int | str]:
    """What can be changed about a rule, for the event."""
    return {"on": rule.is_on, "number": rule.number, "role": rule.role, "in_digest": rule.in_digest}
