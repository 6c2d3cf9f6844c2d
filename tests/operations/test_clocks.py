"""A clock that was ahead and has been corrected: wrong release codes, and imports with their workers."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus

from licences import imports, tasks
from licences.imports.progress import import_progress
from licences.models import FileImport
from licences.operations.wrong_release_codes import record_wrong_release_code
from licences.queries import approvals
from tests import factories

A_DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def file_import(db):
    """An import that is being read, with a heartbeat from a clock that was a day ahead."""
    ahead = timezone.now() + A_DAY
    made = FileImport.objects.create(
        kind=FileImport.Kind.PURCHASES, state=FileImport.State.READING, upload="imports/a.csv", heartbeat_at=ahead
    )
    FileImport.objects.filter(pk=made.pk).update(uploaded_at=ahead)
    made.refresh_from_db()
    return made


def test_wrong_codes_of_a_clock_that_was_ahead_hold_nobody_up(db):
    now, serial = timezone.now(), factories.bought()
    for number in range(9):
        record_wrong_release_code(serial, f"ABCDEFGHI{number}", by="web", now=now + A_DAY)

    assert approvals.recent_wrong_release_codes(serial, now=now).count() == 0


def test_with_the_next_one_they_count_as_given_now(db):
    now, serial = timezone.now(), factories.bought()
    record_wrong_release_code(serial, "ABCDEFGHIJ", by="web", now=now + 30 * A_DAY)

    assert record_wrong_release_code(serial, "ABCDEFGHIX", by="web", now=now) == 2
    assert approvals.recent_wrong_release_codes(serial, now=now + A_DAY).count() == 0


def test_codes_of_a_server_that_is_some_seconds_ahead_count(db):
    now, serial = timezone.now(), factories.bought()
    record_wrong_release_code(serial, "ABCDEFGHIJ", by="web", now=now + timedelta(seconds=20))

    assert approvals.recent_wrong_release_codes(serial, now=now).count() == 1


def test_a_sign_of_life_from_the_future_is_none(file_import):
    assert imports.abandoned_imports() == [file_import.pk]


def test_the_page_of_an_import_says_that_its_worker_is_silent(file_import):
    assert import_progress(file_import, now=timezone.now()).trouble == "silent"


def test_a_task_that_a_killed_worker_began_in_the_future_is_ended(file_import):
    task = tasks.advance_import.enqueue(file_import.pk).db_result
    type(task).objects.filter(pk=task.pk).update(
        status=TaskResultStatus.RUNNING, started_at=timezone.now() + A_DAY, worker_ids=["gone"]
    )

    tasks._fail_tasks_without_worker(now=timezone.now())

    task.refresh_from_db()
    assert task.status == TaskResultStatus.FAILED


def test_retention_is_applied_again_after_the_clock_was_ahead(db, monkeypatch):
    now, applied = timezone.now(), []
    monkeypatch.setattr("licences.operations.apply_retention", lambda *, now: applied.append(now))
    monkeypatch.setattr(tasks, "_retention_applied", {"at": now + 3 * A_DAY})

    tasks._apply_retention(now=now)
    tasks._apply_retention(now=now)

    assert applied == [now]
