"""Rules that remind: each thing once, none that is settled (docs/reminders.md)."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from licences import imports, operations
from licences.domain.quality_findings import QualityAct
from licences.domain.reminders import ReminderAct
from licences.models import (
    DailyFigure,
    Event,
    FileImport,
    Installation,
    QualityFinding,
    RefusedClaim,
    Release,
    Reminder,
    ReminderRule,
)
from tests import factories
from tests.imports.entry_points import confirmed, preview
from tests.imports.files import csv_bytes, row
from tests.operations.emergency_calls import settle
from tests.operations.reminder_clock import START, Letters, days, moment, on_the_desks, refresh, reminder
from tests.questions import refusal_of, why_refused
from tests.tables import each_row

pytestmark = pytest.mark.django_db

ENDS = date(2026, 11, 20)


# --- A hundred days --------------------------------------------------------------------------------------


def test_over_a_hundred_days_each_thing_is_told_once_and_nothing_that_was_settled(catalogue, by_mail):
    ending = factories.bought(purchased_on=START, software_assurance_until=ENDS)
    renewed = factories.bought(purchased_on=START, software_assurance_until=ENDS)
    early = factories.bought(purchased_on=START, software_assurance_until=date(2028, 1, 1))
    registered = factories.bought(purchased_on=START, software_assurance_until=date(2028, 1, 1))
    letters, seen, renewal = Letters(), {}, date(2026, 10, 1)
    turns = [START, renewal, START + timedelta(days=90), *(ENDS - timedelta(days=before) for before in (60, 30, 7, 0))]
    turning = {day for turn in turns for day in days(turn - timedelta(days=1), 3)}  # early, in time and late

    for day in days(START, 100):
        if day == renewal:
            factories.top_up(renewed, purchased_on=START, software_assurance_until=date(2028, 1, 1))
            factories.registered(registered)
        for at in (time(0, 5), time(7, 0), time(19, 0)) if day in turning else (time(7, 0),):
            refresh(day, at)
            letters.send(day, at)
        for each in on_the_desks(day):
            seen.setdefault(each, []).append(day)

    assert letters.told("assurance-first") == [(ENDS - timedelta(days=60), 2)]
    assert letters.told("assurance-second") == [(ENDS - timedelta(days=30), 1)]
    assert letters.told("assurance-last") == [(ENDS - timedelta(days=7), 1)]
    assert letters.told("never-registered") == [(START + timedelta(days=90), 3)]
    assert seen["assurance-first", renewed.pk] == days(ENDS - timedelta(days=60), 10)
    assert seen["assurance-first", ending.pk] == days(ENDS - timedelta(days=60), 30)
    assert seen["assurance-second", ending.pk] == days(ENDS - timedelta(days=30), 23)
    assert seen["assurance-last", ending.pk] == days(ENDS - timedelta(days=7), 8)
    assert seen["never-registered", early.pk] == days(START + timedelta(days=90), 10)
    assert ("never-registered", registered.pk) not in seen
    assert Reminder.objects.count() == len(seen) == 7
    assert len({(day, user) for day, user, _counts in letters.sent}) == len(letters.sent)


def test_what_is_true_again_is_on_the_desk_again_and_not_told_again(catalogue, by_mail):
    serial = factories.bought(purchased_on=START, software_assurance_until=ENDS)
    letters, day = Letters(), ENDS - timedelta(days=50)
    refresh(day)
    letters.send(day)
    content = csv_bytes(
        row("PO-RENEW", serial=serial.code, customer_number=serial.site.customer.number,
            customer_name=serial.site.customer.name, software_assurance_until="2028-01-01")
    )  # fmt: skip
    renewal = confirmed(preview(content))
    assert renewal.state == FileImport.State.APPLIED
    refresh(day + timedelta(days=1))
    assert on_the_desks(day + timedelta(days=1)) == []

    imports.take_back_import(file_import_id=renewal.pk, reason="It was never paid.", by="clerk")
    refresh(day + timedelta(days=2))
    letters.send(day + timedelta(days=2))

    assert on_the_desks(day + timedelta(days=2)) == [("assurance-first", serial.pk)]
    assert letters.told("assurance-first") == [(day, 1)]


# --- Each rule -------------------------------------------------------------------------------------------


def test_an_emergency_is_reminded_of_three_days_before_its_end_and_once_it_is_overdue(emergency, old):
    ends = emergency.expires_on
    seen = {}
    for day in days(ends - timedelta(days=5), 8):
        refresh(day)
        seen[(day - ends).days] = [kind for kind, _pk in on_the_desks(day) if kind != "never-registered"]

    ending, overdue = ["emergency-ends"], ["follow-up-overdue"]
    assert seen == {-5: [], -4: [], -3: ending, -2: ending, -1: ending, 0: ending, 1: overdue, 2: overdue}
    settle(emergency, old.release_code)
    refresh(ends + timedelta(days=3))
    assert [kind for kind, _pk in on_the_desks(ends + timedelta(days=3)) if kind in ending + overdue] == []
    assert Reminder.objects.filter(subject=emergency.pk, subject_kind="emergency").count() == 2


def test_a_request_is_reminded_of_ten_minutes_after_it_was_handed_over(old, at):
    since = at(moment(START, time(10, 0)))
    request = factories.request(old, release_code="", release_code_unavailable=True)
    operations.hand_over_request(request_id=request.pk, by="clerk")

    def waiting(minutes: int) -> list[int]:
        ReminderRule.objects.update(begun_at=None)
        operations.refresh_reminders(now=since + timedelta(minutes=minutes))
        return [subject for kind, subject in on_the_desks(START) if kind == "request-waits"]

    assert [waiting(minutes) for minutes in (9, 10, 11)] == [[], [request.pk], [request.pk]]
    operations.withdraw_relicensing(request_id=request.pk, by="clerk")
    assert waiting(12) == []


def test_an_import_is_reminded_of_when_it_has_waited_for_a_day(catalogue, at):
    since = at(moment(START, time(10, 0)))
    waiting = preview(csv_bytes(row("PO-1")))
    assert waiting.state == FileImport.State.PREVIEW

    refresh(START + timedelta(days=1), time(9, 59))
    assert not Reminder.objects.filter(rule__kind="import-waits").exists()
    refresh(START + timedelta(days=1), time(10, 0))

    found = reminder("import-waits")
    assert (found.subject, found.due_since) == (waiting.pk, since + timedelta(days=1))


def test_a_serial_is_reminded_of_when_it_was_claimed_more_often_than_ten_times_and_again_after_a_pause(catalogue):
    serial, now = factories.bought(), moment(START)
    times = {"first_at": now - timedelta(days=1), "last_at": now}
    one = RefusedClaim.objects.create(serial=serial, kind="serial-in-use", site_id="A" * 12, times=6, **times)
    other = RefusedClaim.objects.create(serial=serial, kind="serial-in-use", site_id="B" * 12, times=4, **times)
    refresh(START)
    assert not Reminder.objects.filter(rule__kind="conflicting-claims").exists()

    RefusedClaim.objects.filter(pk=other.pk).update(times=5)
    for day in days(START + timedelta(days=1), 2):
        refresh(day)
    first = reminder("conflicting-claims")
    assert (first.subject, first.settled_on) == (serial.pk, None)
    later = START + timedelta(days=20)
    refresh(later)
    first.refresh_from_db()
    assert first.settled_on == later

    RefusedClaim.objects.filter(pk=one.pk).update(last_at=moment(later))
    refresh(later + timedelta(days=1))

    assert reminder("conflicting-claims", settled_on=None).pk != first.pk


def test_a_release_that_loses_support_is_reminded_of_while_servers_run_it(catalogue):
    old = Release.objects.create(version="2.4", is_supported=True)
    Release.objects.create(version="2.3", is_supported=False)
    DailyFigure.objects.create(day=START, figure="versions", part="2.4/supported", country="DE", value=3)
    refresh(START)
    assert not Reminder.objects.filter(rule__kind="support-ends").exists()

    old.is_supported = False
    operations.save_releases([old], by="administrator")
    refresh(START + timedelta(days=1))

    assert reminder("support-ends").subject == old.pk
    Release.objects.create(version="2.4.1", is_supported=True)
    refresh(START + timedelta(days=2))
    assert reminder("support-ends").settled_on == START + timedelta(days=2)


def test_a_serial_that_was_released_and_not_re_licensed_is_reminded_of_after_thirty_days(old):
    operations.release_installation(
        serial=old.serial.code, site_id=old.installation.site_id, release_code=old.release_code, by="Xchange Server"
    )
    released = moment(START, time(23, 30))
    Installation.objects.filter(pk=old.installation_id).update(ended_at=released)

    refresh(START + timedelta(days=29), time(23, 59))
    assert not Reminder.objects.filter(rule__kind="not-relicensed").exists()
    refresh(START + timedelta(days=30), time(0, 1))
    assert reminder("not-relicensed").subject == old.serial_id
    factories.relicensed(old)
    refresh(START + timedelta(days=31))
    assert reminder("not-relicensed").settled_on == START + timedelta(days=31)


@each_row("end", [date(2027, 3, 28), date(2026, 10, 25)])
def test_a_day_with_23_or_25_hours_is_one_day(catalogue, end):
    """Clocks change on the day on which the reminder is due."""
    serial = factories.bought(software_assurance_until=end + timedelta(days=60))
    refresh(end - timedelta(days=1), time(23, 59))
    before = [kind for kind, _pk in on_the_desks(end) if kind == "assurance-first"]
    refresh(end, time(0, 1))

    found = reminder("assurance-first")
    assert (before, found.subject) == ([], serial.pk)
    assert timezone.localtime(found.due_since).replace(tzinfo=None) == datetime.combine(end, time(0, 0))


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2026, 10, 25)])
def test_there_is_one_e_mail_on_a_day_with_23_or_25_hours(catalogue, by_mail, day):
    factories.bought(software_assurance_until=day + timedelta(days=60), purchased_on=day)
    letters = Letters()
    for hour in range(24):
        refresh(day, time(hour, 30))
        letters.send(day, time(hour, 30))

    assert letters.told("assurance-first") == [(day, 1)]


# --- What the team cares for already ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "back"),
    [
        (operations.EntryAct(QualityAct.TICK_OFF), None),
        (operations.EntryAct(QualityAct.SNOOZE, until=ENDS - timedelta(days=20)), 5),
        (operations.EntryAct(QualityAct.ASSIGN), None),
    ],
)
def test_what_was_ticked_off_snoozed_or_assigned_in_a_list_stays_quiet(catalogue, by_mail, clerk, act, back):
    serial, day = factories.bought(software_assurance_until=ENDS), ENDS - timedelta(days=25)
    operations.count_quality_lists(now=moment(day), by_worker=False)
    if act.act is QualityAct.ASSIGN:
        act = operations.EntryAct(QualityAct.ASSIGN, assignee=clerk.pk)
    assert QualityFinding.objects.filter(list="assurance-30", subject=serial.pk).exists()
    chosen = operations.ChosenEntries("assurance-30", [(serial.pk, 0)])
    operations.work_on_entries(chosen=chosen, wanted=act, today=day, by="clerk")
    letters, seen = Letters(), []
    for each in days(day, 10):
        refresh(each)
        letters.send(each)
        seen.append(("assurance-second", serial.pk) in on_the_desks(each))

    assert seen == ([False] * 10 if back is None else [False] * back + [True] * (10 - back))
    assert [told for told, _count in letters.told("assurance-second")] == (
        [] if back is None else [day + timedelta(days=back)]
    )


def test_a_ticked_off_entry_of_a_list_that_has_changed_is_reminded_of(catalogue):
    serial, day = factories.bought(software_assurance_until=ENDS), ENDS - timedelta(days=25)
    operations.count_quality_lists(now=moment(day), by_worker=False)
    chosen = operations.ChosenEntries("assurance-30", [(serial.pk, 0)])
    operations.work_on_entries(chosen=chosen, wanted=operations.EntryAct(QualityAct.TICK_OFF), today=day, by="clerk")
    factories.top_up(serial, software_assurance_until=ENDS + timedelta(days=1))

    refresh(day)

    assert ("assurance-second", serial.pk) in on_the_desks(day)


# --- Ticking off and snoozing ------------------------------------------------------------------------------


def work(found: Reminder, act: ReminderAct, *, until: date | None = None, today: date = START) -> Reminder:
    return operations.work_on_reminder(pk=found.pk, act=act, until=until, today=today, by="clerk")


def test_a_reminder_is_ticked_off_and_put_back_with_an_event_each(due):
    work(due, ReminderAct.TICK_OFF)
    work(due, ReminderAct.TICK_OFF)
    refresh(START + timedelta(days=1))
    assert on_the_desks(START + timedelta(days=1)) == []
    work(due, ReminderAct.PUT_BACK)

    assert on_the_desks(START) == [("assurance-first", due.subject)]
    told = Event.objects.filter(kind=Event.Kind.REMINDER_MARKED).order_by("pk")
    assert [(each.actor, each.serial, each.details["did"]) for each in told] == [
        ("clerk", due.serial.code, "tick-off"), ("clerk", due.serial.code, "put-back")
    ]  # fmt: skip


def test_a_snoozed_reminder_comes_back_on_its_day_and_is_told_then(due, by_mail):
    letters = Letters()
    work(due, ReminderAct.SNOOZE, until=START + timedelta(days=3))
    seen = []
    for day in days(START, 5):
        refresh(day)
        letters.send(day)
        seen.append(len(on_the_desks(day)))

    assert seen == [0, 0, 0, 1, 1]
    assert letters.told("assurance-first") == [(START + timedelta(days=3), 1)]


def test_what_cannot_be_done_with_a_reminder_is_said(due):
    refused = {"unchanged": [Event, Reminder]}
    assert refusal_of(work, due, ReminderAct.SNOOZE, **refused).field == "until"
    assert why_refused(work, due, ReminderAct.SNOOZE, until=START, **refused) == "reminder-snooze-past"
    work(due, ReminderAct.TICK_OFF)
    tomorrow = START + timedelta(days=1)
    assert refusal_of(work, due, ReminderAct.SNOOZE, until=tomorrow, **refused).parameters == {"by": "clerk"}
    refresh(START + timedelta(days=50))
    assert why_refused(work, due, ReminderAct.PUT_BACK, **refused) == "reminder-settled"
