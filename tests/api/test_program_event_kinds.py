"""The feed of chosen kinds of events: nothing of them is missed, and nothing else is told (docs/events.md)."""

import threading
from unittest import mock

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from licences import operations
from licences.domain.event_feed import PUBLISHED
from licences.models import Event
from licences.operations.events import record_event
from licences.queries import event_feed
from licences.queries.event_feed import feed_page_of_kinds
from tests import factories
from tests.api.conftest import is_problem
from tests.api.test_program_events import Program
from tests.how_often import examples
from tests.tables import each_row
from tests.together import together


def read_kinds(program, kinds, *, after=0, limit=100):
    """The events of some kinds, page by page, and the position behind the last page."""
    found = []
    while True:
        page = program.get(after=after, kind=kinds, limit=limit).json()
        found += page["events"]
        after = page["next"]
        if not page["more"]:
            return found, after


@each_row(("limit", "search"), [(3, 5), (1, 20_000), (1000, 20_000)])
def test_chosen_kinds_are_those_of_the_whole_feed_and_the_position_is_its_end(
    story, limit, search, monkeypatch, settings
):
    monkeypatch.setattr(event_feed, "LONGEST_SEARCH", search)
    settings.RATE_LIMIT_KEY = 100_000
    program = Program()
    everything = program.read_on(0, limit=1000)
    kinds = ["registered", "blocked", "customer-erased"]

    found, end = read_kinds(program, ",".join(kinds), limit=limit)

    assert found == [event for event in everything if event["kind"] in kinds]
    assert end == Event.objects.latest("pk").pk
    assert {event["kind"] for event in found} == set(kinds)


@hypothesis_settings(max_examples=examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_kinds_in_pages_of_any_size_from_any_position_miss_nothing(story, data):
    kinds = data.draw(st.lists(st.sampled_from(sorted(PUBLISHED)), min_size=1, max_size=5, unique=True))
    limit, after = data.draw(st.integers(1, 20)), data.draw(st.integers(0, Event.objects.latest("pk").pk))
    search = data.draw(st.sampled_from([1, 5, 20_000]))
    expected = Event.objects.filter(pk__gt=after, kind__in=kinds).order_by("pk").values_list("pk", flat=True)

    seen, more = [], True
    while more:
        with mock.patch.object(event_feed, "LONGEST_SEARCH", search):
            page = feed_page_of_kinds(after=after, limit=limit, kinds=kinds)
        assert page.next > after or not page.more
        seen += [event.pk for event in page.events]
        after, more = page.next, page.more

    assert seen == list(expected)


def test_nothing_of_a_kind_is_a_position_behind_all_others_and_the_same_answer_again(story):
    program = Program()
    first = program.get(kind="baseline-made", after=0)
    end = first.json()["next"]

    again = program.get(kind="baseline-made", after=end)
    assert again.json() == {"events": [], "next": end, "more": False}
    unchanged = program.get(kind="baseline-made", after=end, **{"If-None-Match": again.headers["ETag"]})
    assert unchanged.status_code == 304

    code = factories.registered()
    operations.block_serial(serial=code.serial.code, reason="Not paid yet.", by="supervisor")
    (event,) = program.get(kind="blocked", after=end).json()["events"]
    assert event["serial"] == code.serial.code
    assert program.get(kind="blocked", after="end").json()["events"] == []


def test_an_unknown_kind_is_refused_with_those_that_are_known(catalogue):
    for kinds in ("registred", "registered,", "registered, blocked", ",", "registered\0", "x" * 499, "REGISTERED"):
        answer = Program().get(kind=kinds)
        assert is_problem(answer, "invalid-request", 422)
        (sentence,) = answer.json()["errors"]["kind"]
        assert all(kind in sentence for kind in PUBLISHED)
        assert "\0" not in sentence


@each_row(("kinds", "words"), [("", "empty"), (" ", "empty"), ("registered," * 100, "500")])
def test_no_kind_and_far_too_many_are_refused_in_words(catalogue, kinds, words):
    answer = Program().get(kind=kinds)

    assert is_problem(answer, "invalid-request", 422)
    assert words in answer.json()["errors"]["kind"][0]


def test_a_position_behind_the_end_is_a_problem_with_kinds_too(catalogue):
    assert is_problem(Program().get(kind="registered", after=10**17), "after-beyond-end", 409)


def test_a_page_of_a_rare_kind_takes_few_queries(story, django_assert_max_num_queries):
    program = Program()
    program.get()

    with django_assert_max_num_queries(8):
        program.get(kind="baseline-made", limit=1000)


@pytest.mark.django_db(transaction=True)
def test_a_reader_of_one_kind_beside_many_writers_skips_no_event():
    """Every other event is of another kind, and transactions commit in any order."""
    writing, seen = threading.Event(), []

    def write(writer):
        for number in range(20):
            with transaction.atomic():
                kind = Event.Kind.BLOCKED if number % 2 else Event.Kind.UNBLOCKED
                record_event(kind, by=f"writer {writer}", details={"number": number})
                for _query in range((writer * 7 + number * 3) % 11):
                    Event.objects.filter(pk=0).exists()

    def write_all():
        try:
            return [each for each in together(*[lambda writer=each: write(writer) for each in range(4)]) if each]
        finally:
            writing.set()

    def read():
        after = 0
        while True:
            finished = writing.is_set()
            page = feed_page_of_kinds(after=after, limit=4, kinds=["blocked"])
            seen.extend(event.pk for event in page.events)
            after = page.next
            if finished and not page.more:
                return after

    failed, _last = together(write_all, read)
    connection.close()

    assert failed == []
    assert seen == list(Event.objects.filter(kind="blocked").order_by("pk").values_list("pk", flat=True))
