"""Imports that nobody goes on with are found, tasks that nobody runs are ended, and what is left over is cleared."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from licences import operations
from licences import tasks as background
from licences.models import FileImport, RejectedRow
from licences.operations.imports import liveness, sweeping
from licences.operations.imports.liveness import working_on
from licences.tasks import advance_import, sweep
from tests.licences.imports.doors import (
    PURCHASES,
    State,
    advance,
    at_once,
    confirm,
    confirmed,
    on_record,
    preview,
    receive,
    waiting_rows,
)
from tests.licences.imports.files import csv_bytes, row
from tests.licences.imports.processes import LONG_AGO, tasks, time_passes, work

pytestmark = pytest.mark.usefixtures("catalogue")
with_a_worker = pytest.mark.django_db(transaction=True)  # it closes connections between its tasks

ROWS = csv_bytes(row("PO-1"), row("PO-2", quantity="x"))


def abandoned(content=ROWS):
    """An uploaded file that nobody has touched for a while."""
    file_import = receive(content)
    time_passes()
    return file_import


def status(task):
    return DBTaskResult.objects.get(pk=task.id).status


def running(file_import, *, since=LONG_AGO):
    """A task that a worker has taken; whether the worker is still there, nobody knows."""
    task = advance_import.enqueue(file_import.pk)
    DBTaskResult.objects.filter(pk=task.id).update(
        status=TaskResultStatus.RUNNING, started_at=timezone.now() - since, worker_ids=["gone"]
    )
    return task


# --- Imports ---------------------------------------------------------------------------------------


@with_a_worker
def test_a_file_that_waits_for_long_is_taken_up():
    file_import = abandoned()

    sweep()
    work()

    file_import.refresh_from_db()
    assert file_import.state == State.PREVIEW
    assert tasks(TaskResultStatus.SUCCESSFUL) == 1


def test_a_file_that_was_uploaded_a_moment_ago_is_left_to_its_task():
    receive(ROWS)

    assert operations.abandoned_imports() == []


def test_an_import_that_gave_a_sign_of_life_is_left_alone():
    file_import = abandoned()
    FileImport.objects.update(state=State.READING, heartbeat_at=timezone.now())
    assert operations.abandoned_imports() == []

    FileImport.objects.update(heartbeat_at=timezone.now() - sweeping.PATIENCE)
    assert operations.abandoned_imports() == [file_import.pk]


def test_a_file_whose_task_waits_already_is_given_no_other():
    advance_import.enqueue(abandoned().pk)

    sweep()
    sweep()

    assert tasks(TaskResultStatus.READY) == 1


def test_sweeping_twice_hands_an_import_on_once():
    abandoned()

    sweep()
    sweep()

    assert tasks(TaskResultStatus.READY) == 1


@pytest.mark.parametrize("state", [State.PREVIEW, *FileImport.ENDED])
def test_what_waits_for_a_person_or_has_ended_is_not_taken_up(state):
    abandoned()
    FileImport.objects.update(state=state)

    assert operations.abandoned_imports() == []


@with_a_worker
def test_one_that_was_confirmed_is_taken_up_and_applied():
    file_import = confirm(preview(csv_bytes(row())))
    time_passes()

    sweep()
    work()

    file_import.refresh_from_db()
    assert file_import.state == State.APPLIED


def of_the_command_line(**values):
    """An import without an upload, whose rows are in the database."""
    file_import = preview(ROWS)
    FileImport.objects.update(**{"upload": "", "state": State.READING, **values})
    time_passes()
    file_import.refresh_from_db()
    return file_import


def test_a_command_that_is_gone_is_withdrawn_and_cleared_in_one_go():
    file_import = of_the_command_line()

    assert operations.abandoned_imports() == []

    file_import.refresh_from_db()
    assert (file_import.state, file_import.holds_rows) == (State.WITHDRAWN, False)
    assert file_import.ended_at is not None
    assert waiting_rows() == 0
    assert RejectedRow.objects.count() == 1


def test_a_command_that_ends_while_it_is_looked_for_stays_as_it_ended(monkeypatch):
    file_import = of_the_command_line()

    def ended_just_now(file_import_id):
        at_work = FileImport.objects.filter(pk=file_import_id, state=State.READING)
        at_work.update(state=State.APPLIED, ended_at=timezone.now())
        return working_on(file_import_id)

    monkeypatch.setattr(sweeping, "working_on", ended_just_now)

    operations.abandoned_imports()

    file_import.refresh_from_db()
    assert file_import.state == State.APPLIED


def test_rows_that_an_ended_import_left_are_cleared_but_for_the_rejected_ones():
    file_import = preview(ROWS)
    FileImport.objects.update(state=State.APPLIED, ended_at=timezone.now())

    sweep()

    file_import.refresh_from_db()
    assert not file_import.holds_rows
    assert (waiting_rows(), RejectedRow.objects.count()) == (0, 1)


def test_rows_of_other_imports_are_not_cleared():
    preview(ROWS)
    ended = confirmed(preview(csv_bytes(row("PO-7"))))
    FileImport.objects.filter(pk=ended.pk).update(holds_rows=True)
    before = waiting_rows()

    sweep()

    assert waiting_rows() == before == 2


# --- Tasks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.PREVIEW, State.APPLIED, State.FAILED])
def test_a_task_whose_worker_is_gone_has_failed_whatever_became_of_its_import(state):
    file_import = receive(ROWS)
    FileImport.objects.update(state=state)
    task = running(file_import)

    sweep()

    assert status(task) == TaskResultStatus.FAILED


def test_a_task_of_an_import_that_is_no_more_has_failed_as_well(tmp_path):
    file_import = at_once(tmp_path / "purchases.csv", csv_bytes(row()), dry_run=True)
    task = running(file_import)
    operations.discard_import(file_import)

    sweep()

    assert status(task) == TaskResultStatus.FAILED


def test_a_task_that_was_taken_a_moment_ago_still_runs():
    task = running(receive(ROWS), since=timedelta(seconds=1))

    sweep()

    assert status(task) == TaskResultStatus.RUNNING


def test_a_task_that_ends_while_it_is_looked_at_stays_as_it_ended(monkeypatch):
    task = running(receive(ROWS))

    def ended_just_now(file_import_id):
        DBTaskResult.objects.get(pk=task.id).set_successful(None)
        return True

    monkeypatch.setattr(operations, "is_import_alone", ended_just_now)

    sweep()

    assert status(task) == TaskResultStatus.SUCCESSFUL


@with_a_worker
def test_tasks_are_kept_for_a_week():
    old, newer = (advance_import.enqueue(receive(ROWS).pk) for _ in range(2))
    work()
    days = {old.id: background.DAYS_KEPT + 1, newer.id: background.DAYS_KEPT - 1}
    for each, ago in days.items():
        DBTaskResult.objects.filter(pk=each).update(finished_at=timezone.now() - timedelta(days=ago))

    sweep()

    assert [str(each) for each in DBTaskResult.objects.values_list("pk", flat=True)] == [newer.id]


@with_a_worker
def test_a_task_of_an_import_that_is_no_more_does_no_harm():
    before = on_record()
    task = advance_import.enqueue(12345)

    work()

    assert (status(task), on_record()) == (TaskResultStatus.SUCCESSFUL, before)


# --- At work ---------------------------------------------------------------------------------------


def test_whoever_is_at_work_is_known_until_the_block_ends(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    with liveness._hold_file(7) as first, liveness._hold_file(7) as second, liveness._hold_file(8) as other:
        assert (first, second, other) == (True, False, True)

    with liveness._hold_file(7) as again:
        assert again


def test_nobody_is_at_work_after_something_went_wrong():
    file_import = receive(ROWS)

    with pytest.raises(RuntimeError), working_on(file_import.pk):
        raise RuntimeError

    assert operations.is_import_alone(file_import.pk)
    assert advance(file_import).state == State.PREVIEW


def test_a_file_that_cannot_be_kept_leaves_nothing_behind(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path

    def fail(self, *_, **__):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(FileImport, "save", fail)

    with pytest.raises(RuntimeError):
        receive(ROWS)

    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
    assert not FileImport.objects.filter(kind=PURCHASES).exists()
