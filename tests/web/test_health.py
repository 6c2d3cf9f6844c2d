"""``/healthz`` and ``/readyz``: for whatever watches the portal, from inside and without a host name."""

from unittest import mock

import pytest
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def production(settings):
    """Redirects to HTTPS, and one host name only."""
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["licensing.example.com"]


def ask(client, path):
    answer = client.get(path, headers={"Host": "10.0.0.5:8000"})
    return answer.status_code, answer.json()["status"]


def test_a_portal_that_lives_and_can_serve_says_so(client):
    assert ask(client, "/healthz") == (200, "ok")
    assert ask(client, "/readyz") == (200, "ok")


def test_without_its_database_it_lives_but_cannot_serve(client):
    with mock.patch.object(MigrationRecorder, "applied_migrations", side_effect=OperationalError("gone")):
        assert ask(client, "/readyz") == (503, "unavailable")
        assert ask(client, "/healthz") == (200, "ok")


def test_with_a_migration_missing_it_cannot_serve(client):
    MigrationRecorder.Migration.objects.filter(app="licences", name="0004_rate_limits").delete()

    assert ask(client, "/readyz") == (503, "unavailable")
    assert client.get("/readyz", headers={"Host": "10.0.0.5"}).json()["migrations"] == "missing"


def test_the_answers_tell_nothing_and_are_not_kept(client):
    answer = client.get("/healthz")

    assert answer.json() == {"status": "ok"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_asking_whether_it_lives_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/healthz")
