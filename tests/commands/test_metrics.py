"""``manage.py metrics``: the figures of the database, at an address of its own, and the alert rules about them."""

import re
import shutil
import subprocess
import threading
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from licences import operations
from licences.database.read_replica import ReplicaState, ReplicaStatus
from licences.models import FileImport, Relicensing
from licences.operations.heartbeats import record_worker_heartbeat
from licences.tasks import advance_import, count_quality
from licensing_portal.accounts.models import QueuedMessage
from licensing_portal.metrics import database_figures, request_counts
from licensing_portal.metrics.database_figures import DatabaseFigures
from licensing_portal.metrics.server import metrics_server
from tests import factories
from tests.servers import free_port

pytestmark = pytest.mark.django_db
RULES = Path(django_settings.BASE_DIR) / "docs" / "deploy" / "prometheus" / "portal-rules.yml"


@pytest.fixture(autouse=True)
def connection_is_kept(monkeypatch):
    """The tests' own connection holds their transaction."""
    monkeypatch.setattr(connection, "close", lambda: None)


def samples(figures: DatabaseFigures | None = None) -> dict[str, float]:
    """All samples by name and labels, as ``portal_imports{state=applied}``."""
    found = {}
    for metric in (figures or DatabaseFigures()).collect():
        for sample in metric.samples:
            labels = ",".join(f"{name}={value}" for name, value in sample.labels.items())
            found[sample.name + (f"{{{labels}}}" if labels else "")] = sample.value
    return found


# --- Figures -----------------------------------------------------------------------------------------


def test_the_queue_and_the_age_of_its_oldest_task():
    advance_import.enqueue(1)
    count_quality.enqueue()
    DBTaskResult.objects.filter(task_path=advance_import.module_path).update(
        enqueued_at=timezone.now() - timedelta(minutes=20)
    )

    found = samples()

    assert found["portal_queue_tasks{queue=default}"] == 2
    assert found["portal_queue_oldest_task_age_seconds{queue=default}"] == pytest.approx(1200, abs=30)


def test_an_empty_queue_is_told_as_well():
    found = samples()

    assert found["portal_queue_tasks{queue=default}"] == 0
    assert found["portal_queue_oldest_task_age_seconds{queue=default}"] == 0
    assert found["portal_task_running_seconds"] == 0
    assert found["portal_failed_tasks"] == found["portal_failed_code_emails"] == 0


def test_a_task_that_runs_and_one_that_failed():
    now = timezone.now()
    for number, values in enumerate(
        ({"status": "RUNNING", "started_at": now - timedelta(hours=2)},
         {"status": "FAILED", "finished_at": now - timedelta(hours=1)},
         {"status": "FAILED", "finished_at": now - timedelta(hours=25)})
    ):  # fmt: skip
        task = advance_import.enqueue(number)
        DBTaskResult.objects.filter(pk=task.id).update(**values)

    found = samples()

    assert found["portal_task_running_seconds"] == pytest.approx(7200, abs=30)
    assert found["portal_failed_tasks"] == 1
    assert found["portal_queue_tasks{queue=default}"] == 0


def test_the_heartbeat_of_the_worker_and_none_at_all():
    assert samples()["portal_worker_heartbeat_age_seconds"] == float("inf")

    record_worker_heartbeat(now=timezone.now() - timedelta(seconds=90))

    assert samples()["portal_worker_heartbeat_age_seconds"] == pytest.approx(90, abs=30)


def test_imports_by_state_requests_that_are_open_and_those_that_wait(catalogue):
    FileImport.objects.create(kind="purchases", uploaded_by="importer")
    waits, is_open = factories.request(factories.registered()), factories.request(factories.registered())
    Relicensing.objects.filter(pk=waits.pk).update(waiting_since=timezone.now() - timedelta(minutes=45))
    closed = factories.request(factories.registered())
    operations.withdraw_relicensing(request_id=closed.pk, by="clerk")

    found = samples()

    assert is_open.is_open
    assert found["portal_imports{state=waiting}"] == 1
    assert {f"portal_imports{{state={state}}}" for state in FileImport.State.values} <= found.keys()
    assert (found["portal_open_requests"], found["portal_waiting_requests"]) == (2, 1)
    assert found["portal_waiting_request_age_seconds"] == pytest.approx(2700, abs=30)


def test_mail_that_waits_and_mail_that_failed_before():
    now = timezone.now()
    QueuedMessage.objects.create(sealed="x", due_at=now)
    QueuedMessage.objects.create(sealed="y", due_at=now, attempts=2)

    found = samples()

    assert (found["portal_queued_messages"], found["portal_overdue_messages"]) == (2, 1)


def test_connections_of_postgresql_and_how_many_there_may_be():
    found = samples()

    if connection.vendor == "sqlite":
        assert [name for name in found if name.startswith("portal_database_connections")] == []
    else:
        open_now = [value for name, value in found.items() if name.startswith("portal_database_connections{")]
        assert 1 <= sum(open_now) <= found["portal_database_connections_limit"]


def test_the_age_of_the_replica_and_one_that_is_away(monkeypatch):
    monkeypatch.setattr(database_figures, "has_replica", lambda: True)
    status = ReplicaStatus(ReplicaState.BEHIND, 75.5)
    monkeypatch.setattr(database_figures.Replica, "status", lambda replica: status)
    monkeypatch.setattr(database_figures, "connections", {"default": connection, "replica": connection})

    found = samples()
    assert (found["portal_replica_up"], found["portal_replica_age_seconds"]) == (1, 75.5)

    status = ReplicaStatus(ReplicaState.AWAY)
    found = samples()
    assert found["portal_replica_up"] == 0
    assert "portal_replica_age_seconds" not in found


def test_the_age_of_the_last_anchor(settings, tmp_path):
    assert "portal_anchor_file_age_seconds" not in samples()

    settings.ANCHOR_FILE = str(tmp_path / "anchors")
    assert samples()["portal_anchor_file_age_seconds"] == float("inf")

    (tmp_path / "anchors").touch()
    assert samples()["portal_anchor_file_age_seconds"] == pytest.approx(0, abs=30)


def test_without_a_database_that_is_told_and_nothing_else_of_it(monkeypatch, caplog):
    def refused(now):
        raise OperationalError("connection refused")

    monkeypatch.setattr(database_figures, "all_figures", refused)

    assert samples() == {"portal_database_up": 0}
    assert [record.getMessage() for record in caplog.records] == ["the database could not be asked: OperationalError"]


def test_who_asks_often_gets_the_same_figures_and_asks_few_questions(django_assert_max_num_queries):
    now = [100.0]
    figures = DatabaseFigures(lambda: now[0])
    with django_assert_max_num_queries(14):
        samples(figures)

    with django_assert_max_num_queries(0):
        now[0] += database_figures.KEPT - 1
        assert samples(figures)["portal_database_up"] == 1


def test_no_label_holds_anything_personal(story):
    labels = {name.partition("{")[2] for name in samples()} - {""}

    known = {f"state={state}" for state in FileImport.State.values} | {"queue=default"}
    states = {"active", "idle", "idle in transaction", "unknown"}
    assert {label.rstrip("}") for label in labels} <= known | {f"state={state}" for state in states}


# --- The server --------------------------------------------------------------------------------------


@pytest.fixture
def served(tmp_path, monkeypatch):
    """The address of a server whose figures are ours."""
    monkeypatch.setattr(DatabaseFigures, "_ask", lambda figures: [])
    server = metrics_server("127.0.0.1", 0, folder=str(tmp_path / "metrics"))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_it_answers_at_one_path_only(served):
    with urllib.request.urlopen(f"{served}/metrics") as answer:  # noqa: S310
        assert answer.headers["Content-Type"].startswith("text/plain; version=")

    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{served}/")  # noqa: S310


def test_an_address_that_is_taken_is_said_in_words(served):
    port = served.rpartition(":")[2]

    with pytest.raises(CommandError, match=f"127.0.0.1:{port}: Address already in use"):
        call_command("metrics", bind=f"127.0.0.1:{port}")
    with pytest.raises(CommandError, match="--bind is an IP address and a port"):
        call_command("metrics", bind="metrics")
    with pytest.raises(CommandError, match="Cannot assign requested address"):
        call_command("metrics", bind=f"192.0.2.1:{free_port()}")


# --- Alert rules -------------------------------------------------------------------------------------

RULE = re.compile(r"- alert: (\w+)\n +expr: (.+)\n")
METRIC = re.compile(r"\b(?:portal_[a-z_]+|up)\b")


def known_metrics(settings, tmp_path) -> set[str]:
    """Every name that is served, on PostgreSQL with a replica and a file of anchors."""
    settings.ANCHOR_FILE = str(tmp_path / "anchors")
    counted = {metric.name: metric.type for metric in request_counts.REGISTRY.collect()}
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
    names = {name + suffix for name, kind in counted.items() for suffix in suffixes[kind]}
    gauges = {name.partition("{")[0] for name in samples()}
    only_there = {"portal_replica_up", "portal_replica_age_seconds", "portal_database_connections"}
    return names | gauges | only_there | {"portal_database_connections_limit", "up"}


def test_every_metric_that_a_rule_names_is_served_and_stands_in_the_table(settings, tmp_path):
    rules = dict(RULE.findall(RULES.read_text()))
    known = known_metrics(settings, tmp_path)

    assert len(rules) >= 10
    assert {name for expression in rules.values() for name in METRIC.findall(expression)} - known == set()

    table = (Path(django_settings.BASE_DIR) / "docs" / "watching.md").read_text()
    bare = {re.sub(r"_(bucket|count|sum)$", "", name) for name in known - {"up"}}
    assert sorted(name for name in bare if f"`{name}" not in table) == []
    assert sorted(name for name in rules if name not in table) == []


def test_prometheus_accepts_the_rules():
    """Where its own program is installed."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")

    checked = subprocess.run([promtool, "check", "rules", RULES], capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout + checked.stderr
