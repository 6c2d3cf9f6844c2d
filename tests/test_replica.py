"""Which database is asked: a replica for look-ups, where there is one, and never within a write."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction

from customers.models import Customer
from licences.models import Serial
from licences.reading import from_replica
from licensing_portal.replica import ReplicaRouter

router = ReplicaRouter()


@pytest.fixture
def replicated(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES, "replica", dict(settings.DATABASES["default"]))


@from_replica
def asked_for(model):
    return router.db_for_read(model)


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
    def fail():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert router.db_for_read(Serial) is None


def test_nothing_is_ever_written_to_the_replica(replicated):
    assert router.db_for_write(Serial) == "default"
    assert router.allow_migrate("replica", "licences") is False
    assert router.allow_migrate("default", "licences") is None
