"""Recovery: abandoned imports are found, tasks without a worker are ended, and leftovers are deleted."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from licences import imports
from licences import tasks as background
from licences.imports import locks, recovery
from licences.imports.locks import working_on
from licences.models import FileImport, RejectedRow
from licences.tasks import advance_import, recover_abandoned_work
from tests.imports.entry_points import (
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
from tests.imports.files import csv_bytes, row
from tests.imports.processes import LONG_AGO, tasks, time_passes, work
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")
with_a_worker = pytest.mark.django_db(transaction=True)  # the worker closes connections between tasks

ROWS = csv_bytes(row("PO-1"), row("PO-2", quantity="x"))


def abandoned(content=ROWS):
    """An uploaded file without a recent heartbeat."""
    file_import = receive(content)
    time_passes()
    return file_import


def status(task):
    return DBTaskResult.objects.get(pk=task.id).status


def running(file_import, *, since=LONG_AGO):
    """A task that a worker has taken, and whose worker may be gone."""
    task = advance_import.enqueue(file_import.pk)
    DBTaskResult.objects.filter(pk=task.id).update(
        status=TaskResultStatus.RUNNING, started_at=timezone.now() - since, worker_ids=["gone"]
    )
    return task


# --- Imports ---------------------------------------------------------------------------------------


@with_a_worker
def test_a_file_that_waits_for_long_is_taken_up():
    file_import = abandoned()

    recover_abandoned_work()
    work()

    file_import.refresh_from_db()
    assert file_import.state == State.PREVIEW
    assert tasks(TaskResultStatus.SUCCESSFUL) == 1


def test_a_file_that_was_uploaded_a_moment_ago_is_left_to_its_task():
    receive(ROWS)

    assert imports.abandoned_imports() == []


def test_an_import_that_gave_a_sign_of_life_is_left_alone():
    file_import = abandoned()
    FileImport.objects.update(state=State.READING, heartbeat_at=timezone.now())
    assert imports.abandoned_imports() == []

    FileImport.objects.update(heartbeat_at=timezone.now() - recovery.UNATTENDED_AFTER)
    assert imports.abandoned_imports() == [file_import.pk]


def test_a_file_whose_task_waits_already_is_given_no_other():
    advance_import.enqueue(abandoned().pk)

    recover_abandoned_work()
    recover_abandoned_work()

    assert tasks(TaskResultStatus.READY) == 1


def test_two_sweeps_create_one_task_for_an_import():
    abandoned()

    recover_abandoned_work()
    recover_abandoned_work()

    assert tasks(TaskResultStatus.READY) == 1


@each_row("state", [State.PREVIEW, *FileImport.ENDED])
def test_what_waits_for_a_person_or_has_ended_is_not_taken_up(state):
    abandoned()
    FileImport.objects.update(state=state)

    assert imports.abandoned_imports() == []


@with_a_worker
def test_one_that_was_confirmed_is_taken_up_and_applied():
    file_import = confirm(preview(csv_bytes(row())))
    time_passes()

    recover_abandoned_work()
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

    assert imports.abandoned_imports() == []

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

    monkeypatch.setattr(recovery, "working_on", ended_just_now)

    imports.abandoned_imports()

    file_import.refresh_from_db()
    assert file_import.state == State.APPLIED


def test_rows_that_an_ended_import_left_are_cleared_but_for_the_rejected_ones():
    file_import = preview(ROWS)
    FileImport.objects.update(state=State.APPLIED, ended_at=timezone.now())

    recover_abandoned_work()

    file_import.refresh_from_db()
    assert not file_import.holds_rows
    assert (waiting_rows(), RejectedRow.objects.count()) == (0, 1)


def test_rows_of_other_imports_are_not_cleared():
    preview(ROWS)
    ended = confirmed(preview(csv_bytes(row("PO-7"))))
    FileImport.objects.filter(pk=ended.pk).update(holds_rows=True)
    before = waiting_rows()

    recover_abandoned_work()

    assert waiting_rows() == before == 2


# --- Tasks -----------------------------------------------------------------------------------------


@each_row("state", [State.PREVIEW, State.APPLIED, State.FAILED])
def test_a_task_whose_worker_is_gone_has_failed_whatever_became_of_its_import(state):
    file_import = receive(ROWS)
    FileImport.objects.update(state=state)
    task = running(file_import)

    recover_abandoned_work()

    assert status(task) == TaskResultStatus.FAILED


def test_a_task_of_an_import_that_is_no_more_has_failed_as_well(tmp_path):
    file_import = at_once(tmp_path / "purchases.csv", csv_bytes(row()), dry_run=True)
    task = running(file_import)
    imports.discard_import(file_import)

    recover_abandoned_work()

    assert status(task) == TaskResultStatus.FAILED


def test_a_task_that_was_taken_a_moment_ago_still_runs():
    task = running(receive(ROWS), since=timedelta(seconds=1))

    recover_abandoned_work()

    assert status(task) == TaskResultStatus.RUNNING


def test_a_task_that_ends_while_it_is_looked_at_stays_as_it_ended(monkeypatch):
    task = running(receive(ROWS))

    def ended_just_now(file_import_id):
        DBTaskResult.objects.get(pk=task.id).set_successful(None)
        return True

    monkeypatch.setattr(imports, "is_import_unattended", ended_just_now)

    recover_abandoned_work()

    assert status(task) == TaskResultStatus.SUCCESSFUL


@with_a_worker
def test_tasks_are_kept_for_a_week():
    old, newer = (advance_import.enqueue(receive(ROWS).pk) for _ in range(2))
    work()
    days = {old.id: background.DAYS_KEPT + 1, newer.id: background.DAYS_KEPT - 1}
    for each, ago in days.items():
        DBTaskResult.objects.filter(pk=each).update(finished_at=timezone.now() - timedelta(days=ago))

    recover_abandoned_work()

    left = DBTaskResult.objects.filter(task_path=advance_import.module_path)
    assert [str(each) for each in left.values_list("pk", flat=True)] == [newer.id]


@with_a_worker
def test_a_task_of_an_import_that_is_no_more_does_no_harm():
    before = on_record()
    task = advance_import.enqueue(12345)

    work()

    assert (status(task), on_record()) == (TaskResultStatus.SUCCESSFUL, before)


# --- At work ---------------------------------------------------------------------------------------


def test_whoever_is_at_work_is_known_until_the_block_ends(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    with locks._lock_file("7") as first, locks._lock_file("7") as second, locks._lock_file("8") as other:
        assert (first, second, other) == (True, False, True)

    with locks._lock_file("7") as again:
        assert again


def test_nobody_is_at_work_after_something_went_wrong():
    file_import = receive(ROWS)

    with pytest.raises(RuntimeError), working_on(file_import.pk):
        raise RuntimeError

    assert imports.is_import_unattended(file_import.pk)
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
