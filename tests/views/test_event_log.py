"""The page of the event log: questions, pages, and the way from a code to why it was issued."""

import re
from datetime import datetime
from html import unescape

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from licences import operations
from licences.models import Event, Relicensing
from licences.operations.events import record_event
from licences.queries import event_search
from licences.queries.event_search import EventQuestion, find_events
from tests import factories
from tests.tables import each_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(auditor, as_user):
    """Ask for events with a query string; returns the answer."""
    browser = as_user(auditor)
    return lambda query="": browser.get(f"{reverse('events')}?{query}")


def kinds(answer) -> list[str]:
    return [event.kind for event, _details, _code in answer.context["rows"]]


def at(moment: datetime, **about) -> Event:
    """An event at another time; the log is append-only, so its clock is another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("licences.operations.events.timezone.now", lambda: moment)
        return record_event(about.pop("kind", Event.Kind.BLOCKED), by=about.pop("by", "tests"), **about)


# --- Questions -------------------------------------------------------------------------------------------


def test_a_day_is_a_day_of_the_portal_and_the_last_one_counts(ask):
    zone = timezone.get_default_timezone()
    for day, hour, minute in ((28, 23, 59), (29, 0, 0), (29, 23, 59), (30, 0, 0)):  # clocks go forward on the 29th
        at(datetime(2026, 3, day, hour, minute, tzinfo=zone), serial="AAAAAAAA")

    shown = ask("first=2026-03-29&last=29.03.2026").context["rows"]

    assert [timezone.localtime(event.at).hour for event, *_others in shown] == [23, 0]


def test_events_are_found_by_person_kind_customer_and_serial(ask, catalogue):
    code = factories.registered()
    operations.block_serial(serial=code.serial.code, reason="Not paid yet.", by="supervisor")
    factories.registered(name="Another GmbH")
    customer, start = code.serial.site.customer, code.serial.code[:5]

    assert kinds(ask("actor=supervisor")) == ["blocked"]
    assert kinds(ask("kind=blocked")) == ["blocked"]
    assert kinds(ask(f"serial={code.serial.code}")) == ["blocked", "registered"]
    assert kinds(ask(f"serial={start[:4]}-{start[4:].lower()}")) == ["blocked", "registered"]
    assert {event.serial for event, *_ in ask(f"customer=x&customer_id={customer.pk}").context["rows"]} <= {
        code.serial.code, "",
    }  # fmt: skip
    assert kinds(ask("actor=SuperVisor")) == ["blocked"]
    assert kinds(ask("actor=nobody")) == []
    assert kinds(ask(f"serial={code.serial.code}&kind=registered&actor=supervisor")) == []


def test_the_events_of_a_merged_customer_are_those_of_the_one_that_was_kept(ask, catalogue):
    gone, kept = factories.registered().serial, factories.registered(name="Another GmbH").serial
    operations.merge_customers(
        kept_id=kept.site.customer_id, merged_id=gone.site.customer_id, reason="One company.", by="supervisor"
    )

    shown = ask(f"customer={kept.code}").context["rows"]

    assert {event.serial for event, *_ in shown if event.serial} == {gone.code, kept.code}


def test_all_events_of_a_request_are_found_also_those_without_a_serial_number(ask, catalogue):
    code = factories.registered()
    request = factories.request(code)
    operations.withdraw_relicensing(request_id=request.pk, by="clerk")
    at(timezone.now(), kind=Event.Kind.RELICENSING_CLOSED, details={"request": request.pk})
    at(timezone.now(), kind=Event.Kind.RELICENSING_CLOSED, details={"request": request.pk * 10})

    shown = kinds(ask(f"request={request.pk}"))

    assert shown == ["relicensing-closed", "relicensing-withdrawn", "relicensing-checked"]
    assert kinds(ask("request=999999")) == []


@each_row(
    ("actor", "typed"),
    [
        ("program ERP", "Programm ERP"),
        ("program ERP", "programm ERP"),
        ("profile Nord", "Profil Nord"),
        ("Registration page", "registrierungsseite"),
        ("portal", "Portal"),
        ("program ERP", "program ERP"),
    ],
)
def test_a_program_is_found_by_the_name_that_the_page_tells(catalogue, actor, typed):
    with transaction.atomic():
        record_event(Event.Kind.NOTE_WRITTEN, by=actor)
        record_event(Event.Kind.NOTE_WRITTEN, by="program ERPX")

    with translation.override("de"):
        found = find_events(EventQuestion(actor=typed))

    assert [event.actor for event in found.events] == [actor]


def test_who_took_personal_data_out_is_one_question(ask, catalogue):
    code = factories.registered()
    operations.record_subject_access(customer=code.serial.site.customer, sha256="0" * 64, by="supervisor")
    operations.record_case_file(serial=code.serial, sha256="0" * 64, file_sha256="0" * 64, by="auditor")

    assert kinds(ask("kind=personal-data")) == ["case-file-made", "customer-exported"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("first=yesterday", "first"),
        ("first=2026-12-02&last=2026-12-01", "last"),
        ("kind=nonsense", "kind"),
        ("serial=AAAA-AAAA-A", "serial"),
        ("serial=%21", "serial"),
        ("request=x", "request"),
        ("request=0", "request"),
        ("request=1.000", "request"),
        ("request=1,0", "request"),
        ("customer=Nobody+Known+Here", "customer"),
        ("customer=x&customer_id=99999999", "customer"),
        ("actor=%00", "actor"),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field_and_stays(query, field, ask):
    answer = ask(query)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


@pytest.mark.parametrize(
    "position", ["nonsense", "_", "2026-12-01T00:00:00_1", "2026-12-01T00:00:00+00:00_x", "9" * 99]
)
def test_a_position_that_is_none_shows_the_first_page(position, ask):
    record_event(Event.Kind.BLOCKED, by="tests")

    assert kinds(ask(f"after={position}")) == ["blocked"]


# --- Pages -----------------------------------------------------------------------------------------------


def test_every_event_is_on_one_page_and_the_way_back_is_the_same(ask, monkeypatch):
    monkeypatch.setattr(event_search, "PAGE_SIZE", 3)
    moment = timezone.now()
    expected = [at(moment, serial=f"AAAAAAA{each}", by="tests").pk for each in range(7)][::-1]  # all at one moment

    pages, query = [], "actor=tests"
    while query:
        answer = ask(query)
        pages.append([event.pk for event, *_ in answer.context["rows"]])
        query = link(answer, "next")

    assert pages == [expected[:3], expected[3:6], expected[6:]]
    back = ask(link(answer, "prev"))
    assert [event.pk for event, *_ in back.context["rows"]] == expected[3:6]
    first = ask(link(back, "prev"))
    assert [event.pk for event, *_ in first.context["rows"]] == expected[:3]
    assert link(first, "prev") == ""


def link(answer, rel: str) -> str:
    found = re.search(rf'<a rel="{rel}" href="\?([^"]*)">', answer.content.decode())
    return unescape(found[1]) if found else ""


def test_a_page_takes_as_many_queries_as_it_has_kinds_of_links(catalogue):
    for _each in range(3):
        factories.relicensed(factories.registered())

    with CaptureQueriesContext(connection) as queries:
        page = find_events(EventQuestion())
        assert len(page.events) > 10

    assert len(queries) == 2  # the events, and the codes that they are about


@each_row(
    ("question", "index"),
    [
        (EventQuestion(kinds=("blocked",)), "event_by_kind"),
        (EventQuestion(actor="supervisor"), "event_by_actor"),
        (EventQuestion(request=17), "event_by_request"),
    ],
)
def test_a_question_has_an_index(question, index):
    times = {"at": timezone.now(), "kind": "registered", "actor": "clerk"}
    Event.objects.bulk_create(
        Event(**times, details={"request": number}, previous_hash=f"before {number}", hash=f"{number}")
        for number in range(2_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # of a table with a few rows any plan is as good as another

    plan = event_search._asked(question).order_by("-at", "-pk")[:50].explain()

    assert index in plan


# --- From a code to why it was issued ----------------------------------------------------------------------


def test_one_click_leads_from_a_code_to_the_entry_that_says_why(auditor, as_user, catalogue):
    code = factories.relicensed(factories.registered())
    browser, anchor = as_user(auditor), f"#code-{code.sequence}"
    case_file = reverse("case-file", args=[code.serial.code])
    pages = [code.get_absolute_url(), code.serial.get_absolute_url(), reverse("events")]

    for page in pages:
        assert f'href="{case_file}{anchor}"' in browser.get(page).content.decode(), page

    text = browser.get(case_file).content.decode()
    entry = re.search(rf'<p id="code-{code.sequence}"><span class="timeline-title">([^<]*)<', text)
    assert "Re-licensed" in entry[1]


def test_looking_up_an_unlock_code_finds_that_code(auditor, as_user, catalogue):
    code = factories.registered()

    text = as_user(auditor).get(reverse("lookup"), {"q": code.code}).content.decode()

    assert f'href="{code.get_absolute_url()}"' in text
    assert f"#code-{code.sequence}" in text


def test_who_may_see_no_codes_finds_none(support_agent, as_user, catalogue):
    code = factories.registered()

    answer = as_user(support_agent).get(reverse("lookup"), {"q": code.code})

    assert answer.context["code"] is None
    assert code.get_absolute_url() not in answer.content.decode()


def test_the_log_stands_in_the_navigation_of_auditors(auditor, clerk, as_user):
    link = f'<a href="{reverse("events")}">'

    assert link in as_user(auditor).get(reverse("desk")).content.decode()
    assert link not in as_user(clerk).get(reverse("desk")).content.decode()


def test_a_request_that_somebody_else_withdrew_is_named_with_its_number(ask, catalogue):
    request: Relicensing = factories.request(factories.registered())

    assert f'href="{request.get_absolute_url()}"' in ask().content.decode()


def test_an_event_of_an_erased_customer_can_be_opened(ask, catalogue):
    code = factories.registered()
    operations.erase_customer(customer_id=code.serial.site.customer_id, reason="Asked for by letter.", by="supervisor")

    assert ask().status_code == 200
