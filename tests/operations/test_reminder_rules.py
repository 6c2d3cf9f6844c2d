"""Rules that remind: changed, switched off, and computed by the worker when they are due (docs/reminders.md)."""

from datetime import date, time, timedelta

import pytest
from django.contrib.auth.models import Group

from licences import operations
from licences.domain.reminders import ReminderKind
from licences.models import Emergency, Event, Relicensing, Reminder, ReminderRule
from licences.operations import reminders as computing
from tests import factories
from tests.operations.reminder_clock import START, Letters, moment, on_the_desks, refresh, rule
from tests.questions import refusal_of, why_refused
from tests.tables import each_row
from tests.together import together

pytestmark = pytest.mark.django_db


def test_a_rule_that_is_off_reminds_of_nothing_and_on_again_of_what_is_still_true_without_telling_twice(
    catalogue, by_mail
):
    stays = factories.bought(software_assurance_until=START + timedelta(days=45), purchased_on=START)
    goes = factories.bought(software_assurance_until=START + timedelta(days=45), purchased_on=START)
    letters = Letters()
    refresh(START)
    letters.send(START)
    rule("assurance-first", is_on=False)
    comes = factories.bought(software_assurance_until=START + timedelta(days=44), purchased_on=START)
    factories.top_up(goes, purchased_on=START, software_assurance_until=date(2028, 1, 1))
    refresh(START + timedelta(days=1))
    letters.send(START + timedelta(days=1))
    assert on_the_desks(START + timedelta(days=1)) == []

    rule("assurance-first", is_on=True)
    operations.refresh_reminders(now=moment(START + timedelta(days=2)))
    letters.send(START + timedelta(days=2))

    assert {subject for _kind, subject in on_the_desks(START + timedelta(days=2))} == {stays.pk, comes.pk}
    assert letters.told("assurance-first") == [(START, 2), (START + timedelta(days=2), 1)]


def test_a_rule_goes_on_to_the_end_where_the_next_one_is_off(catalogue):
    serial = factories.bought(software_assurance_until=START + timedelta(days=5), purchased_on=START)
    refresh(START)
    assert on_the_desks(START) == [("assurance-last", serial.pk)]

    rule("assurance-last", is_on=False)
    refresh(START)

    assert on_the_desks(START) == [("assurance-second", serial.pk)]


def test_a_change_of_a_rule_is_an_event_and_no_change_is_none(catalogue):
    rule("never-registered", number=45, role="Supervisor")
    rule("never-registered", number=45)

    event = Event.objects.get(kind=Event.Kind.REMINDER_RULE_CHANGED)
    before = {"on": True, "number": 90, "role": "Licensing staff", "in_digest": True}
    assert event.details == {
        "rule": "never-registered", "before": before, "after": {**before, "number": 45, "role": "Supervisor"}
    }  # fmt: skip


@each_row(
    ("kind", "values", "code", "field"),
    [
        ("emergency-ends", {"number": 15}, "reminder-number-out-of-range", "number"),
        ("request-waits", {"number": 0}, "reminder-number-out-of-range", "number"),
        ("request-waits", {"number": None}, "reminder-number-missing", "number"),
        ("assurance-last", {"number": 30}, "reminder-days-taken", "number"),
        ("assurance-last", {"number": 31}, "reminder-days-too-many", "number"),
        ("assurance-first", {"number": 29}, "reminder-days-too-few", "number"),
        ("assurance-second", {"number": 61}, "reminder-days-too-many", "number"),
        ("assurance-second", {"number": 6}, "reminder-days-too-few", "number"),
        ("emergency-ends", {"role": "Importer"}, "reminder-role-cannot-open", "role"),
        ("emergency-ends", {"role": "Cook"}, "reminder-role-unknown", "role"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(catalogue, kind, values, code, field):
    computing._stored_rules()

    refused = refusal_of(rule, kind, **values, unchanged=[Event, ReminderRule])

    assert (refused.code, refused.field) == (code, field)


def test_of_two_people_who_change_a_rule_the_second_is_told(catalogue):
    rule("never-registered", number=45)
    values = operations.RuleValues(True, 50, "Supervisor", True)

    code = why_refused(
        operations.change_reminder_rule, kind=ReminderKind.NEVER_REGISTERED, values=values, version=0, by="other",
        unchanged=[Event],
    )  # fmt: skip

    assert code == "reminder-rule-changed"


# --- When ------------------------------------------------------------------------------------------------


def test_a_rule_is_computed_every_minute_or_hour_and_after_midnight(catalogue, monkeypatch):
    computed = []
    monkeypatch.setattr(computing, "compute_rule", lambda rule, rules, *, now: computed.append(rule.kind))
    night = moment(START, time(23, 30))

    def runs(minutes: float) -> set[str]:
        computed.clear()
        operations.refresh_reminders(now=night + timedelta(minutes=minutes))
        return set(computed)

    quick = {"request-waits", "emergency-ends", "follow-up-overdue", "import-waits"}
    assert runs(0) == set(ReminderKind)
    assert runs(0.5) == set()
    assert runs(1) == quick
    assert runs(29) == quick
    assert runs(30) == set(ReminderKind)  # another day


def test_a_rule_keeps_the_first_ten_thousand_and_does_not_settle_what_is_beyond(catalogue, monkeypatch):
    first, second, third = (
        factories.bought(software_assurance_until=START + timedelta(days=left), purchased_on=START)
        for left in (41, 42, 43)
    )
    monkeypatch.setattr(computing, "MOST", 2)
    refresh(START)
    assert {subject for _kind, subject in on_the_desks(START)} == {first.pk, second.pk}

    factories.bought(software_assurance_until=START + timedelta(days=40), purchased_on=START)
    refresh(START)

    assert Reminder.objects.filter(settled_on=None).count() == 3
    assert not Reminder.objects.filter(subject=third.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_moment_remind_and_write_once(catalogue, clerk):
    clerk.email = "clerk@example.com"
    clerk.save()
    clerk.groups.add(Group.objects.get(name="Licensing staff"))
    operations.choose_reminder_digest(user=clerk, by_email=True, language="")
    for _number in range(3):
        factories.bought(software_assurance_until=START + timedelta(days=40), purchased_on=START)
    now, letters = moment(START), Letters()

    together(*[lambda: operations.refresh_reminders(now=now)] * 4)
    together(*[lambda: letters.send(START)] * 4)

    assert Reminder.objects.filter(rule__kind="assurance-first").count() == 3
    assert letters.told("assurance-first") == [(START, 3)]


def test_whoever_did_not_choose_the_e_mail_gets_none_and_the_reminders_stay_new(due, clerk):
    letters = Letters()
    assert letters.send(START) == 0
    clerk.email = "clerk@example.com"
    clerk.save()
    operations.choose_reminder_digest(user=clerk, by_email=True, language="")

    letters.send(START + timedelta(days=1), time(5, 59))
    letters.send(START + timedelta(days=1), time(6, 0))

    assert letters.sent == [(START + timedelta(days=1), "clerk", {"assurance-first": 1})]


def test_a_rule_outside_the_e_mail_is_on_the_desk_only(due, by_mail):
    rule("assurance-first", in_digest=False)
    letters = Letters()

    assert letters.send(START) == 0
    assert on_the_desks(START) == [("assurance-first", due.subject)]


def test_open_things_are_counted_as_they_are_on_record(emergency):
    """The set-based rules say what reading record by record says."""
    day = emergency.expires_on
    refresh(day)
    ending = [each.pk for each in Emergency.objects.all() if each.is_open and 0 <= (each.expires_on - day).days <= 3]
    waiting = [each.pk for each in Relicensing.objects.all() if each.waiting_since is not None]

    assert [subject for kind, subject in on_the_desks(day) if kind == "emergency-ends"] == ending
    assert [subject for kind, subject in on_the_desks(day) if kind == "request-waits"] == waiting
