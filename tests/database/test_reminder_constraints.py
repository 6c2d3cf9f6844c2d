"""What must never be stored about reminders, refused by the database even from a raw save."""

from datetime import timedelta

from django.utils import timezone

from licences.models import Reminder, ReminderDay, ReminderDigest, ReminderRule
from tests import factories
from tests.database.raw_saves import copy, refused, stored

NOW = timezone.now()


def test_there_is_one_rule_of_a_kind(db):
    rule = ReminderRule(kind="never-registered", number=90, role="Licensing staff")
    assert stored(rule)
    assert refused(copy(rule, number=30), "kind")
    assert stored(copy(rule, kind="not-relicensed"))


def test_of_a_thing_is_reminded_once_and_it_is_ticked_off_or_snoozed(db):
    rule = ReminderRule.objects.create(kind="assurance-first", number=60, role="Licensing staff")
    reminder = Reminder(rule=rule, subject_kind="serial", subject=1, occurrence="2027-01-31", due_since=NOW)
    assert stored(reminder)
    assert refused(copy(reminder), "one_reminder_per_occurrence")
    assert stored(copy(reminder, occurrence="2028-01-31"))
    later = factories.TODAY + timedelta(days=1)
    assert refused(copy(reminder, subject=2, done_at=NOW, snoozed_until=later), "reminder_is_done_or_snoozed")
    assert stored(copy(reminder, subject=2, done_at=NOW))
    assert stored(copy(reminder, subject=3, snoozed_until=later))


def test_a_user_has_one_choice_and_a_day_one_row(db, clerk):
    choice = ReminderDigest(user=clerk, by_email=True)
    assert stored(choice)
    assert refused(copy(choice), "user")
    ReminderDay.objects.create(day=factories.TODAY)
    _day, is_new = ReminderDay.objects.get_or_create(day=factories.TODAY)
    assert not is_new
