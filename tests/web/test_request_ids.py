"""Each request has an id: in its response, on pages about faults, and in the log lines of it and of its tasks."""

import re

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client

from licences.tasks import advance_import
from licensing_portal import task_ids
from licensing_portal.request_ids import current_request, current_task
from tests.tables import each_row

pytestmark = pytest.mark.django_db
ID = re.compile(r"[0-9a-f]{32}")


def test_every_response_has_one_and_each_another(staff, client):
    paths = ("/", "/nothing/", "/healthz", "/static/nothing.css", "/api/v1/nothing")
    ids = [(staff if path == "/" else client).get(path).headers["X-Request-ID"] for path in paths]

    assert [each for each in ids if not ID.fullmatch(each)] == []
    assert len(set(ids)) == len(paths)


def test_the_one_of_a_trusted_proxy_is_kept(client, settings):
    settings.TRUSTED_PROXY_COUNT = 1

    answer = client.get("/healthz", headers={"X-Request-ID": "0123456789abcdef-proxy_1"})

    assert answer.headers["X-Request-ID"] == "0123456789abcdef-proxy_1"


@pytest.mark.parametrize(
    ("proxies", "given"),
    [(0, "0123456789abcdef"), (1, "short"), (1, "x" * 65), (1, "anna@example.com"), (1, "a b c d e f g h"), (1, "")],
)
def test_any_other_is_not_taken_over(client, settings, proxies, given):
    settings.TRUSTED_PROXY_COUNT = proxies

    answer = client.get("/healthz", headers={"X-Request-ID": given})

    assert ID.fullmatch(answer.headers["X-Request-ID"])


def failing(error):
    def render(*arguments, **options):
        raise error

    return render


@each_row(("error", "status"), [(ValueError("broken"), 500), (OperationalError("gone"), 503)])
def test_pages_about_faults_name_it(clerk, monkeypatch, error, status):
    if status == 503:
        error.__cause__ = psycopg.errors.AdminShutdown()
    browser = Client(raise_request_exception=False)
    browser.force_login(clerk)
    monkeypatch.setattr("licences.views.desk.render", failing(error))

    answer = browser.get("/")

    assert answer.status_code == status
    assert f"<code>{answer.headers['X-Request-ID']}</code>" in answer.content.decode()


def test_after_a_request_there_is_none(client):
    client.get("/healthz")

    assert current_request.get() is None


def test_a_task_has_the_id_of_the_request_that_began_it(rf):
    request = rf.get("/")
    request.request_id = "of-the-request"
    token = current_request.set(request)
    task = advance_import.enqueue(1)
    current_request.reset(token)

    task_ids._begin(task_result=task)
    within = current_task.get()
    task_ids._end(task_result=task)

    assert within == {"task": str(task.id), "request_id": "of-the-request"}
    assert current_task.get() == {}


def test_a_task_runs_also_where_the_id_of_its_request_cannot_be_read(monkeypatch):
    task = advance_import.enqueue(1)
    monkeypatch.setattr(task_ids.cache, "get", failing(OperationalError("database is locked")), raising=False)

    task_ids._begin(task_result=task)
    within = current_task.get()
    task_ids._end(task_result=task)

    assert within == {"task": str(task.id)}


def test_a_task_that_no_request_began_has_its_own_id_only():
    task = advance_import.enqueue(1)

    task_ids._begin(task_result=task)
    within = current_task.get()
    task_ids._end(task_result=task)

    assert within == {"task": str(task.id)}
