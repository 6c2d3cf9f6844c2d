"""Working on data quality lists, alone and together (docs/surface.md#data-quality-lists)."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from licences import imports, operations, tasks
from licences.domain.quality_findings import QualityAct
from licences.models import Event, QualityFilter, QualityFinding, QualityMark
from licences.operations import quality_marks
from licences.queries import quality_pages
from tests import factories
from tests.questions import why_refused
from tests.roles.forms import form_on

pytestmark = pytest.mark.usefixtures("catalogue")

SLUG = "never-registered"
LIST = f"/quality/{SLUG}/"


def counted(**options):
    operations.count_quality_lists(now=timezone.now(), by_worker=False, **options)


@pytest.fixture
def two(clerk):
    """Two serials that were never registered, on the counted list; the older first."""
    first = factories.bought(customer_name="Alpha Backwaren GmbH", city="Ulm")
    second = factories.bought(customer_name="Zeta Druckerei AG", city="Kiel")
    counted()
    return first, second


def names(client, **query):
    """The customers that a page of the list shows."""
    page = client.get(LIST, query).content.decode()
    return [name for name in ("Alpha Backwaren GmbH", "Zeta Druckerei AG") if f"<bdi>{name}</bdi>" in page]


def post(client, *serials, query="", **typed):
    """Send the form of the page for the entries of these serials, as a browser does."""
    page, action = LIST + query, f"/quality/{SLUG}/entries/{query}"
    fields = form_on(page, client.get(page).content.decode(), action)
    tokens = [token for token in fields["shown"] for serial in serials if token.startswith(f"{serial.pk}-0-")]
    return client.post(action, {**fields, "entry": tokens, **typed})


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


@pytest.mark.parametrize("scope", ["page", "list"])
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


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"act": "snooze"}, "Enter the day on which the entries come back to the list."),
        ({"act": "snooze", "until": "2001-01-01"}, "Choose a day after today"),
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


# --- Counts and pages --------------------------------------------------------------------------------------


def test_the_overview_shows_stored_counts_and_asks_no_list(two, staff, django_assert_max_num_queries):
    factories.bought()
    with django_assert_max_num_queries(8):
        page = staff.get("/quality/").content.decode()

    assert "As of " in page
    assert "No worker has counted since." not in page
    assert '<span class="badge warn">\n        2\n' in page


def test_without_a_count_or_a_worker_the_page_says_so_and_offers_to_count(catalogue, staff):
    factories.bought(customer_name="Alpha Backwaren GmbH")
    assert "Not counted yet." in staff.get("/quality/").content.decode()
    assert "This list was not counted yet." in staff.get(LIST).content.decode()

    staff.post("/quality/count/", {"list": SLUG})

    assert names(staff) == ["Alpha Backwaren GmbH"]


def test_with_a_worker_it_is_asked_to_count(two, staff):
    tasks.count_quality.func()
    factories.bought()

    staff.post("/quality/count/")
    staff.post("/quality/count/")

    assert [each.task_path for each in DBTaskResult.objects.all()] == ["licences.tasks.count_quality"]
    assert QualityFinding.objects.filter(list=SLUG).count() == 2
    tasks.count_quality.func()
    assert QualityFinding.objects.filter(list=SLUG).count() == 3


def test_a_count_is_due_every_few_minutes_and_claimed_once(db):
    now = timezone.now()

    assert operations.claim_quality_count(now=now)
    assert not operations.claim_quality_count(now=now)
    assert not operations.claim_quality_count(now=now + timedelta(minutes=4))
    assert operations.claim_quality_count(now=now + timedelta(minutes=5))


def test_a_count_writes_only_what_is_different(two):
    kept = dict(QualityFinding.objects.values_list("subject", "pk"))
    factories.registered(two[0])
    third = factories.bought()
    counted()

    found = dict(QualityFinding.objects.filter(list=SLUG).values_list("subject", "pk"))
    assert found.keys() == {two[1].pk, third.pk}
    assert found[two[1].pk] == kept[two[1].pk]


def test_an_entry_that_is_true_no_more_is_not_shown_although_it_was_counted(two, staff):
    factories.registered(two[0])

    assert names(staff) == ["Zeta Druckerei AG"]


def test_pages_lead_on_and_back(two, staff, monkeypatch):
    monkeypatch.setattr(quality_pages, "PAGE_SIZE", 1)
    first = staff.get(LIST)
    assert names(staff) == ["Alpha Backwaren GmbH"]
    position = first.context["page"].later

    assert names(staff, after=position) == ["Zeta Druckerei AG"]
    back = staff.get(LIST, {"after": position}).context["page"]
    assert (bool(back.earlier), back.later) == (True, "")
    assert names(staff, before=back.earlier) == ["Alpha Backwaren GmbH"]
    assert names(staff, after="nonsense") == ["Alpha Backwaren GmbH"]


def test_what_is_refused_on_a_later_page_shows_that_page_again(two, staff, monkeypatch):
    monkeypatch.setattr(quality_pages, "PAGE_SIZE", 1)
    position = staff.get(LIST).context["page"].later

    answer = post(staff, two[1], query=f"?after={position}", act="snooze")

    assert answer.status_code == 422
    assert [listed.entry.serial for listed in answer.context["page"].entries] == [two[1]]


def test_days_and_places_filter_pages_and_files_alike(two, staff):
    for query, expected in (
        ({"town": "KIEL"}, ["Zeta Druckerei AG"]),
        ({"first": "2026-01-16"}, []),
        ({"last": "2026-01-15", "town": "ulm"}, ["Alpha Backwaren GmbH"]),
    ):
        assert names(staff, **query) == expected
        text = b"".join(staff.get(LIST, {**query, "format": "csv"}).streaming_content).decode("utf-8-sig")
        assert [name for name in ("Alpha Backwaren GmbH", "Zeta Druckerei AG") if name in text] == expected
    assert "Not a date." in staff.get(LIST, {"first": "soon"}).content.decode()


def test_the_file_has_state_note_and_who_and_its_event_the_filter(two, staff):
    post(staff, two[0], act="tick-off", note="Is closing down.")

    text = b"".join(staff.get(LIST, {"show": "done", "format": "csv"}).streaming_content).decode("utf-8-sig")

    header, row = text.strip().splitlines()
    assert header.endswith("State,Snoozed until,Assigned to,Note,Changed by,Changed on")
    assert "Alpha Backwaren GmbH" in row
    assert ",ticked off,,,Is closing down.,clerk," in row
    event = Event.objects.latest("pk")
    assert (event.details["list"], event.personal["filter"]) == (f"quality/{SLUG}", "show=done")


@pytest.mark.parametrize("slug", ["other-name", "duplicates", "same-number", "released", "assurance-90"])
def test_every_kind_of_list_ticks_off_and_comes_back(slug, staff, supervisor):
    change = _made(slug)
    counted()
    finding = QualityFinding.objects.get(list=slug)
    chosen = operations.ChosenEntries(slug, [(finding.subject, finding.second)])
    tick_off = operations.EntryAct(QualityAct.TICK_OFF)
    operations.work_on_entries(chosen=chosen, wanted=tick_off, today=timezone.localdate(), by="clerk")
    counted()
    assert len(staff.get(f"/quality/{slug}/").context["page"].entries) == 0
    assert len(staff.get(f"/quality/{slug}/", {"show": "done"}).context["page"].entries) == 1

    change()
    counted()

    (listed,) = staff.get(f"/quality/{slug}/").context["page"].entries
    assert listed.has_changed


def _made(slug):
    """Make one entry of a list. Returns what changes it, and leaves it on the list."""
    today = timezone.localdate()
    if slug.startswith("assurance"):
        serial = factories.bought(software_assurance_until=today + timedelta(days=5))
        line = factories.line(
            serial=serial.code, customer_number=serial.site.customer.number,
            software_assurance_until=today + timedelta(days=50),
        )  # fmt: skip
        return lambda: imports.record_purchase(line, by="tests")
    if slug == "released":
        return _released()
    if slug == "other-name":
        customer = factories.registered(name="Kornblume Naturkost eG").serial.site.customer
    elif slug == "duplicates":
        customer = factories.bought(customer_number="K-1").site.customer
        factories.bought(customer_number="K-2")
    else:
        customer = factories.bought(customer_number="4711", customer_name="Alpha Backwaren GmbH").site.customer
        other = factories.bought(customer_number="9", customer_name="Zeta Druckerei AG", address_line1="Weg 2",
                                 postcode="10115", contact_phone="030 9").site.customer  # fmt: skip
        type(other).objects.filter(pk=other.pk).update(number="04711", number_key="4711")
        type(other).objects.filter(pk=customer.pk).update(number_key="4711")
    return lambda: type(customer).objects.filter(pk=customer.pk).update(name=customer.name + " Süd")


def _released():
    code = factories.registered()
    operations.release_installation(
        serial=code.serial.code, site_id=code.installation.site_id, release_code=code.release_code, by="it"
    )
    code.installation.refresh_from_db()
    type(code.installation).objects.filter(pk=code.installation_id).update(ended_at=timezone.now() - timedelta(days=40))
    other, site = factories.bought(customer_name="Zeta Druckerei AG").site.customer, code.serial.site
    return lambda: type(site).objects.filter(pk=site.pk).update(customer=other)


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
