"""A disk or database file that is full or read-only, and uploads that stop half-way."""

import errno
import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.test import Client

from licences.models import FileImport, Registration
from tests import factories
from tests.drills.disks import small_disk

ROWS = 40_000


def purchases(rows=ROWS):
    lines = ["purchase_reference,line,product,quantity,customer_name,address_line1,postcode"]
    lines += [f"PO-{row},1,XCH-USR,5,Customer {row},Hauptstraße {row},72074" for row in range(rows)]
    return "\n".join(lines).encode()


def browser_of(user):
    browser = Client(raise_request_exception=False)
    browser.force_login(user)
    return browser


def kept_files():
    return sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


# --- SQLite ----------------------------------------------------------------------------------------------


@pytest.fixture
def fill(transactional_db):
    """A function that fills the database file and forbids it to grow."""
    if connection.vendor != "sqlite":
        pytest.skip("of SQLite")

    def fill_up():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE filling (x)")
            [pages] = cursor.execute("PRAGMA page_count").fetchone()
            cursor.execute(f"PRAGMA max_page_count = {pages}")
            for size in (100_000, 4_000, 200):
                with suppress(OperationalError):
                    while True:
                        cursor.execute(f"INSERT INTO filling VALUES (zeroblob({size}))")

    yield fill_up
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")
        cursor.execute("DROP TABLE filling")


def test_a_full_database_says_so_and_stores_nothing(clerk, fill):
    factories.catalogue()
    serials = [factories.bought().code for _ in range(60)]
    browser = browser_of(clerk)
    fill()

    responses = [browser.post("/registrations/new/", form(serial)) for serial in serials]

    refused = [response for response in responses if response.status_code == 503]
    assert refused, "there was room for all of them"
    assert {response["Retry-After"] for response in refused} == {"60"}
    said_unchanged = [response for response in refused if "Nothing was changed." in response.content.decode()]
    assert all("The portal is out of disk space" in response.content.decode() for response in refused)
    assert Registration.objects.count() == len(responses) - len(said_unchanged)


def form(serial):
    return {
        "serial": serial, "site_id": factories.new_site_id(), "server_version": "2.4", "client_version": "2.4",
        "name": "Böhm", "address_line1": "Hauptstraße 1", "contact_name": "Vogel", "contact_phone": "07071/555 0163",
    }  # fmt: skip


@pytest.fixture
def read_only(transactional_db):
    if connection.vendor != "sqlite":
        pytest.skip("of SQLite; outages/test_postgresql_stops.py has PostgreSQL's")
    yield lambda on: connection.cursor().execute(f"PRAGMA query_only = {int(on)}")
    connection.cursor().execute("PRAGMA query_only = 0")


def test_a_database_that_can_only_be_read_says_so(clerk, read_only):
    factories.catalogue()
    serial = factories.bought()
    browser = browser_of(clerk)
    read_only(True)

    seen = browser.get("/registrations/new/")
    response = browser.post("/registrations/new/", form(serial.code))

    assert seen.status_code == 200
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "Nothing can be saved at the moment" in response.content.decode()
    assert "Nothing was changed." in response.content.decode()


def test_a_file_that_cannot_be_opened_is_a_line_on_the_command_line(tmp_path):
    done = _manage(["verify_log"], DATABASE_URL=f"sqlite:///{tmp_path}/nowhere/portal.sqlite3")

    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("database not reachable: unable to open database file")
    assert "Traceback" not in done.stderr


def _manage(command, *, most=None, **more):
    """Run manage.py. ``most``: no file may grow beyond that many bytes, as on a full disk."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return subprocess.run(
        [sys.executable, "manage.py", *map(str, command)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "licensing_portal.settings", **more},
        preexec_fn=limit if most else None,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_a_command_on_a_disk_that_gets_full_says_so_in_a_line_and_imports_nothing(tmp_path):
    """The database is on a small disk of its own, which is too small for the import."""
    with small_disk(tmp_path, megabytes=6) as disk:
        url = f"sqlite:///{disk}/portal.sqlite3"
        (tmp_path / "purchases.csv").write_bytes(purchases())
        assert _manage(["migrate", "--verbosity", "0", "--skip-checks"], DATABASE_URL=url).returncode == 0
        catalogue = _manage(
            ["shell", "--verbosity", "0", "-c", "from tests import factories; factories.catalogue()"], DATABASE_URL=url
        )
        assert catalogue.returncode == 0, catalogue.stderr

        done = _manage(["import_purchases", tmp_path / "purchases.csv"], DATABASE_URL=url)

        lines = done.stderr.strip().splitlines()
        assert done.returncode == 1
        assert "no space left" in lines[-1].lower()
        assert "Traceback" not in done.stderr
    # Of what was written nothing counts: the disk is gone with its files, so the next import begins anew.


def test_an_export_for_which_there_is_no_room_says_so(transactional_db, tmp_path):
    done = _manage(["export_log", tmp_path / "log.jsonl"], most=1, DATABASE_URL=f"sqlite:///{tmp_path}/none.sqlite3")

    assert done.returncode == 1
    assert "Traceback" not in done.stderr


# --- Uploads ---------------------------------------------------------------------------------------------


def refuse_after(monkeypatch, bytes_written, number):
    """Let uploads write that many bytes; then writing fails with that error number."""
    from django.core.files.uploadedfile import TemporaryUploadedFile

    class Full:
        def __init__(self, file):
            self.file, self.written = file, 0

        def write(self, data):
            self.written += len(data)
            if self.written > bytes_written:
                raise OSError(number, os.strerror(number))
            return self.file.write(data)

        def __getattr__(self, name):
            return getattr(self.file, name)

    begin = TemporaryUploadedFile.__init__

    def begin_full(upload, *arguments, **options):
        begin(upload, *arguments, **options)
        upload.file = Full(upload.file)

    monkeypatch.setattr(TemporaryUploadedFile, "__init__", begin_full)
    monkeypatch.setattr(TemporaryUploadedFile, "write", property(lambda upload: upload.file.write))


@pytest.mark.django_db
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_gets_full_while_a_file_arrives_keeps_nothing_of_it(
    importer, monkeypatch, tmp_path, settings, number
):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_HANDLERS = [
        "licensing_portal.uploads.SizeLimit",
        "django.core.files.uploadhandler.TemporaryFileUploadHandler",
    ]
    refuse_after(monkeypatch, 100_000, number)
    before = kept_files()

    response = browser_of(importer).post("/purchases/imports/", {"kind": "purchases", "file": _upload()})

    content = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "The portal is out of disk space" in content
    assert "Nothing was changed." in content
    assert "go back and send the form again" in content
    assert list(tmp_path.iterdir()) == []
    assert kept_files() == before
    assert not FileImport.objects.exists()


def _upload():
    file = BytesIO(purchases(5_000))
    file.name = "purchases.csv"
    return file


@pytest.mark.django_db
def test_a_disk_that_gets_full_while_an_upload_is_kept_keeps_nothing_of_it(importer, tmp_path, settings):
    """On a real small disk, which has room for the first part of the file only."""
    with small_disk(tmp_path, megabytes=1) as disk:
        settings.MEDIA_ROOT = str(disk)
        settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
        before = _free(disk)

        file = BytesIO(purchases())
        file.name = "purchases.csv"
        response = browser_of(importer).post("/purchases/imports/", {"kind": "purchases", "file": file})

        assert response.status_code == 503
        assert "The portal is out of disk space" in response.content.decode()
        assert [path for path in disk.rglob("*") if path.is_file()] == []
        assert before - _free(disk) < 100_000
    assert not FileImport.objects.exists()


def _free(disk):
    statistics = os.statvfs(disk)
    return statistics.f_bavail * statistics.f_frsize


def test_a_file_that_was_there_stays_when_another_of_its_name_fails(tmp_path, settings):
    settings.MEDIA_ROOT = str(tmp_path)

    class Broken(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"half of it"
            raise OSError(errno.ENOSPC, "No space left on device")

    name = default_storage.save("imports/one.csv", ContentFile(b"whole"))
    with pytest.raises(OSError, match="No space"):
        default_storage.save("imports/one.csv", Broken(b"x"))

    assert [path.name for path in (tmp_path / "imports").iterdir()] == [Path(name).name]
    assert (tmp_path / name).read_bytes() == b"whole"


class Hanging(BytesIO):
    """A client that disconnects in the middle of a file."""

    def read(self, size=-1):
        if self.tell() > 300_000:
            raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
        return super().read(size)


@pytest.mark.django_db
def test_a_client_that_goes_away_leaves_nothing_behind(importer, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_HANDLERS = [
        "licensing_portal.uploads.SizeLimit",
        "django.core.files.uploadhandler.TemporaryFileUploadHandler",
    ]
    head = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="purchases.csv"\r\n\r\n'
    body = head + purchases()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(importer)
    before = kept_files()

    response = browser.generic(
        "POST", "/purchases/imports/", b"", content_type="multipart/form-data; boundary=cut",
        **{"wsgi.input": Hanging(body), "CONTENT_LENGTH": str(len(body))},
    )  # fmt: skip

    assert response.status_code == 403  # its token did not arrive
    assert list(tmp_path.iterdir()) == []
    assert kept_files() == before
    assert not FileImport.objects.exists()


def test_sqlite_itself_says_full():
    """The other tests rely on the code of the error, not on its text."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE t (x)")
    database.execute("PRAGMA max_page_count = 3")

    with pytest.raises(sqlite3.OperationalError) as refused:
        database.executemany("INSERT INTO t VALUES (zeroblob(?))", [(4000,)] * 20)

    assert refused.value.sqlite_errorcode == sqlite3.SQLITE_FULL
