"""``manage.py make_keys`` and ``rotate_keys``: what they print is what the settings read."""

import os
import subprocess
import sys
from io import StringIO

import environ
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from environ.fileaware_mapping import FileAwareMapping

from licences import licence_files
from licences.domain import codes
from licences.operations.codes import licence_file_text
from licensing_portal import security
from tests import factories
from tests.operations.test_licence_files import verify

NAMES = ("SECRET_KEY", "UNLOCK_KEYS", "LICENCE_SIGNING_KEYS")


def read(printed, tmp_path):
    """The variables in the printed lines, read as ``.env`` is read."""
    file = tmp_path / "printed.env"
    file.write_text(printed)
    env = environ.FileAwareEnv()
    environ.Env.read_env(file, overwrite=True)
    env.ENVIRON = FileAwareMapping(env={name: os.environ[name] for name in NAMES})
    return env


@pytest.fixture(autouse=True)
def the_environment_stays_as_it_was(monkeypatch):
    for name in NAMES:
        monkeypatch.setenv(name, "")


def test_new_secrets_are_made_where_there_are_none(tmp_path):
    bare = {"PATH": os.environ["PATH"]}
    command = [sys.executable, str(django_settings.BASE_DIR / "manage.py"), "make_keys"]

    printed = subprocess.run(command, env=bare, cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    env = read(printed, tmp_path)
    assert len(security.required(env, "SECRET_KEY")) > 60
    assert list(security.unlock_keys(security.required(env, "UNLOCK_KEYS"))) == [1]
    assert len(security.licence_keys(env)) == 1


def test_it_prints_others_every_time():
    said = [StringIO(), StringIO()]
    for output in said:
        call_command("make_keys", stdout=output)

    assert said[0].getvalue() != said[1].getvalue()


def test_after_a_rotation_new_keys_sign_and_old_ones_verify(catalogue, settings, client, tmp_path):
    old = factories.registered()
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    env = read(said.getvalue(), tmp_path)

    settings.UNLOCK_KEYS = security.unlock_keys(env.str("UNLOCK_KEYS"))
    settings.LICENCE_KEYS = security.licence_keys(env)
    new = factories.registered()

    published = client.get("/.well-known/jwks.json").json()
    assert verify(licence_file_text(old), published)[0]["kid"] != verify(licence_file_text(new), published)[0]["kid"]
    assert (old.key_id, new.key_id) == (1, 2)
    for code in (old, new):
        place = {"serial": code.serial.code, "site_id": code.installation.site_id}
        assert codes.decode_unlock_code(code.code, **place, keys=settings.UNLOCK_KEYS).sequence == 1


def test_the_private_half_of_the_old_licence_key_is_not_printed():
    said = StringIO()
    call_command("rotate_keys", stdout=said)

    assert said.getvalue().count("BEGIN PRIVATE KEY") == 1
    assert said.getvalue().count("BEGIN PUBLIC KEY") == 1
    assert "restart" in said.getvalue()


def test_with_all_sixteen_ids_taken_it_says_so(settings):
    settings.UNLOCK_KEYS = {key_id: bytes(32) for key_id in range(16)}

    with pytest.raises(CommandError, match="sixteen"):
        call_command("rotate_keys")


def test_the_keys_that_it_reads_are_those_that_it_prints(settings):
    keys = licence_files.parse_keys(licence_files.new_key())
    settings.LICENCE_KEYS = keys
    said = StringIO()
    call_command("rotate_keys", stdout=said)

    public = licence_files.public_pem(next(iter(keys.values()))).splitlines()[1]
    assert public in said.getvalue()
