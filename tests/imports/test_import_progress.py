"""The page of an import at work: its progress, with and without scripts, and whether a worker is at work."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from licences.imports.progress import duration_text, import_progress
from licences.models import FileImport
from licensing_portal.accounts.operations import sessions
from tests.imports.entry_points import State, confirm, confirmed, preview, receive
from tests.imports.files import csv_bytes, row
from tests.imports.import_pages import page, shown
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = timezone.now()


def at_work(state, *, ago=0, begun=10, **values):
    """An import in this state, whose worker wrote its last heartbeat ``ago`` seconds before ``NOW``."""
    return FileImport(
        state=state,
        uploaded_at=NOW - timedelta(seconds=begun),
        began_at=NOW - timedelta(seconds=begun),
        heartbeat_at=NOW - timedelta(seconds=ago),
        **values,
    )


def in_between(file_import, **values):
    """The import as it is while a worker is working on it."""
    FileImport.objects.filter(pk=file_import.pk).update(heartbeat_at=timezone.now(), **values)
    file_import.refresh_from_db()
    return file_import


# --- How far ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_reading_is_measured_by_how_much_of_the_file_was_read():
    progress = import_progress(at_work(State.READING, begun=10, rows_read=40_000, fraction_read=0.8), now=NOW)

    assert (progress.percent, progress.rate, progress.seconds_left) == (80, 4_000, 2)


@pytest.mark.django_db
def test_checking_is_measured_by_rows():
    progress = import_progress(at_work(State.CHECKING, begun=3, rows_read=90_000, rows_checked=30_000), now=NOW)

    assert (progress.percent, progress.rate, progress.seconds_left) == (33, 10_000, 6)


@pytest.mark.django_db
@each_row(
    "file_import",
    [
        at_work(State.READING, fraction_read=0.001, rows_read=20),
        at_work(State.READING, begun=0, fraction_read=0.5, rows_read=20),
        at_work(State.CHECKING, rows_read=0),
        at_work(State.APPLYING, rows_read=20),
        at_work(State.WAITING),
    ],
)
def test_it_promises_nothing_that_it_cannot_know(file_import):
    progress = import_progress(file_import, now=NOW)

    assert (progress.rate, progress.time_left) == (None, "")


@pytest.mark.django_db
def test_a_clock_that_was_put_back_is_no_obstacle():
    progress = import_progress(at_work(State.READING, begun=-60, fraction_read=0.5, rows_read=9), now=NOW)

    assert (progress.seconds, progress.rate) == (0, None)


@each_row(
    ("seconds", "words"),
    [
        (0, "less than a second"),
        (1, "1 second"),
        (99, "99 seconds"),
        (100, "2 minutes"),
        (3_600, "60 minutes"),
        (6_000, "2 hours"),
        (7_300, "2 hours"),
    ],
)
def test_times_are_no_more_exact_than_they_are_known(seconds, words):
    assert duration_text(seconds) == words


# --- Is anybody at it? -----------------------------------------------------------------------------------


@pytest.mark.django_db
@each_row(
    ("state", "quiet", "trouble"),
    [
        (State.WAITING, 29, ""),
        (State.WAITING, 31, "no-worker"),
        (State.CONFIRMED, 29, ""),
        (State.CONFIRMED, 31, "no-worker"),
        (State.READING, 59, ""),
        (State.READING, 61, "silent"),
        (State.CHECKING, 61, "silent"),
        (State.APPLYING, 800, ""),
        (State.APPLYING, 901, "silent"),
    ],
)
def test_it_says_when_nobody_is_at_it(state, quiet, trouble):
    assert import_progress(at_work(state, ago=quiet), now=NOW).trouble == trouble


@each_row(
    ("state", "quiet", "trouble"),
    [
        (State.READING, 5, "queued"),
        (State.CHECKING, 5, "queued"),
        (State.APPLYING, 300, "queued"),
        (State.READING, 120, "no-worker"),
        (State.WAITING, 5, "no-worker"),
        (State.PREVIEW, 5, "no-worker"),
    ],
)
def test_an_import_may_wait_for_another_that_a_worker_is_at(state, quiet, trouble):
    other = receive(csv_bytes(row()))
    FileImport.objects.filter(pk=other.pk).update(state=state, heartbeat_at=NOW - timedelta(seconds=quiet))

    assert import_progress(at_work(State.WAITING, ago=31), now=NOW).trouble == trouble


def test_the_page_says_what_an_administrator_has_to_do(staff):
    waiting = receive(csv_bytes(row()))
    FileImport.objects.filter(pk=waiting.pk).update(uploaded_at=timezone.now() - timedelta(minutes=1))

    said = page(staff, waiting)

    assert "This import has not started yet Ask an administrator to start manage.py worker ." in said


def test_a_confirmed_import_has_its_time_to_be_taken_up(staff):
    found = preview(csv_bytes(row()))
    FileImport.objects.filter(pk=found.pk).update(heartbeat_at=timezone.now() - timedelta(hours=3))

    assert "This import has not started yet" not in page(staff, confirm(found))


# --- The page ----------------------------------------------------------------------------------------------


def test_the_page_shows_rows_rate_and_time_left(staff):
    began = timezone.now() - timedelta(seconds=10)
    found = in_between(
        receive(csv_bytes(row())), state=State.READING, began_at=began, rows_read=123_456, fraction_read=0.5
    )

    answer = staff.get(found.get_absolute_url())

    assert "123,456 rows" in shown(answer)
    assert "rows per second." in shown(answer)
    assert "About 10 seconds left." in shown(answer)
    assert b'value="50" max="100"' in answer.content


def test_the_page_opens_itself_anew_without_scripts_as_long_as_work_goes_on(staff):
    found = receive(csv_bytes(row()))
    refresh = b'<noscript><meta http-equiv="refresh"'

    assert refresh in staff.get(found.get_absolute_url()).content
    assert refresh not in staff.get(preview(csv_bytes(row(quantity=2))).get_absolute_url()).content


def test_while_the_last_transaction_runs_the_page_says_applying(staff):
    found = in_between(confirm(preview(csv_bytes(row()))), state=State.APPLYING, began_at=timezone.now())

    said = page(staff, found)

    assert "so far). All rows are saved together, or none." in said
    assert "You can close this page: the import continues." in said


def test_the_progress_comes_as_data_for_scripts(staff):
    began = timezone.now() - timedelta(seconds=10)
    found = in_between(receive(csv_bytes(row())), state=State.READING, began_at=began, rows_read=40, fraction_read=0.8)

    told = staff.get(f"{found.get_absolute_url()}?format=json").json()

    assert (told["state"], told["at_work"], told["rows_read"], told["fraction"]) == ("reading", True, 40, 0.8)
    assert told["announcement"] == "being read: 75 %"
    assert '<progress value="80" max="100"' in told["html"]


@each_row("arrive", [preview, lambda content: confirmed(preview(content))])
def test_the_data_say_when_there_is_nothing_to_wait_for(arrive, staff):
    found = arrive(csv_bytes(row()))

    told = staff.get(f"{found.get_absolute_url()}?format=json").json()

    assert (told["at_work"], told["state"]) == (False, found.state)


def test_the_data_are_for_those_who_may_see_the_page(stranger, as_user, client):
    address = f"{receive(csv_bytes(row())).get_absolute_url()}?format=json"

    assert as_user(stranger).get(address).status_code == 403
    assert client.get(address).status_code == 302


@each_row("query", ["?format=json", "?anew=1"])
def test_a_page_that_follows_an_import_keeps_no_session_alive(query, staff):
    found = in_between(receive(csv_bytes(row())), state=State.READING, began_at=timezone.now())
    long_ago = int(time.time()) - 600
    session = staff.session
    session[sessions.SEEN] = long_ago
    session.save()

    assert staff.get(f"{found.get_absolute_url()}{query}").status_code == 200
    assert staff.session[sessions.SEEN] == long_ago
    assert staff.get(found.get_absolute_url()).status_code == 200
    assert staff.session[sessions.SEEN] > long_ago


def test_without_scripts_the_page_says_that_it_opened_itself(staff):
    found = receive(csv_bytes(row()))

    assert b'content="3; url=?anew=1"' in staff.get(found.get_absolute_url()).content


def test_asking_how_far_it_is_costs_few_questions(staff, django_assert_max_num_queries):
    found = in_between(receive(csv_bytes(row())), state=State.READING, began_at=timezone.now())

    with django_assert_max_num_queries(5):
        staff.get(f"{found.get_absolute_url()}?format=json")
