"""After an older backup is restored, no sequence of an unlock code is used twice, and purchases keep their serials."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from licences.domain.codes import grouped, new_site_id
from tests import servers
from tests.drills import restoring
from tests.imports.files import row

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def with_products(tmp_path_factory):
    """The backup of a portal that has products and nothing else; migrations take long, so that they run once."""
    made = restoring.new_portal(tmp_path_factory.mktemp("portal"))
    try:
        made.manage("migrate", "-v", "0")
        made.act("catalogue")
        made.dump()
    finally:
        made.close()
    return made.backup


@pytest.fixture
def portal(tmp_path, with_products):
    drilled = restoring.new_portal(tmp_path)
    try:
        drilled.begin_with(with_products)
        yield drilled
    finally:
        drilled.close()


@pytest.fixture
def server(tmp_path):
    """The customer's server, which keeps its state when the portal is restored."""

    def act(*arguments):
        output = StringIO()
        call_command("xchange_server", *arguments, "--state", str(tmp_path / "server.json"), stdout=output)
        return output.getvalue()

    return act


def test_after_a_restore_numbers_and_serials_go_on_where_they_were(portal, server):
    site_id = new_site_id()
    server("new", "--site-id", site_id)
    portal.import_rows(row("PO-1"))
    serial = portal.act("serial_of", "PO-1")
    first = portal.act("register", serial, site_id)
    server("apply", serial, first["code"])
    portal.dump()

    portal.import_rows(row("PO-2", quantity=10))
    lost = portal.act("update", serial)
    server("apply", serial, lost["code"])
    new_customer = row("PO-3", customer_number="K-3", customer_name="Schmidt KG")
    lost_file = portal.import_rows(new_customer)
    lost_serial = portal.act("serial_of", "PO-3")
    lost_code = portal.act("register", lost_serial, new_site_id())
    portal.restore()

    output = portal.manage("after_restore")
    portal.import_rows(row("PO-4", quantity=99))
    after = portal.act("update", serial)
    # Another purchase for the same new customer comes first: its serial is the one that the reseller has already.
    portal.import_rows({**new_customer, "purchase_reference": "PO-5"})
    portal.import_rows(new_customer)
    again = portal.act("register", lost_serial, new_site_id())

    assert (first["sequence"], lost["sequence"], lost_code["sequence"]) == (1, 2, 1)
    assert f"lost: {lost_file}" in output
    assert "sequences raised by 100\n" in output
    assert after["sequence"] == 102
    assert after["code"] != lost["code"]
    assert "unlock code accepted" in server("apply", serial, after["code"])
    assert portal.act("serial_of", "PO-3") == portal.act("serial_of", "PO-5") == lost_serial
    assert again["sequence"] == 101
    assert portal.act("update", serial)["sequence"] == 102
    with pytest.raises(CommandError, match="older"):
        server("apply", serial, lost["code"])


def test_the_same_backup_restored_twice_does_not_raise_to_the_same_number(portal):
    portal.import_rows(row("PO-1"))
    serial = portal.act("serial_of", "PO-1")
    portal.act("register", serial, new_site_id())
    portal.dump()
    portal.manage("after_restore")
    portal.import_rows(row("PO-2"))
    between = portal.act("update", serial)
    portal.restore()

    output = portal.manage("after_restore")
    portal.import_rows(row("PO-6"))

    assert between["sequence"] == 102
    assert "and by 100 more, for earlier restores" in output
    assert portal.act("update", serial)["sequence"] == 202


def test_the_migration_of_raised_sequences_and_days_goes_back_and_forth_with_data(portal):
    portal.import_rows(row("PO-1", software_assurance_until="2026-11-28"))
    serial = portal.act("serial_of", "PO-1")
    first = portal.act("register", serial, new_site_id())

    portal.act("migrate_before", "0012_raised_sequences")
    landed = portal.act("columns", "licences_unlockcode")
    portal.manage("migrate", "-v", "0", "--skip-checks")

    assert "assured_until" not in landed
    assert portal.act("missing_triggers") == []
    same = portal.act("update", serial)
    assert (same["sequence"], same["code"], same["until"]) == (1, first["code"], None)
    portal.import_rows(row("PO-2", software_assurance_until="2026-12-05"))
    later = portal.act("update", serial)
    assert (later["sequence"], later["until"]) == (2, "2026-12-05")
    assert grouped(later["code"]) != grouped(first["code"])


def test_a_backup_is_not_restored_into_a_database_that_holds_something(portal):
    """Without the documented options pg_restore would go on after every error and leave the old rows."""
    if connection.vendor != "postgresql":
        pytest.skip("sqlite3 puts a backup in the place of what the file holds")
    portal.dump()
    portal.import_rows(row())

    with pytest.raises(AssertionError, match="already exists"):
        portal.restore_over_it()

    portal.restore()
    assert portal.import_rows(row())


def test_the_page_restores_with_the_options_of_the_drill():
    page = (Path(settings.BASE_DIR) / "docs" / "restore.md").read_text(encoding="utf-8")

    assert f"pg_restore {' '.join(restoring.RESTORE_OPTIONS)} --dbname=" in page
    assert page.index("CREATE DATABASE portal") < page.index("pg_restore ")


def test_the_commands_of_the_page_for_sqlite_keep_the_old_database_and_bring_the_backup(tmp_path):
    page = (Path(settings.BASE_DIR) / "docs" / "restore.md").read_text(encoding="utf-8")
    put_aside, restore = [line.strip() for line in page.splitlines() if line.strip().startswith("sqlite3 ")]
    if shutil.which("sqlite3") is None:
        servers.wanted("sqlite3")
    (tmp_path / "var").mkdir()
    for name, word in (("backup.sqlite3", "backed up"), ("var/portal.sqlite3", "since then")):
        with closing(sqlite3.connect(tmp_path / name)) as made, made:
            made.execute("CREATE TABLE said (word text)")
            made.execute("INSERT INTO said VALUES (?)", [word])
    (tmp_path / "var" / "portal.sqlite3").chmod(0o600)

    for command in (put_aside, restore):
        subprocess.run(["bash", "-euc", command], cwd=tmp_path, check=True)

    def said(name):
        with closing(sqlite3.connect(tmp_path / "var" / name)) as asked:
            return asked.execute("SELECT word FROM said").fetchall()

    assert (said("portal.sqlite3"), said("before.sqlite3")) == ([("backed up",)], [("since then",)])
    assert [path.stat().st_mode & 0o777 for path in sorted((tmp_path / "var").iterdir())] == [0o600, 0o600]
