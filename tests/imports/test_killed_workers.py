"""A worker killed at any point has applied nothing or everything, and the next one completes the import.

Real processes on a real database, ended with SIGKILL.
"""

import os
import signal
import subprocess
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import InterfaceError, OperationalError
from django_tasks import TaskResultStatus

from licences import imports
from licences import tasks as background
from licences.imports import lifecycle, recovery
from licences.imports.recovery import is_import_unattended
from licences.management.commands import worker
from licences.models import Event, FileImport, RejectedRow
from licences.tasks import advance_import, recover_abandoned_work
from licences.wording.sentences import sentence
from tests import event_chain
from tests.imports import processes
from tests.imports.entry_points import State, balances, confirm, counts, on_record, preview, receive, waiting_rows
from tests.imports.files import csv_bytes, row
from tests.imports.processes import killed, next_worker, stopped, tasks, time_passes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("catalogue")]

ROWS = [
    row("PO-1", quantity=3),
    row("PO-2", product="XCH-USR"),
    row("PO-3", quantity=2),
    row("PO-4", customer_number="K-2"),
]


@pytest.fixture(autouse=True)
def nobody_waits_for_a_sign_of_life(monkeypatch):
    monkeypatch.setattr(recovery, "UNATTENDED_AFTER", timedelta(0))
    monkeypatch.setattr(background, "STARTUP_TIME", timedelta(0))


def handed_to_a_worker(file_import):
    advance_import.enqueue(file_import.pk)
    return file_import


@pytest.fixture
def uploaded(db):
    return handed_to_a_worker(receive(csv_bytes(*ROWS)))


@pytest.fixture
def confirmed(db):
    return handed_to_a_worker(confirm(preview(csv_bytes(*ROWS))))


def everything_is_applied(file_import):
    file_import.refresh_from_db()
    assert file_import.state == State.APPLIED
    assert sorted(balances().values()) == [1, 1, 5]
    assert Event.objects.filter(kind=Event.Kind.PURCHASES_RECORDED).count() == 1
    assert event_chain.flaws() == []
    assert waiting_rows() == 0
    return True


# --- Killed while … --------------------------------------------------------------------------------


@pytest.mark.parametrize("point", ["reading", "checking"])
def test_a_file_whose_worker_was_killed_is_read_and_checked_by_the_next(uploaded, point):
    before = on_record()
    killed(point)
    uploaded.refresh_from_db()
    assert (uploaded.is_running, on_record()) == (True, before)

    next_worker()

    uploaded.refresh_from_db()
    assert (uploaded.state, counts(uploaded)) == (State.PREVIEW, {"new": 4})
    assert uploaded.rows_read == 4
    assert on_record() == before
    assert tasks(TaskResultStatus.RUNNING) == 0


@pytest.mark.parametrize("point", ["applying", "ending"])
def test_of_what_was_being_applied_nothing_is_on_record_and_the_next_applies_all_of_it(confirmed, point):
    before = on_record()
    killed(point)
    assert on_record() == before

    next_worker()

    assert everything_is_applied(confirmed)
    assert tasks(TaskResultStatus.RUNNING) == 0


@pytest.mark.parametrize("point", ["applied", "done"])
def test_what_was_applied_stays_and_the_next_clears_away(confirmed, point):
    killed(point)
    before = on_record()

    next_worker()

    assert on_record() == before
    assert everything_is_applied(confirmed)
    assert tasks(TaskResultStatus.RUNNING) == 0
    confirmed.refresh_from_db()
    assert not confirmed.holds_rows


def test_while_somebody_is_at_work_nobody_else_takes_it_up(uploaded):
    with stopped("reading"):
        assert not is_import_unattended(uploaded.pk)

        recover_abandoned_work()

        assert (tasks(TaskResultStatus.READY), tasks(TaskResultStatus.RUNNING)) == (0, 1)

    next_worker()
    uploaded.refresh_from_db()
    assert uploaded.state == State.PREVIEW


def test_it_is_known_to_be_at_work_also_while_nothing_can_be_written(confirmed):
    """SQLite has one writer, and the last transaction of an import is long
    (docs/decisions.md#signs-of-life-of-a-worker)."""
    with stopped("ending"):
        confirmed.refresh_from_db()
        assert confirmed.state == State.APPLYING

        assert imports.abandoned_imports() == []

    next_worker()
    assert everything_is_applied(confirmed)


def test_a_real_worker_takes_up_what_another_left_behind(confirmed):
    killed("applying")
    time_passes()

    worker = processes.begun("manage.py", "worker", "--batch", "--no-startup-delay", "--verbosity", "0")
    _out, said = worker.communicate(timeout=processes.PATIENCE)

    assert worker.returncode == 0, said
    assert everything_is_applied(confirmed)


# --- Not for ever ----------------------------------------------------------------------------------


def test_an_import_that_breaks_off_three_times_is_given_up_with_a_sentence(confirmed, monkeypatch):
    before, attempts = on_record(), []

    def break_off(file_import):
        attempts.append(file_import.pk)
        raise MemoryError

    monkeypatch.setattr(lifecycle, "_apply_previewed", break_off)

    next_worker()

    confirmed.refresh_from_db()
    assert attempts == [confirmed.pk] * 3
    assert (confirmed.state, confirmed.has_ended) == (State.FAILED, True)
    assert "3 times" in sentence(**confirmed.failure)
    assert (on_record(), waiting_rows()) == (before, 0)
    assert tasks(TaskResultStatus.FAILED) == 3


def test_attempts_are_counted_before_the_work(confirmed):
    FileImport.objects.update(attempts=lifecycle.MAX_ATTEMPTS - 1)
    killed("applying")

    next_worker()

    confirmed.refresh_from_db()
    assert confirmed.state == State.FAILED


def test_a_file_that_no_task_was_made_for_is_found(db):
    """The web server was killed between storing the file and creating its task."""
    file_import = receive(csv_bytes(*ROWS))

    next_worker()

    file_import.refresh_from_db()
    assert file_import.state == State.PREVIEW


def test_a_command_that_was_killed_is_withdrawn_and_its_rows_cleared(tmp_path):
    path = tmp_path / "purchases.csv"
    path.write_bytes(csv_bytes(row("PO-0", quantity="x"), *ROWS))
    before = on_record()
    killed("reading", "import_purchases", path)
    assert waiting_rows() == 1

    next_worker()

    ended = FileImport.objects.get()
    assert (ended.state, ended.holds_rows) == (State.WITHDRAWN, False)
    assert (on_record(), waiting_rows()) == (before, 0)
    assert RejectedRow.objects.count() == 1


def test_a_command_that_was_killed_while_it_applied_has_written_nothing(tmp_path):
    path = tmp_path / "purchases.csv"
    path.write_bytes(csv_bytes(*ROWS))
    before = on_record()
    killed("ending", "import_purchases", path)

    next_worker()

    assert (FileImport.objects.get().state, on_record()) == (State.WITHDRAWN, before)


# --- A worker's own life -------------------------------------------------------------------------------


def test_a_worker_ends_with_the_process_that_began_it():
    begin = (
        "import subprocess, sys, time\n"
        "worker = subprocess.Popen([sys.executable, 'manage.py', 'worker', '--with-parent'])\n"
        "print(worker.pid, flush=True)\n"
        "time.sleep(600)"
    )
    parent = processes.begun("-c", begin)
    worker = int(parent.stdout.readline())
    while "Starting worker" not in (said := parent.stderr.readline()):
        assert said, "it has not begun"

    parent.send_signal(signal.SIGKILL)

    try:
        parent.communicate(timeout=processes.PATIENCE)  # the output of both processes, to its end
    except subprocess.TimeoutExpired:
        os.kill(worker, signal.SIGKILL)
        pytest.fail("The worker outlived its parent.")


def test_a_worker_outlives_a_database_that_is_busy_for_long(monkeypatch):
    answers = [OperationalError("database is locked"), InterfaceError("connection already closed"), None]
    monkeypatch.setattr(worker, "FIRST_PAUSE", 0)
    monkeypatch.setattr(worker, "_start_thread", lambda *_: None)

    def run(self, **_):
        answer = answers.pop(0)
        if answer:
            raise answer

    monkeypatch.setattr(worker.db_worker.Command, "handle", run)

    call_command("worker")

    assert answers == []


def test_a_worker_for_what_waits_now_says_that_the_database_does_not_answer(monkeypatch):
    def run(self, **_):
        raise OperationalError("database is locked")

    monkeypatch.setattr(worker.db_worker.Command, "handle", run)

    with pytest.raises(OperationalError):
        call_command("worker", batch=True)


def test_the_sweep_goes_on_after_any_error(monkeypatch):
    swept = []

    def failing_sweep():
        swept.append(True)
        raise RuntimeError

    def sleep(seconds):
        if len(swept) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(worker.time, "sleep", sleep)

    with pytest.raises(KeyboardInterrupt):
        worker._repeat(failing_sweep, *worker.RECOVERY[1:])

    assert len(swept) == 2
