"""The daily e-mail about reminders: who wants it, and what it counts (docs/reminders.md#the-daily-e-mail).

Queueing is up to ``licensing_portal.reminder_emails``, which has the mail queue.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from licences.models import Reminder, ReminderDay, ReminderDigest, ReminderRule
from licences.queries.reminder_finders import chunks
from licences.queries.reminders import ORDER, open_reminders

FIRST_HOUR = 6  # of the day, in the portal's time zone
RuleCounts = list[tuple[ReminderRule, int]]
TellUser = Callable[[ReminderDigest, RuleCounts], None]


def choose_reminder_digest(*, user: User, by_email: bool, language: str) -> None:
    """Store whether a user wants the daily e-mail, and their language, such as ``de``. Idempotent."""
    ReminderDigest.objects.update_or_create(user=user, defaults={"by_email": by_email, "language": language})


@transaction.atomic
def tell_of_reminders(*, now: datetime, tell: TellUser) -> int:
    """Tell users who want it of the reminders that nobody was told of yet, once a day. Returns how many users.

    ``tell`` gets the choice of a user, and the rules with the number of their new reminders, the most urgent first; it
    runs in the transaction that notes it. A user without new reminders is not told. What nobody wants to be told of
    stays new. Before six in the morning, and if it was done today, nothing is done.
    """
    local = timezone.localtime(now, timezone.get_default_timezone())
    if local.hour < FIRST_HOUR or ReminderDay.objects.filter(day=local.date()).exists():
        return 0
    day, is_new = ReminderDay.objects.get_or_create(day=local.date())
    if not is_new:
        return 0
    new: dict[int, list[int]] = {}
    rules = {rule.pk: rule for rule in ReminderRule.objects.filter(is_on=True, in_digest=True)}
    unheard = open_reminders(rules.values(), today=day.day).filter(told_on=None)
    for pk, rule_id in unheard.values_list("pk", "rule"):
        new.setdefault(rule_id, []).append(pk)
    told: Counter[int] = Counter()
    for choice in _recipients():
        roles = {group.name for group in choice.user.groups.all()}
        counts = [(rules[rule_id], len(pks)) for rule_id, pks in new.items() if rules[rule_id].role in roles]
        if counts:
            tell(choice, sorted(counts, key=lambda each: ORDER.index(each[0].kind)))
            told.update(rule.pk for rule, _count in counts)
            day.messages += 1
    for pks in chunks([pk for rule_id in told for pk in new[rule_id]]):
        Reminder.objects.filter(pk__in=pks).update(told_on=day.day)
    day.save(update_fields=["messages"])
    return day.messages


def _recipients() -> list[ReminderDigest]:
    """The choices of active users with an address who want the e-mail, with their users and roles."""
    wanted = ReminderDigest.objects.filter(by_email=True, user__is_active=True).exclude(user__email="")
    return list(wanted.select_related("user").prefetch_related("user__groups").order_by("user"))
