"""``backup``: the database by its own tool and the uploads, as a whole or not at all, for its owner only."""

import sqlite3
import stat
import subprocess
import tarfile
from contextlib import closing
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from licences.management import backups
from licences.models import Product
from tests import factories, servers

OLD = ("2026-11-01T013000Z", "2026-11-02T013000Z", "2026-11-03T013000Z")


@pytest.fixture
def folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media" / "imports").mkdir(parents=True)
    (tmp_path / "media" / "imports" / "purchases.csv").write_text("PO-1")
    return tmp_path / "backups"


def backup(folder, *arguments):
    output = StringIO()
    call_command("backup", str(folder), *arguments, stdout=output)
    return output.getvalue()


@pytest.mark.django_db(transaction=True)
def test_it_holds_the_database_and_the_uploads_and_names_what_it_does_not(folder):
    if connection.vendor == "postgresql":
        servers.programs()
    factories.catalogue()

    said = backup(folder)

    [made] = folder.iterdir()
    files = sorted(path.name for path in made.iterdir())
    assert files == [backups.COPY if connection.vendor == "sqlite" else backups.DUMP, backups.UPLOADS]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.iterdir()} == {0o600}
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert _has_product(made, Product.objects.first().sku)
    with tarfile.open(made / backups.UPLOADS) as archive:
        assert archive.extractfile("imports/purchases.csv").read() == b"PO-1"
    assert ".env" in said
    assert "anchors" in said


def _has_product(made, sku):
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(made / backups.COPY)) as copy:
            return copy.execute("SELECT count(*) FROM licences_product WHERE sku = ?", [sku]).fetchone()[0] == 1
    command = [servers.programs() / "pg_restore", "--data-only", "--table=licences_product", "--file=-"]
    return sku in subprocess.run([*command, made / backups.DUMP], capture_output=True, text=True, check=True).stdout


def test_only_the_newest_are_kept_and_nothing_else_is_touched(folder, monkeypatch):
    for name in (*OLD, "2026-11-04T013000Z.part", "mine", "mine.part"):
        (folder / name).mkdir(parents=True)
    monkeypatch.setattr(backups, "_copy_sqlite", lambda target: target.touch())
    monkeypatch.setattr(backups, "_dump_postgresql", lambda target: target.touch())

    said = backup(folder, "--keep", "2")

    left = sorted(path.name for path in folder.iterdir())
    assert left[0] == OLD[2]
    assert left[2:] == ["mine", "mine.part"]
    assert "older ones removed: 3" in said


def test_a_tool_that_fails_leaves_no_half_backup_and_removes_no_old_one(folder, monkeypatch):
    (folder / OLD[0]).mkdir(parents=True)

    def fail(target):
        target.touch()
        raise backups.BackupError("pg_dump failed: server version mismatch")

    monkeypatch.setattr(backups, "_copy_sqlite", fail)
    monkeypatch.setattr(backups, "_dump_postgresql", fail)

    with pytest.raises(CommandError, match="server version mismatch"):
        backup(folder, "--keep", "1")

    assert [path.name for path in folder.iterdir()] == [OLD[0]]


def test_a_password_is_not_in_the_address_that_other_users_see():
    address, password = backups._conninfo(
        {"dbname": "portal", "host": "a,b", "password": "geheim", "target_session_attrs": "read-write", "context": 1}
    )

    assert password == "geheim"
    assert "geheim" not in address
    assert "target_session_attrs=read-write" in address
    assert "context" not in address


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(CommandError, match="cannot be written"):
        backup(tmp_path / "file" / "backups")
