"""How often the API was called, by day and outcome (docs/figures.md#calls-of-the-api)."""

from http.client import HTTPConnection

import pytest
from django.db import DatabaseError
from django.utils import timezone

from licences import licence_files, operations
from licences.api import call_counts
from licences.models import ApiCallCount
from tests import factories
from tests.api.conftest import Server
from tests.benchmarks._gunicorn import gunicorn
from tests.benchmarks._temporary_database import database_url
from tests.operations.stored_figures import numbers


@pytest.fixture(autouse=True)
def nothing_counted(monkeypatch):
    monkeypatch.setattr(call_counts, "_counts", call_counts._Counts())


def stored() -> dict[tuple[str, str], int]:
    return {(each.call, each.outcome): each.times for each in ApiCallCount.objects.all()}


@pytest.mark.django_db
def test_each_call_counts_with_its_problem_once_the_minute_is_over(catalogue, monkeypatch, client):
    server = Server()
    serial = factories.bought().code
    server.register(serial)
    server.register("AAAAAAAA")
    server.register("AAAAAAAA")
    server.post("registrations", "{")
    client.get("/api/v1/events")
    client.get("/api/v1/nothing")
    client.get("/api/docs")
    assert stored() == {}

    monkeypatch.setattr(call_counts, "STORE_EVERY", 0)
    client.get("/accounts/login/")

    expected = {("register", ""): 1, ("read_events", "key-missing"): 1, ("other", "not-found"): 1}
    assert {key: times for key, times in stored().items() if key in expected} == expected
    assert sum(stored().values()) == 6
    assert {outcome for call, outcome in stored() if call == "register"} == {"", "invalid-request", "unknown-serial"}
    operations.refresh_figures(now=timezone.now())
    today = f"{timezone.localtime():%m-%d}"
    assert numbers("api-calls") == {(today, "register"): 4, (today, "read_events"): 1, (today, "other"): 1}
    assert numbers("api-refusals")[today, "key-missing"] == 1
    assert (today, "") not in numbers("api-refusals")


@pytest.mark.django_db
def test_counts_that_cannot_be_stored_are_kept_and_added_to_what_is_stored(catalogue, monkeypatch):
    Server().register("AAAAAAAA")
    call_counts.store_counted_calls()
    before = stored()
    Server().register("AAAAAAAA")
    with monkeypatch.context() as patch:
        patch.setattr(operations, "store_api_calls", lambda counts, now: (_ for _ in ()).throw(DatabaseError("full")))
        call_counts.store_counted_calls()
    assert stored() == before

    call_counts.store_counted_calls()
    call_counts.store_counted_calls()

    assert stored() == {key: 2 * times for key, times in before.items()}


@pytest.mark.django_db(transaction=True)
def test_what_a_process_counted_is_stored_when_it_ends(catalogue):
    served = gunicorn(
        "licensing_portal.wsgi", database_url=database_url(), workers=1, signing_key=licence_files.new_key()
    )
    with served as (port, _master):
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/api/v1/events", headers={"X-Forwarded-Proto": "https", "Connection": "close"})
        assert connection.getresponse().status == 401
        assert stored() == {}

    assert stored() == {("read_events", "key-missing"): 1}
