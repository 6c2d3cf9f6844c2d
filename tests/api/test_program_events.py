"""The event log as a feed for programs: in order, without gaps, without names or codes (docs/events.md)."""

import re
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from licences import operations
from licences.domain.event_feed import PUBLISHED, published_details
from licences.models import Event, LicenceFile, UnlockCode
from licences.operations.events import record_event
from licences.queries.event_feed import feed_page
from tests import factories
from tests.api.conftest import is_problem
from tests.tables import each_row
from tests.together import together

NAMES = ("Müller", "Vogel", "Petersen", "Nordlicht", "Sabine", "clerk", "supervisor", "Support team")


class Program:
    """A program with a key; ``get`` returns the response of a call."""

    def __init__(self, *scopes):
        key = factories.program_key(*(scopes or ["events:read"])).text
        self.client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {key}"})

    def get(self, **query):
        headers = {name: query.pop(name) for name in ("If-None-Match",) if name in query}
        return self.client.get("/api/v1/events", query, headers=headers)

    def read_on(self, after, limit):
        """All events behind a position, page by page."""
        found = []
        while True:
            page = self.get(after=after, limit=limit).json()
            found += page["events"]
            after = page["next"]
            if not page["more"]:
                return found


def test_a_program_that_comes_back_after_a_week_misses_nothing(story):
    program = Program()
    read = program.read_on(0, limit=7)
    start = read[len(read) // 2]["id"]

    assert [event["id"] for event in read] == list(Event.objects.order_by("pk").values_list("pk", flat=True))
    assert program.read_on(start, limit=1000) == [event for event in read if event["id"] > start]


def test_an_event_says_what_happened_and_to_which_serial_number(catalogue):
    code = factories.registered()
    event = Program().read_on(0, limit=100)[-2]  # the last is the key's

    assert (event["kind"], event["serial"]) == ("registered", code.serial.code)
    assert event["customer"] == code.serial.site.customer_id
    assert event["details"] == {
        "site_id": code.installation.site_id,
        "server_version": "2.6",
        "client_version": "2.6",
        "sequence": 1,
    }


def test_no_name_no_reason_and_no_code_is_told(story):
    program = Program()
    told = str(program.read_on(0, limit=1000))

    assert [name for name in NAMES if name in told] == []
    for event in Event.objects.all():
        reason = event.details.get("reason")
        assert not reason or reason not in told, event.kind
    for code in UnlockCode.objects.all():
        assert code.code not in told
        assert code.release_code not in told
    assert LicenceFile.objects.exists()


def test_who_acted_and_names_are_told_by_a_scope_of_their_own_and_an_erasure_empties_them(story):
    erased = Event.objects.filter(kind="customer-erased").first().customer_id
    events = Program("events:read", "events:personal").read_on(0, limit=1000)

    assert {event["actor"] for event in events} == set(Event.objects.values_list("actor", flat=True))
    assert any("Müller" in str(event["personal"]) for event in events)
    assert "random" not in {name for event in events for name in event["personal"]}
    assert {str(event["personal"]) for event in events if event["customer"] == erased} == {"{}"}


def test_there_is_a_position_also_where_nothing_is_new_and_the_empty_answer_is_cheap(catalogue):
    program = Program()
    first = program.get(after="end")
    position = first.json()["next"]

    assert first.json() == {"events": [], "next": position, "more": False}
    again = program.get(after=position, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")

    factories.bought()

    new = program.get(after=position, **{"If-None-Match": first.headers["ETag"]})
    assert [event["kind"] for event in new.json()["events"]] == ["purchases-recorded"]


def test_a_page_takes_the_same_few_queries_however_long_the_log_is(story, django_assert_max_num_queries):
    program = Program()
    program.get()

    with django_assert_max_num_queries(8):
        program.get(limit=1000)


@each_row("query", [{"after": "-1"}, {"after": "x"}, {"after": "01"}, {"limit": 0}, {"limit": 1001}])
def test_what_is_wrong_is_named(catalogue, query):
    answer = Program().get(**query)

    assert is_problem(answer, "invalid-request", 422)
    (name,) = query
    (sentence,) = answer.json()["errors"][name]
    assert "1000" in sentence if name == "limit" else "position" in sentence


def test_a_position_behind_the_end_of_a_restored_log_is_a_problem_and_not_silence(catalogue):
    program = Program()
    end = Event.objects.latest("pk").pk

    answer = program.get(after=end + 100)

    assert is_problem(answer, "after-beyond-end", 409)
    assert f"ends at {end}," in answer.json()["detail"]


@each_row("scope", ["sites:read", "events:personal"])
def test_the_feed_needs_its_scope(catalogue, scope):
    assert is_problem(Program(scope).get(), "scope-missing", 403)


# --- What is promised ------------------------------------------------------------------------------


def test_every_kind_says_what_it_publishes():
    assert set(PUBLISHED) == set(Event.Kind.values)


def test_the_page_of_the_documents_lists_every_kind_with_its_details():
    text = (Path(settings.BASE_DIR) / "docs" / "events.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*?) \| ", text, re.MULTILINE)

    assert {kind: tuple(re.findall(r"`(\w+)`", details)) for kind, details in rows} == dict(PUBLISHED)


def test_details_that_nobody_promised_stay_in_the_log():
    details = {"reason": "Not paid.", "site_id": "4K7MPO2WQZ8R", "made": {"code": "…"}}

    assert published_details("registered", details) == {"site_id": "4K7MPO2WQZ8R"}
    assert published_details("of-a-later-release", details) == {}


# --- At the same moment ----------------------------------------------------------------------------

WRITERS, EACH = 5, 30


@pytest.mark.django_db(transaction=True)
def test_a_reader_beside_many_writers_skips_no_event():
    """The writers hold their transactions open for different times, so that they would commit in any order."""
    writing = threading.Event()
    seen = []

    def write(writer):
        for number in range(EACH):
            with transaction.atomic():
                record_event(Event.Kind.BLOCKED, by=f"writer {writer}", details={"number": number})
                for _query in range((writer * 7 + number * 3) % 11):
                    Event.objects.filter(pk=0).exists()
            if number % 7 == writer:
                with transaction.atomic():  # leaves a number that no event has
                    record_event(Event.Kind.UNBLOCKED, by="nobody")
                    transaction.set_rollback(True)

    def write_all():
        try:
            return [each for each in together(*[lambda writer=each: write(writer) for each in range(WRITERS)]) if each]
        finally:
            writing.set()

    def read():
        after, finished = 0, False
        while True:
            finished = writing.is_set()
            page = feed_page(after=after, limit=4)
            seen.extend(event.pk for event in page.events)
            after = page.next
            if finished and not page.more:
                return after

    failed, last = together(write_all, read)
    connection.close()

    assert (failed, last) == ([], seen[-1])
    assert seen == list(Event.objects.order_by("pk").values_list("pk", flat=True))
    assert len(seen) == WRITERS * EACH


def test_serials_of_events_are_written_as_in_the_other_calls(catalogue):
    code = factories.registered()
    operations.block_serial(serial=code.serial.code, reason="Not paid yet.", by="supervisor")

    blocked = [each for each in Program().read_on(0, limit=50) if each["kind"] == "blocked"]

    assert [(each["serial"], each["details"]) for each in blocked] == [(code.serial.code, {})]
