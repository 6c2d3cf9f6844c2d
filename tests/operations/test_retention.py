"""Retention: data is deleted after the number of days in the settings; proof is kept
(docs/personal-data.md#how-long-things-are-kept).
"""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from licences import operations, tasks
from licences.models import FileImport, RefusedClaim, RejectedRow, SerialGuess
from tests import factories
from tests.imports import entry_points, files

NOW = timezone.now()


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def in_days(days):
    return operations.apply_retention(now=NOW + timedelta(days=days))


@pytest.fixture
def file_import(catalogue):
    rows = files.row(), files.row("PO-2", product="NO-SUCH")
    return entry_points.through_the_page(files.csv_bytes(*rows), accept_valid=True)


def test_uploaded_files_go_and_what_came_of_them_stays(file_import):
    path = Path(file_import.upload.path)

    assert in_days(89)["import files"] == 0
    assert path.exists()
    assert in_days(91)["import files"] == 1

    file_import.refresh_from_db()
    assert not path.exists()
    assert (file_import.upload.name, file_import.state, len(file_import.sha256)) == ("", "applied", 64)
    assert file_import.grants.count() == 1


def test_the_file_of_an_import_that_waits_stays(catalogue):
    waiting = entry_points.preview(files.csv_bytes(files.row()))

    assert in_days(1000)["import files"] == 0
    assert Path(waiting.upload.path).exists()


def test_rejected_rows_go(file_import, settings):
    settings.KEEP_REJECTED_ROWS_DAYS = 10

    assert in_days(9)["rejected rows"] == 0
    assert in_days(11)["rejected rows"] == 1
    assert not RejectedRow.objects.exists()


def test_abuse_counts_and_addresses_go(catalogue):
    serial = factories.bought()
    seen = {"first_at": NOW, "last_at": NOW}
    RefusedClaim.objects.create(serial=serial, kind=RefusedClaim.Kind.SERIAL_IN_USE, **seen)
    SerialGuess.objects.create(address="192.0.2.7", **seen)

    assert (in_days(29)["addresses"], in_days(31)["addresses"]) == (0, 1)
    assert (in_days(364)["refused attempts"], in_days(366)["refused attempts"]) == (0, 1)


def test_sessions_that_have_ended_go(db):
    Session.objects.create(session_key="a" * 32, session_data="", expire_date=NOW)

    assert in_days(1)["sessions"] == 1


def test_files_that_no_import_names_go_after_a_day(file_import):
    name = default_storage.save("imports/orphan.csv", ContentFile(b"Nordlicht"))
    assert in_days(0)["orphaned files"] == 0
    long_ago = (NOW - timedelta(days=2)).timestamp()
    for file in (name, file_import.upload.name):
        os.utime(default_storage.path(file), (long_ago, long_ago))

    assert in_days(0)["orphaned files"] == 1
    assert not default_storage.exists(name)
    assert default_storage.exists(file_import.upload.name)


def test_the_command_says_how_much(file_import, capsys):
    FileImport.objects.update(ended_at=NOW - timedelta(days=100))

    call_command("apply_retention")

    assert "import files: 1\n" in capsys.readouterr().out


def test_the_worker_does_it_once_a_day(file_import, monkeypatch):
    monkeypatch.setattr(tasks, "_retention_applied", {})
    FileImport.objects.update(ended_at=NOW - timedelta(days=100))
    tasks.recover_abandoned_work()
    assert not FileImport.objects.exclude(upload="").exists()

    later = entry_points.through_the_page(files.csv_bytes(files.row("PO-3")))
    FileImport.objects.update(ended_at=NOW - timedelta(days=100))
    tasks.recover_abandoned_work()

    assert Path(later.upload.path).exists()
