"""What is sent: how much, how many, under which names; and what of it comes back."""

import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from licences.models import FileImport
from licensing_portal import gunicorn_conf
from licensing_portal.uploads import OTHER_FILES
from tests.imports.files import csv_bytes, row
from tests.roles.expectations import STAFF
from tests.roles.pages import routes
from tests.roles.stage import Browser, person
from tests.tables import each_row

pytestmark = pytest.mark.django_db
ROWS = csv_bytes(row("PO-1"))
LARGE = b"x" * (OTHER_FILES + 70_000)


@pytest.fixture
def kept(monkeypatch, tmp_path, settings):
    """The largest file that lay in the folder of temporary files while requests were answered."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    sizes = [0]
    write = tempfile._TemporaryFileWrapper.__getattr__

    def watched(self, name):
        if name == "write" and Path(self.name).parent == tmp_path:
            sizes.append(Path(self.name).stat().st_size)
        return write(self, name)

    monkeypatch.setattr(tempfile._TemporaryFileWrapper, "__getattr__", watched)
    return lambda: max(sizes)


def file(content=ROWS, name="purchases.csv", content_type="text/csv"):
    return SimpleUploadedFile(name, content, content_type)


@pytest.mark.parametrize("path", ["/accounts/login/", "/register/", "/purchases/imports/", "/language/"])
def test_who_may_not_import_cannot_fill_the_disk(path, support_agent, kept):
    for browser in (Client(), Client()):
        browser.post(path, {"file": file(LARGE)})
        browser.force_login(support_agent)
        browser.post(path, {"file": file(LARGE)})

    assert kept() <= OTHER_FILES


def test_who_may_import_sends_as_much_as_imports_may_have(clerk, as_user, settings):
    settings.IMPORT_MAX_BYTES = len(LARGE)

    answer = as_user(clerk).post("/purchases/imports/", {"kind": "purchases", "file": file(LARGE)})

    assert answer.status_code == 302
    assert FileImport.objects.get().size == len(LARGE)


def test_more_than_that_is_refused_in_words(clerk, as_user, settings):
    settings.IMPORT_MAX_BYTES = 1_000

    answer = as_user(clerk).post("/purchases/imports/", {"kind": "purchases", "file": file(b"x" * 1_001)})

    assert answer.status_code == 422
    assert not FileImport.objects.exists()


@each_row(
    ("data", "why"),
    [
        ({f"f{number}": "x" for number in range(1_001)}, "TooManyFieldsSent"),
        ({f"f{number}": file(b"x") for number in range(3)}, "TooManyFilesSent"),
        ({"reason": "x" * 2_600_000}, "RequestDataTooBig"),
    ],
)
def test_too_many_fields_too_many_files_and_too_much_text_are_refused(data, why, clerk, as_user, caplog):
    answer = as_user(clerk).post("/relicensing/new/", data)

    assert answer.status_code == 400
    assert f"refused {why}:" in caplog.text


@each_row(
    "name",
    ["../../etc/passwd.csv", "..\\..\\boot.csv", "a\x00b.csv", "x" * 5_000 + ".csv", "a\r\nb.csv", '"; rm -rf.csv',
     "<b>.csv", "", "con.csv", "=1+1.csv", "‮vsc.exe"],
)  # fmt: skip
def test_a_file_may_have_any_name(name, clerk, as_user, settings):
    browser = as_user(clerk)

    answer = browser.post("/purchases/imports/", {"kind": "purchases", "file": file(name=name or "x")})

    assert answer.status_code in (302, 422)
    for found in FileImport.objects.all():
        assert "/" not in found.file_name
        assert "\\" not in found.file_name or name == "..\\..\\boot.csv"
        stored = Path(found.upload.path).resolve()
        assert stored.is_relative_to(Path(settings.MEDIA_ROOT).resolve())
        assert browser.get(found.get_absolute_url()).status_code == 200


@each_row("content_type", ["text/html", "application/x-msdownload", "image/svg+xml", ""])
@each_row("content", [b"<html><script>alert(1)</script></html>", b"MZ\x90\x00", b"%PDF-1.7"])
def test_what_a_file_is_called_does_not_make_it_a_table_and_it_is_never_served(content, content_type, clerk, as_user):
    browser = as_user(clerk)

    browser.post("/purchases/imports/", {"kind": "purchases", "file": file(content, "x.csv", content_type)})

    for found in FileImport.objects.all():
        assert browser.get(f"/media/{found.upload.name}").status_code == 404
        assert b"<script>alert" not in browser.get(found.get_absolute_url()).content


def test_uploads_have_no_address(stage, quiet):
    browser = Browser(person(STAFF))
    name = stage.file_import.upload.name

    for path in (f"/{name}", f"/media/{name}", f"/static/{name}", f"/static/../media/{name}"):
        assert browser("get", path).status_code == 404
    assert not [route for route in routes() if "media" in route.pattern]


def test_gunicorn_limits_what_it_reads_of_a_request_line_and_of_headers():
    assert gunicorn_conf.limit_request_line <= 8190
    assert gunicorn_conf.limit_request_fields <= 100
    assert gunicorn_conf.limit_request_field_size <= 8190
