"""Who may read what the portal writes: static files everybody, all else its own user alone, from the first byte."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import TemporaryUploadedFile

from licensing_portal import checks, open_files
from tests.tables import each_row
from tests.web.production import ENVIRONMENT
from tests.web.production import run as in_production

# Under each a command is for its owner; what else is written is tried under the one that would make it wrong.
UMASKS = [0o077, 0o022, 0o000]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def run(umask: int, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    chosen = {name: value for name, value in {**os.environ, **ENVIRONMENT, **environment}.items() if value}
    chosen.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=chosen,
        umask=umask,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_static_files_are_for_everybody_also_those_of_an_earlier_run(tmp_path):
    root = tmp_path / "static"
    root.mkdir(mode=0o700)
    of_an_earlier_run = root / "css" / "base.css"
    of_an_earlier_run.parent.mkdir(mode=0o700)
    of_an_earlier_run.touch(mode=0o600)

    done = run(0o077, "manage.py", "collectstatic", "--noinput", STATIC_ROOT=str(root))

    assert done.returncode == 0, done.stderr
    files = [path for path in root.rglob("*") if path.is_file()]
    assert of_an_earlier_run in files
    assert any(path.suffix == ".gz" for path in files)
    assert root / "staticfiles.json" in files
    assert {mode(path) for path in files} == {0o644}
    assert {mode(path) for path in [root, *root.rglob("*")] if path.is_dir()} == {0o755}


def test_static_files_are_not_in_the_folder_that_is_for_one_user():
    shown = in_production("-c", "from licensing_portal import settings as s; print(s.STATIC_ROOT, s.VAR_DIR)")

    root, var = map(Path, shown.stdout.split())
    assert not root.is_relative_to(var)


def test_the_database_of_sqlite_is_for_its_owner(tmp_path):
    database = tmp_path / "portal.sqlite3"
    write = (
        "import django, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'licensing_portal.settings'; django.setup()\n"
        "from django.db import connection\n"
        "connection.cursor().execute('create table t (x)')\n"
        f"print(sorted((name, oct(os.stat({str(tmp_path)!r} + '/' + name).st_mode & 0o777))"
        f" for name in os.listdir({str(tmp_path)!r})))"
    )

    done = run(0o000, "-c", write, DATABASE_URL=f"sqlite:///{database}")

    assert done.returncode == 0, done.stderr
    for ending in ("", "-wal", "-shm"):
        assert f"('portal.sqlite3{ending}', '0o600')" in done.stdout


@each_row("umask", UMASKS)
def test_the_folder_of_a_demo_is_for_its_owner(umask, tmp_path):
    make = "import sys; from pathlib import Path; from licensing_portal import settings, demo; "
    make += "demo.ensure_demo_secrets(Path(sys.argv[1]) / 'var' / 'demo.env')"

    done = run(umask, "-c", make, str(tmp_path), LICENCE_SIGNING_KEY="", DEMO="1")

    assert done.returncode == 0, done.stderr
    assert mode(tmp_path / "var") == 0o700
    assert {path.name: mode(path) for path in (tmp_path / "var").iterdir()} == {
        "demo.env": 0o600,
        "licence-key.pem": 0o600,
    }


class _Watched(ContentFile):
    """Looks at the file that it is written to while half of it is there."""

    def __init__(self, folder: Path):
        super().__init__(b"")
        self.folder, self.seen = folder, {}

    def chunks(self, chunk_size=None):
        yield b"first half, "
        self.seen = {path.name: mode(path) for path in self.folder.rglob("*")}
        yield b"second half"


def test_an_upload_is_for_its_owner_from_the_first_byte(tmp_path):
    old = os.umask(0o022)
    try:
        os.umask(0o077)  # as the settings do, see below
        half = _Watched(tmp_path)
        FileSystemStorage(location=tmp_path / "media").save("imports/a.csv", half)
    finally:
        os.umask(old)

    assert half.seen == {"media": 0o700, "imports": 0o700, "a.csv": 0o600}
    assert {path.name: mode(path) for path in tmp_path.rglob("*")} == half.seen


def test_half_an_upload_in_the_temporary_folder_is_for_its_owner():
    half = TemporaryUploadedFile("a.csv", "text/csv", 3, None)
    half.write(b"x")

    assert mode(Path(half.temporary_file_path())) == 0o600


@each_row("umask", UMASKS)
def test_whatever_a_command_writes_is_for_its_owner(umask):
    shown = run(umask, "-c", "import os; from licensing_portal import settings; print(oct(os.umask(0)))")

    assert shown.stdout.strip() == "0o77"


# --- What `check --deploy` finds ---------------------------------------------------------------------


def test_open_secrets_uploads_and_databases_are_found(tmp_path):
    database, media = tmp_path / "portal.sqlite3", tmp_path / "media"
    secret, key = tmp_path / "secret", tmp_path / "licence.pem"
    media.mkdir()
    media.chmod(0o755)
    secret.write_text("s" * 60)
    key.write_text(os.environ["LICENCE_SIGNING_KEY"])
    files = [database, tmp_path / "portal.sqlite3-wal", secret, key]
    for path in files:
        path.touch()
        path.chmod(0o644)

    found = in_production(
        "manage.py", "check", "--deploy",
        SECRET_KEY="", SECRET_KEY_FILE=str(secret), LICENCE_SIGNING_KEY="", LICENCE_SIGNING_KEYS=str(key),
        DATABASE_URL=f"sqlite:///{database}", MEDIA_ROOT=str(media),
    )  # fmt: skip

    assert found.returncode != 0
    for path in files:
        assert f"chmod 0600 '{path}'" in found.stderr
    assert f"chmod 0700 '{media}'" in found.stderr


@pytest.fixture
def hints(tmp_path, settings, monkeypatch):
    """What the check says to do, in a portal whose folders and files are those of ``tmp_path`` alone."""
    settings.LICENCE_KEY_FILES = []
    settings.FOLDER, settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "var", tmp_path / "var" / "media"
    monkeypatch.setattr(open_files, "_databases", list)
    return lambda: [each.hint for each in checks.secrets_and_records()]


@pytest.mark.parametrize(("before", "fails"), [(0o600, False), (0o640, True), (0o644, True), (0o602, True)])
def test_a_secret_in_a_file_that_others_read_or_change_is_found(before, fails, tmp_path, hints, monkeypatch):
    path = tmp_path / "secret"
    path.write_text("s" * 60)
    path.chmod(before)
    monkeypatch.setenv("SECRET_KEY_FILE", str(path))

    assert hints() == ([f"chmod 0600 '{path}'"] if fails else [])


def test_an_open_env_file_and_an_open_var_are_found(tmp_path, settings, hints):
    (tmp_path / ".env").write_text("SECRET_KEY=x")
    (tmp_path / ".env").chmod(0o644)
    settings.VAR_DIR.mkdir()
    settings.VAR_DIR.chmod(0o755)

    assert hints() == [f"chmod 0600 '{tmp_path}/.env'", f"chmod 0700 '{tmp_path}/var'"]
