"""What ``manage.py doctor`` says of the worker, its queue, and what it could not do."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from licences.operations.heartbeats import record_worker_heartbeat
from licences.tasks import advance_import
from licensing_portal.doctor import HealthLevel, background
from tests.commands.doctor_findings import findings, only_finding
from tests.tables import each_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("healthy_portal")]
PROBLEM, WARNING = HealthLevel.PROBLEM, HealthLevel.WARNING


@each_row("silent", [timedelta(minutes=6), None])
def test_a_dead_worker(silent):
    if silent is None:
        background.worker_last_seen.__globals__["cache"].clear()
    else:
        record_worker_heartbeat(now=timezone.now() - silent)

    level, what, advice = only_finding("worker")

    assert level is PROBLEM
    assert what in ("No worker has reported yet.", "A worker last reported 360 seconds ago.")
    assert "manage.py worker" in advice


@each_row(("minutes", "expected"), [(5, HealthLevel.OK), (11, WARNING), (61, PROBLEM)])
def test_a_queue_that_waits(minutes, expected):
    advance_import.enqueue(1)
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=minutes))

    level, what, _advice = only_finding("queue")

    assert (level, what) == (expected, f"Tasks waiting: 1; the oldest for {minutes} minutes.")


@each_row(("minutes", "named"), [(59, False), (75, True)])
def test_a_worker_that_is_stuck_in_one_task(minutes, named):
    advance_import.enqueue(1)
    DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now() - timedelta(minutes=minutes))

    found = [each[:2] for each in findings("queue") if "has been at one task" in each[1]]

    assert found == ([(WARNING, "A worker has been at one task for 75 minutes: advance_import.")] if named else [])


def test_a_task_that_is_put_off_does_not_wait():
    advance_import.using(run_after=timezone.now() + timedelta(hours=1)).enqueue(1)
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(hours=2))

    assert only_finding("queue")[1] == "Tasks waiting: 0; the oldest for 0 minutes."


def test_a_task_that_failed():
    advance_import.enqueue(1)
    DBTaskResult.objects.get().set_failed(RuntimeError("no"))

    level, what, _advice = only_finding("failed-tasks")

    assert (level, "tasks failed: 1" in what) == (WARNING, True)


def test_the_worker_is_alive_once_it_has_reported(monkeypatch):
    """The thread of the worker, stopped after its first round."""
    from licences.management.commands import worker

    class Stop(BaseException):
        pass

    def stop(_seconds):
        raise Stop

    background.worker_last_seen.__globals__["cache"].clear()
    monkeypatch.setattr(worker.time, "sleep", stop)
    monkeypatch.setattr(worker, "connections", type("Kept", (), {"close_all": staticmethod(lambda: None)}))
    with pytest.raises(Stop):
        worker._repeat(*worker.HEARTBEAT)

    assert only_finding("worker")[0] is HealthLevel.OK
