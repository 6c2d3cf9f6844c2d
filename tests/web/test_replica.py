"""Which database is asked: a replica for look-ups, where there is one, and never within a write."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import OperationalError, transaction
from django.test import Client, RequestFactory

from customers.models import Customer
from licences.database import read_replica
from licences.database.read_replica import Replica, ReplicaState, ReplicaStatus, from_replica
from licences.models import Serial
from licensing_portal.replica import ReplicaRouter
from tests.tables import each_row

router = ReplicaRouter()


@pytest.fixture
def replicated(settings, monkeypatch):
    """A replica that is well."""
    monkeypatch.setitem(settings.DATABASES, "replica", dict(settings.DATABASES["default"]))
    monkeypatch.setattr(read_replica, "_ask_replica", lambda: ReplicaStatus(ReplicaState.CURRENT, 0.0))
    monkeypatch.setattr(read_replica, "_close_connection", lambda: None)
    read_replica.replica.reset()
    yield
    read_replica.replica.reset()


@from_replica
def answer(request, model):
    return router.db_for_read(model)


def asked_for(model, **cookies):
    request = RequestFactory().get("/lookup/")
    request.COOKIES |= cookies
    return answer(request, model)


def test_without_a_replica_nothing_changes(settings):
    assert "replica" not in settings.DATABASES
    assert asked_for(Serial) is None


@pytest.mark.parametrize("model", [Serial, Customer])
def test_a_look_up_reads_from_the_replica(replicated, model):
    assert asked_for(model) == "replica"


@pytest.mark.parametrize("model", [Session, User])
def test_who_is_logged_in_is_asked_where_it_is_written(replicated, model):
    assert asked_for(model) is None


def test_other_pages_read_where_they_write(replicated):
    asked_for(Serial)

    assert router.db_for_read(Serial) is None


@pytest.mark.django_db(transaction=True)
def test_what_a_write_reads_it_reads_where_it_writes(replicated):
    assert asked_for(Serial) == "replica"
    with transaction.atomic():
        assert asked_for(Serial) is None


def test_a_page_that_fails_leaves_no_trace(replicated):
    @from_replica
    def fail(request):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail(RequestFactory().get("/"))
    assert router.db_for_read(Serial) is None


def test_nothing_is_ever_written_to_the_replica(replicated):
    assert router.db_for_write(Serial) == "default"
    assert router.allow_migrate("replica", "licences") is False
    assert router.allow_migrate("default", "licences") is None


# --- A replica that is not well: with the real thing in replica/test_standby.py ---------------------------------------


class Clock:
    """A clock that a test sets, and what the replica said of itself at which time."""

    def __init__(self, monkeypatch, *said):
        self.now, self.said, self.asked = 1000.0, list(said), 0
        monkeypatch.setattr(read_replica, "_ask_replica", self.look)
        monkeypatch.setattr(read_replica, "_close_connection", lambda: None)

    def look(self):
        self.asked += 1
        said = self.said.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    def __call__(self):
        return self.now


def test_its_age_is_believed_for_a_second(monkeypatch):
    clock = Clock(monkeypatch, ReplicaStatus(ReplicaState.CURRENT, 0.0), ReplicaStatus(ReplicaState.CURRENT, 0.0))
    replica = Replica(clock)

    for _ in range(50):
        assert replica.is_readable()
    assert clock.asked == 1
    clock.now += read_replica.CHECK_INTERVAL
    assert replica.is_readable()
    assert clock.asked == 2


def test_one_that_does_not_answer_is_left_alone_for_a_while(monkeypatch, settings):
    clock = Clock(monkeypatch, OperationalError("gone"), ReplicaStatus(ReplicaState.CURRENT, 0.0))
    replica = Replica(clock)

    for _ in range(50):
        assert not replica.is_readable()
    assert (clock.asked, replica.status()) == (1, ReplicaStatus(ReplicaState.AWAY))
    clock.now += settings.REPLICA_RETRY_SECONDS
    assert replica.is_readable()


@each_row(("age", "readable"), [(0.0, True), (9.0, True), (10.0, True), (10.1, False), (None, False)])
def test_one_that_is_too_old_is_not_read(monkeypatch, age, readable):
    clock = Clock(monkeypatch, ReplicaStatus(ReplicaState.CURRENT, age))

    assert Replica(clock).is_readable() is readable


def test_the_time_since_it_was_asked_makes_it_older(monkeypatch):
    clock = Clock(monkeypatch, ReplicaStatus(ReplicaState.CURRENT, 9.5))
    replica = Replica(clock)

    assert replica.is_readable()
    clock.now += 0.6
    assert not replica.is_readable()
    assert clock.asked == 1


def test_one_that_is_promoted_is_not_read(monkeypatch):
    clock = Clock(monkeypatch, ReplicaStatus(ReplicaState.PROMOTED))

    assert not Replica(clock).is_readable()


def test_what_fails_there_is_repeated_on_the_primary(replicated):
    asked = []

    @from_replica
    def view(request):
        asked.append(router.db_for_read(Serial))
        if asked[-1] == "replica":
            raise OperationalError("canceling statement due to conflict with recovery")
        return "answer"

    request = RequestFactory().get("/lookup/")

    assert view(request) == "answer"
    assert asked == ["replica", None]
    assert view(request) == "answer"
    assert asked == ["replica", None, None]


def test_who_wrote_a_moment_ago_reads_from_the_primary(replicated):
    assert asked_for(Serial, wrote="1") is None
    assert asked_for(Serial) == "replica"


@pytest.mark.django_db
def test_a_browser_that_sent_something_is_remembered_for_longer_than_a_replica_may_be_old(replicated, settings):
    settings.REPLICA_MAX_AGE_SECONDS = 50
    browser = Client()

    browser.get("/accounts/login/")
    assert "wrote" not in browser.cookies
    browser.post("/accounts/login/", {"username": "clerk", "password": "wrong"})

    cookie = browser.cookies["wrote"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (100, True, "Lax")


@pytest.mark.django_db
def test_without_a_replica_nobody_is_remembered(client):
    client.post("/accounts/login/", {"username": "clerk", "password": "wrong"})

    assert "wrote" not in client.cookies


@pytest.mark.django_db
@pytest.mark.parametrize(
    "said",
    [ReplicaStatus(ReplicaState.BEHIND, 300.0), ReplicaStatus(ReplicaState.PROMOTED), ReplicaStatus(ReplicaState.AWAY)],
)
def test_a_replica_that_is_not_well_makes_nothing_unready(replicated, client, monkeypatch, said):
    monkeypatch.setattr(read_replica, "_ask_replica", lambda: said)

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert (answer.json()["replica"], answer.json()["replica_age_seconds"]) == (said.state.value, said.age)


@pytest.mark.django_db
def test_without_a_replica_nothing_is_said_of_one(client):
    assert client.get("/readyz").json() == {"status": "ok", "database": "reachable", "migrations": "applied"}
