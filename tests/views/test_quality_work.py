"""Working on data quality lists, alone and together (docs/surface.md#data-quality-lists)."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from licences import operations
from licences.domain.quality_findings import QualityAct
from licences.models import Event, QualityFilter, QualityMark
from licences.operations import quality_marks
from tests import factories
from tests.questions import why_refused
from tests.roles.forms import form_on
from tests.tables import each_row
from tests.views.quality_lists import LIST, SLUG, counted, names, post, two_on_the_list

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def two(clerk):
    return two_on_the_list()


def mark_of(serial):
    return QualityMark.objects.get(list=SLUG, subject=serial.pk)


# --- States ----------------------------------------------------------------------------------------------


def test_a_ticked_off_entry_leaves_the_list_and_is_found_as_done_with_who_when_and_note(two, staff, clerk):
    before = Event.objects.count()
    answer = post(staff, two[0], act="tick-off", note="Is closing down.")

    assert answer.status_code == 302
    assert names(staff) == ["Zeta Druckerei AG"]
    assert names(staff, show="done") == ["Alpha Backwaren GmbH"]
    page = staff.get(LIST, {"show": "done"}).content.decode()
    assert "Is closing down." in page
    assert f"ticked off by {clerk.username}, " in page
    assert Event.objects.count() == before + 1
    event = Event.objects.latest("pk")
    assert (event.kind, event.actor, event.serial) == ("quality-marked", clerk.username, two[0].code)
    assert (event.details["did"], event.details["count"]) == ("tick-off", 1)
    assert "closing" not in str(event.details) + str(event.personal)


def test_a_snoozed_entry_comes_back_on_its_day(two, staff):
    day = timezone.localdate() + timedelta(days=3)
    post(staff, two[0], act="snooze", until=day.isoformat())

    assert names(staff) == ["Zeta Druckerei AG"]
    assert names(staff, show="snoozed") == ["Alpha Backwaren GmbH"]
    QualityMark.objects.update(snoozed_until=timezone.localdate())
    assert names(staff) == ["Alpha Backwaren GmbH", "Zeta Druckerei AG"]
    assert names(staff, show="snoozed") == []


def test_what_has_changed_since_it_was_ticked_off_comes_back(two, staff):
    post(staff, two[0], act="tick-off")
    counted()
    assert names(staff) == ["Zeta Druckerei AG"]
    factories.top_up(two[0], product="XCH-USR")
    counted()

    assert names(staff) == ["Alpha Backwaren GmbH", "Zeta Druckerei AG"]
    assert "Changed since it was ticked off" in staff.get(LIST).content.decode()
    assert names(staff, show="done") == []


def test_an_assigned_entry_is_found_by_its_colleague_and_by_others(two, staff, supervisor, as_user, clerk):
    post(staff, two[1], act="assign", assignee=str(supervisor.pk))

    assert names(as_user(supervisor), show="mine") == ["Zeta Druckerei AG"]
    client = as_user(clerk)
    assert names(client, show="mine") == []
    assert names(client, show="assigned") == ["Zeta Druckerei AG"]
    assert names(client, show="assigned", assignee=supervisor.pk) == ["Zeta Druckerei AG"]
    assert names(client, show="assigned", assignee=clerk.pk) == []
    assert names(client) == ["Alpha Backwaren GmbH", "Zeta Druckerei AG"]


def test_an_assignment_that_is_removed_is_called_so(two, staff, supervisor):
    post(staff, two[1], act="assign", assignee=str(supervisor.pk))
    post(staff, two[1], act="assign", assignee="nobody")

    page = staff.get(LIST).content.decode()
    assert "assignment removed by clerk, " in page
    assert "assigned by clerk" not in page
    assert mark_of(two[1]).assigned_to is None


def test_nobody_is_assigned_who_may_not_see_the_list(two, clerk):
    stranger = User.objects.create_user("stranger")
    wanted = operations.EntryAct(QualityAct.ASSIGN, assignee=stranger.pk)

    assert refusal(two[0], wanted) == "assignee-unknown"


def test_put_back_is_open_again_and_keeps_its_note(two, staff):
    post(staff, two[0], act="tick-off", note="Is closing down.")
    post(staff, two[0], query="?show=done", act="put-back")

    assert names(staff) == ["Alpha Backwaren GmbH", "Zeta Druckerei AG"]
    assert mark_of(two[0]).note == "Is closing down."


# --- Many at once, undo, two people ----------------------------------------------------------------------


@each_row("scope", ["page", "list"])
def test_all_are_one_act_and_one_event_and_one_undo(scope, two, staff):
    before = Event.objects.count()
    answer = post(staff, scope=scope, act="tick-off")

    assert names(staff) == []
    assert Event.objects.count() == before + 1
    event = Event.objects.latest("pk")
    assert (event.details["count"], event.serial) == (2, "")
    assert {tuple(each) for each in event.details["entries"]} == {(serial.pk, 0) for serial in two}
    fields = form_on(LIST, staff.get(answer["Location"]).content.decode(), f"/quality/{SLUG}/undo/")
    staff.post(f"/quality/{SLUG}/undo/", fields)
    assert names(staff) == ["Alpha Backwaren GmbH", "Zeta Druckerei AG"]
    assert Event.objects.latest("pk").details["did"] == "undo"
    assert not QualityMark.objects.exists()


def test_the_whole_list_is_what_the_filter_selects(two, staff):
    post(staff, query="?town=kiel", scope="list", act="tick-off")

    assert names(staff) == ["Alpha Backwaren GmbH"]


def test_undo_restores_what_was_before_and_leaves_what_changed_since(two, clerk, supervisor):
    do(two[0], operations.EntryAct(QualityAct.SNOOZE, "Asked by mail.", timezone.localdate() + timedelta(days=9)))
    snoozed = QualityMark.objects.values("state", "snoozed_until", "note", "changed_by", "changed_at").get()
    result = do(*two, wanted=operations.EntryAct(QualityAct.TICK_OFF, "All closed."))
    do(two[1], operations.EntryAct(QualityAct.ASSIGN, assignee=supervisor.pk))

    assert operations.undo_quality_act(act=result.act, by="clerk") == 1

    assert QualityMark.objects.values(*snoozed).get(subject=two[0].pk) == snoozed
    assert mark_of(two[1]).state == "done"
    assert why_refused(lambda: operations.undo_quality_act(act=result.act, by="clerk")) == "quality-nothing-to-undo"


def test_two_people_on_one_entry_are_told_and_nothing_is_changed(two, staff, supervisor):
    page, action = staff.get(LIST).content.decode(), f"/quality/{SLUG}/entries/"
    fields = form_on(LIST, page, action)
    do(two[0], operations.EntryAct(QualityAct.ASSIGN, assignee=supervisor.pk), by="other clerk")
    before = Event.objects.count()

    answer = staff.post(action, {**fields, "scope": "page", "act": "tick-off", "note": "All closed."})

    assert answer.status_code == 422
    assert "Somebody else (other clerk) has worked on these entries" in answer.content.decode()
    assert "All closed." in answer.content.decode()
    assert Event.objects.count() == before
    assert mark_of(two[0]).state == "open"


def test_a_whole_list_that_somebody_worked_on_meanwhile_is_left_alone(two, staff):
    page, action = staff.get(LIST).content.decode(), f"/quality/{SLUG}/entries/"
    fields = form_on(LIST, page, action)
    do(two[0], operations.EntryAct(QualityAct.ASSIGN, "Mine."), by="other clerk")

    answer = staff.post(action, {**fields, "scope": "list", "act": "tick-off"})

    assert answer.status_code == 422
    assert not QualityMark.objects.filter(state="done").exists()


@each_row(
    ("typed", "told"),
    [
        ({"act": "snooze"}, "Enter the day on which the entries come back to the list."),
        ({"act": "snooze", "until": "2001-01-01"}, "Choose a day after today"),
        ({"act": "assign"}, "Choose a colleague, or “nobody” to remove the assignment."),
        ({"act": "put-back"}, "No entry to change."),
        ({"act": "dance"}, "Choose what to do."),
        ({"act": "tick-off", "entry": ["x"]}, "These are no entries of this list."),
        ({"act": "tick-off", "entry": []}, "No entry to change."),
        ({"act": "tick-off", "note": "x" * 501}, "At most 500 characters fit here; this has 501."),
    ],
)
def test_what_cannot_be_done_is_told_and_the_ticks_stay(typed, told, two, staff):
    answer = post(staff, two[0], **typed)

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not QualityMark.objects.exists()
    if "entry" not in typed:
        assert f'value="{two[0].pk}-0-0" form="entries-form" id="entry-1"\n    checked' in answer.content.decode()


def test_more_than_the_limit_is_refused(two, monkeypatch):
    monkeypatch.setattr(quality_marks, "MOST_ENTRIES", 1)

    assert why_refused(lambda: do(*two, wanted=operations.EntryAct(QualityAct.TICK_OFF))) == "quality-too-many"


def do(*serials, wanted=None, by="clerk"):
    if wanted is None:
        *serials, wanted = serials
    chosen = operations.ChosenEntries(SLUG, [(serial.pk, 0) for serial in serials])
    return operations.work_on_entries(chosen=chosen, wanted=wanted, today=timezone.localdate(), by=by)


def refusal(serial, wanted):
    return why_refused(lambda: do(serial, wanted))


# --- Saved filters -----------------------------------------------------------------------------------------


def save(client, name, query="?town=Kiel", **typed):
    return client.post(f"/quality/{SLUG}/filters/{query}", {"name": name, **typed})


def test_a_filter_is_saved_opened_renamed_and_deleted_by_its_owner(two, staff):
    assert save(staff, " My  towns ").status_code == 302
    saved = QualityFilter.objects.get()
    assert (saved.name, saved.values, saved.is_shared) == ("My towns", {"town": "Kiel"}, False)
    assert f'href="{LIST}?town=Kiel"' in staff.get(LIST).content.decode()

    staff.post(f"/quality/filters/{saved.pk}/", {"name": "North"})
    assert QualityFilter.objects.get().name == "North"
    staff.post(f"/quality/filters/{saved.pk}/delete/")

    assert not QualityFilter.objects.exists()
    events = Event.objects.filter(kind="quality-filter-changed").order_by("pk")
    assert [(each.details["did"], each.details["name"]) for each in events] == [
        ("saved", "My towns"), ("saved", "North"), ("deleted", "North"),
    ]  # fmt: skip


def test_a_name_is_taken_once_per_user_in_any_case(two, staff):
    save(staff, "North")

    answer = save(staff, "NORTH")

    assert answer.status_code == 422
    assert "You already have a filter with the name “NORTH”" in answer.content.decode()
    assert save(staff, "").status_code == 422


def test_supervisors_share_filters_and_others_see_and_do_not_change_them(two, supervisor, clerk, as_user):
    save(as_user(supervisor), "For all", is_shared="on")
    save(as_user(supervisor), "My own")
    client = as_user(clerk)
    save(client, "Mine", is_shared="on")

    page = client.get(LIST).content.decode()

    assert "<bdi>For all</bdi>" in page
    assert "<bdi>My own</bdi>" not in page
    assert not QualityFilter.objects.get(name="Mine").is_shared
    shared = QualityFilter.objects.get(name="For all")
    assert client.post(f"/quality/filters/{shared.pk}/", {"name": "Ha"}).status_code == 403
    assert client.post(f"/quality/filters/{shared.pk}/delete/").status_code == 403


def test_auditors_read_and_do_not_work_on_entries(two, as_user, auditor):
    client = as_user(auditor)

    assert "entries-form" not in client.get(LIST).content.decode()
    assert client.post(reverse("quality-entries", args=[SLUG]), {}).status_code == 403
    assert client.post(reverse("quality-undo", args=[SLUG]), {}).status_code == 403
    assert save(client, "North").status_code == 403
