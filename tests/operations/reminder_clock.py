"""A worker under a fake clock, shared by the tests of reminders."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from licences import operations
from licences.domain.reminders import ReminderKind
from licences.models import Reminder, ReminderRule
from licences.operations.reminder_digests import RuleCounts
from licences.queries import reminders

BERLIN = ZoneInfo("Europe/Berlin")
START = date(2026, 9, 1)


def moment(day: date, at: time = time(8, 0)) -> datetime:
    """A time of a day in Berlin."""
    return datetime.combine(day, at, BERLIN)


def refresh(day: date, at: time = time(8, 0)) -> None:
    """Let the worker compute all rules at a time of a day."""
    ReminderRule.objects.update(begun_at=None)
    operations.refresh_reminders(now=moment(day, at))


def on_the_desks(day: date) -> list[tuple[str, int]]:
    """Kind and subject of what anybody is reminded of on a day."""
    rules = ReminderRule.objects.filter(is_on=True)
    rows = reminders.open_reminders(rules, today=day).order_by("pk")
    return [(row.rule.kind, row.subject) for row in rows.select_related("rule")]


def rule(kind: str, **values: object) -> ReminderRule:
    """Change values of a rule by the operation; the others stay."""
    old = next(each for each in reminders.all_rules() if each.kind == kind)
    given = {name: values.get(name, getattr(old, name)) for name in ("is_on", "number", "role", "in_digest")}
    wanted = operations.RuleValues(**given)
    return operations.change_reminder_rule(
        kind=ReminderKind(kind), values=wanted, version=old.version, by="administrator"
    )


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]


class Letters:
    """The e-mails of a simulation: the rules and counts that each user was told of, by day."""

    def __init__(self) -> None:
        self.sent: list[tuple[date, str, dict[str, int]]] = []

    def send(self, day: date, at: time = time(8, 0)) -> int:
        def tell(choice: reminders.ReminderDigest, counts: RuleCounts) -> None:
            self.sent.append((day, choice.user.username, {each.kind: count for each, count in counts}))

        told: Callable[[reminders.ReminderDigest, RuleCounts], None] = tell
        return operations.tell_of_reminders(now=moment(day, at), tell=told)

    def told(self, kind: str) -> list[tuple[date, int]]:
        """The days on which somebody was told of a kind, and how many reminders they counted."""
        return [(day, counts[kind]) for day, _name, counts in self.sent if kind in counts]


def reminder(kind: str, **values: object) -> Reminder:
    return Reminder.objects.get(rule__kind=kind, **values)
