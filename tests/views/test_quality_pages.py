"""Pages, files and counts of data quality lists (docs/surface.md#data-quality-lists)."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from licences import imports, operations, tasks
from licences.domain.quality_findings import QualityAct
from licences.models import Event, QualityFinding
from licences.queries import quality_pages
from tests import factories
from tests.tables import each_row
from tests.views.quality_lists import LIST, SLUG, counted, names, post, two_on_the_list

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def two(clerk):
    return two_on_the_list()


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


@each_row("slug", ["other-name", "duplicates", "same-number", "released", "assurance-90", "several-addresses"])
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
    if slug == "several-addresses":
        return _called_by_turns()
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


def _called_by_turns():
    installation, now = factories.registered().installation, timezone.now()

    def call(address, hours):
        operations.note_address(
            installation_id=installation.pk, address=address, now=now - timedelta(hours=hours)
        )  # fmt: skip

    for hours, address in ((9, "192.0.2.7"), (6, "198.51.100.9"), (3, "192.0.2.7")):
        call(address, hours)
    return lambda: call("203.0.113.5", 1)


def test_a_copied_server_is_shown_with_a_hint(staff):
    _called_by_turns()
    counted()

    page = staff.get("/quality/several-addresses/").content.decode()

    assert "called from 2 addresses in the last 7 days" in page
    assert "nothing is blocked" in page
