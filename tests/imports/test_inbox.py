"""The watched folder: files are imported without a person, once, and move to where they belong."""

import json
import os
from datetime import timedelta

import pytest

from licences import operations
from licences import tasks as background
from licences.imports import inbox, recovery
from licences.models import Event, FileImport, LicenceGrant
from licences.tasks import recover_abandoned_work
from tests import event_chain, factories
from tests.imports.entry_points import State, balances, confirmed
from tests.imports.files import csv_bytes, row, xlsx_bytes
from tests.imports.import_pages import page
from tests.imports.processes import killed, next_worker, time_passes, work
from tests.imports.side_by_side import done

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("catalogue")]

ROWS = (row("PO-1", quantity=3), row("PO-2", product="XCH-USR", customer_number="K-2"))
FILES = {"csv": lambda: csv_bytes(*ROWS), "xlsx": lambda: xlsx_bytes(*ROWS)}


@pytest.fixture(autouse=True)
def folder(settings, monkeypatch, tmp_path):
    """The folder of the sender ``default``, in which a file counts as complete at once."""
    made = tmp_path / "inbox" / "default"
    made.mkdir(parents=True)
    settings.IMPORT_INBOX, settings.IMPORT_INBOX_QUIET_SECONDS = str(made.parent), 0
    monkeypatch.setenv("IMPORT_INBOX", str(made.parent))
    monkeypatch.setenv("IMPORT_INBOX_QUIET_SECONDS", "0")
    monkeypatch.setattr(recovery, "UNATTENDED_AFTER", timedelta(0))
    monkeypatch.setattr(background, "STARTUP_TIME", timedelta(0))
    inbox._seen.clear()
    without_what_is_due_beside_imports(monkeypatch)
    return made


def without_what_is_due_beside_imports(monkeypatch):
    """A worker also counts lists of data quality and brings reminders and figures up to date.

    That takes longer than these files.
    """
    monkeypatch.setattr(operations, "claim_quality_count", lambda *, now: False)
    monkeypatch.setattr(operations, "refresh_reminders", lambda *, now: None)
    monkeypatch.setattr(operations, "refresh_figures", lambda *, now: None)


def rounds(number=4):
    """Let a worker look, and do what there is to do, several times."""
    for _ in range(number):
        recover_abandoned_work()
        work()


def files(folder, name=""):
    """The names of the files in the folder or one of its own, without reports."""
    place = folder / name
    return sorted(each.name for each in place.iterdir() if each.is_file()) if place.exists() else []


def put(folder, content, name="order.csv"):
    (folder / name).write_bytes(content)
    return folder / name


# --- What becomes of a file --------------------------------------------------------------------------


@pytest.mark.parametrize("extension", FILES)
def test_a_file_with_nothing_to_confirm_is_imported_and_moved(extension, folder):
    content = FILES[extension]()
    put(folder, content, f"order.{extension}")

    rounds()

    imported = FileImport.objects.get()
    assert (imported.state, imported.rows_applied) == (State.APPLIED, 2)
    moved = folder / "done" / f"{imported.pk}-order.{extension}"
    assert moved.read_bytes() == content
    assert files(folder) == []
    report = json.loads(moved.with_name(f"{moved.name}.json").read_text())
    assert (report["state"], report["new_serials"], report["rejected"]) == ("applied", 2, [])
    assert report["page"].endswith(imported.get_absolute_url())


def test_the_event_names_the_profile_as_who_did_it(folder):
    put(folder, FILES["csv"]())

    rounds()

    event = Event.objects.get(kind=Event.Kind.PURCHASES_RECORDED)
    assert event.actor == "profile default"
    assert event_chain.flaws() == []


@pytest.mark.parametrize("extension", FILES)
def test_a_file_with_a_rejected_row_waits_on_the_desk(extension, folder, staff):
    maker = {"csv": csv_bytes, "xlsx": xlsx_bytes}[extension]
    put(folder, maker(*ROWS, row("PO-3", product="XCH-NIL")), f"order.{extension}")

    rounds()

    waiting = FileImport.objects.get()
    assert waiting.state == State.PREVIEW
    assert not LicenceGrant.objects.exists()
    assert f"order.{extension}" in staff.get("/").content.decode()
    name = f"{waiting.pk}-order.{extension}"
    assert files(folder, "waiting") == [name, f"{name}.json"]
    report = json.loads((folder / "waiting" / f"{name}.json").read_text())
    assert report["rejected"] == [{"row": 4, "column": "product", "reason": "product-unknown"}]
    assert confirmed(waiting, accept_valid=True).state == State.APPLIED


def test_so_does_one_with_a_serial_number_like_a_known_one(folder):
    known = factories.bought(customer_number="K-8").code
    slip = known[:-1] + ("B" if known[-1] != "B" else "C")
    put(folder, csv_bytes(row("PO-9", customer_number="K-9", serial=slip)))

    rounds()

    assert FileImport.objects.get().state == State.PREVIEW
    assert len(files(folder, "waiting")) == 2


def test_a_file_that_cannot_be_read_waits_with_the_reason(folder):
    put(folder, b"%PDF-1.7")

    rounds()

    failed = FileImport.objects.get()
    assert failed.state == State.FAILED
    report = json.loads((folder / "waiting" / f"{failed.pk}-order.csv.json").read_text())
    assert (report["state"], report["failure"]) == ("failed", "file-of-other-kind")
    assert "PDF" in report["message"]


def test_a_file_with_unknown_columns_waits_for_a_person(folder):
    put(folder, b"one,two\n1,2\n")

    rounds()

    waiting = FileImport.objects.get()
    assert waiting.state == State.COLUMNS
    report = json.loads((folder / "waiting" / f"{waiting.pk}-order.csv.json").read_text())
    assert (report["state"], report["failure"]) == ("columns", "file-no-table")


def test_a_file_that_is_too_large_waits_with_the_reason(folder, settings):
    settings.IMPORT_MAX_BYTES = 10
    put(folder, FILES["csv"]())

    rounds()

    failed = FileImport.objects.get()
    assert json.loads((folder / "waiting" / f"{failed.pk}-order.csv.json").read_text())["failure"] == (
        "inbox-file-too-large"
    )


def test_the_same_file_again_changes_nothing_and_is_done(folder):
    put(folder, FILES["csv"]())
    rounds()
    put(folder, FILES["csv"](), "again.csv")

    rounds()

    again = FileImport.objects.latest("pk")
    assert (again.state, again.counts["unchanged"]) == (State.WITHDRAWN, 2)
    assert f"{again.pk}-again.csv" in files(folder, "done")
    assert LicenceGrant.objects.count() == 2


def test_its_page_says_who_brought_it(folder, staff):
    put(folder, FILES["csv"]())
    rounds()

    assert "uploaded by profile default" in page(staff, FileImport.objects.get())


# --- Which files -------------------------------------------------------------------------------------


def test_links_hidden_files_deeper_folders_and_unknown_senders_are_left_alone(folder, tmp_path):
    outside = put(tmp_path, FILES["csv"](), "outside.csv")
    (folder / "link.csv").symlink_to(outside)
    put(folder, FILES["csv"](), ".hidden.csv")
    (folder / "deeper").mkdir()
    put(folder / "deeper", FILES["csv"]())
    (folder.parent / "stranger").mkdir()
    put(folder.parent / "stranger", FILES["csv"]())
    (folder.parent / "linked").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.csv")

    rounds(2)

    assert not FileImport.objects.exists()


def test_a_file_that_is_still_written_waits_until_it_is_quiet(folder, settings, monkeypatch):
    settings.IMPORT_INBOX_QUIET_SECONDS = 60
    clock = iter([0, 59, 61, 100, 121])
    monkeypatch.setattr(inbox, "monotonic", lambda: next(clock))
    path = put(folder, b"purchase_reference")
    assert [inbox.scan_inbox(), inbox.scan_inbox()] == [[], []]
    path.write_bytes(FILES["csv"]())

    assert [inbox.scan_inbox(), inbox.scan_inbox()] == [[], []]
    assert len(inbox.scan_inbox()) == 1


def test_without_the_setting_nothing_is_watched(folder, settings):
    settings.IMPORT_INBOX = ""
    put(folder, FILES["csv"]())

    assert inbox.scan_inbox() == []


def test_a_folder_that_is_missing_keeps_nobody_from_work(settings):
    settings.IMPORT_INBOX = "/nowhere/at/all"

    assert inbox.scan_inbox() == []


def test_a_file_that_replaces_another_is_imported_as_well(folder, monkeypatch):
    put(folder, FILES["csv"]())
    rounds(2)
    other = csv_bytes(row("PO-8", customer_number="K-8"))
    write_report = inbox._write_report

    def replace_it(file_import, target):
        write_report(file_import, target)
        monkeypatch.setattr(inbox, "_write_report", write_report)
        put(folder, other, "new.tmp").replace(folder / "order.csv")

    monkeypatch.setattr(inbox, "_write_report", replace_it)
    rounds()

    assert set(LicenceGrant.objects.values_list("purchase_reference", flat=True)) == {"PO-1", "PO-2", "PO-8"}


# --- Several workers, and workers that are killed ------------------------------------------------------


def test_two_workers_take_it_in_once(folder):
    for number in range(3):
        put(folder, csv_bytes(row(f"PO-{number}")), f"{number}.csv")

    done(inbox.scan_inbox, inbox.scan_inbox)
    rounds()

    assert FileImport.objects.count() == 3
    assert LicenceGrant.objects.count() == 3
    assert len(files(folder, "done")) == 6


@pytest.mark.parametrize(
    ("point", "before"),
    [
        ("inbox-stored", 0),
        ("inbox-received", 0),
        ("reading", 0),
        ("inbox-confirmed", 1),
        ("applying", 1),
        ("applied", 1),
        ("inbox-reported", 2),
        ("inbox-moved", 2),
    ],
)
def test_a_file_whose_worker_was_killed_is_imported_once_and_not_lost(point, before, folder):
    content = FILES["csv"]()
    put(folder, content)
    rounds(before)
    time_passes()
    killed(point)

    time_passes()
    next_worker()
    rounds()

    imported = FileImport.objects.get()
    assert imported.state == State.APPLIED
    assert sorted(balances().values()) == [1, 3]
    assert Event.objects.filter(kind=Event.Kind.PURCHASES_RECORDED).count() == 1
    assert files(folder) == []
    assert files(folder, "done") == [f"{imported.pk}-order.csv", f"{imported.pk}-order.csv.json"]
    assert (folder / "done" / f"{imported.pk}-order.csv").read_bytes() == content
