"""``make_keys --write``: adds secrets to ``.env``, readable by its owner only, and overwrites none."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from licences.management import new_keys
from tests.together import together

NAMES = ["SECRET_KEY", "UNLOCK_KEYS", "LICENCE_SIGNING_KEYS", "MFA_ENCRYPTION_KEY"]


@pytest.fixture
def env_file(tmp_path):
    return tmp_path / ".env"


def write(path: Path, **environment: str) -> list[str]:
    return new_keys.write_secrets(path, environment=environment)


def read(path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o022, 0o000])
def test_a_new_file_holds_all_secrets_and_is_for_its_owner(umask, env_file):
    old = os.umask(umask)
    try:
        assert write(env_file) == NAMES
    finally:
        os.umask(old)

    assert mode(env_file) == 0o600
    assert all(f"{name}=" in env_file.read_text() for name in NAMES)
    assert list(env_file.parent.iterdir()) == [env_file]


def test_what_is_there_stays_and_what_is_missing_is_added(env_file):
    env_file.write_text("# ours\nPORTAL_URL=https://a.example\nSECRET_KEY=old\nLICENCE_SIGNING_KEY_FILE=/etc/key.pem\n")
    env_file.chmod(0o644)

    assert write(env_file) == ["UNLOCK_KEYS", "MFA_ENCRYPTION_KEY"]

    lines = env_file.read_text().splitlines()
    assert lines[:4] == [
        "# ours",
        "PORTAL_URL=https://a.example",
        "SECRET_KEY=old",
        "LICENCE_SIGNING_KEY_FILE=/etc/key.pem",
    ]
    assert len(lines) == 6
    assert mode(env_file) == 0o600


def test_a_copy_of_the_example_is_filled_in(env_file):
    env_file.write_text((settings.BASE_DIR / ".env.example").read_text())

    assert write(env_file) == NAMES

    text = env_file.read_text()
    assert [text.count(f"\n{name}=") for name in NAMES] == [1] * 4
    assert "PORTAL_URL=https://licensing.example.com" in text


def test_secrets_are_never_overwritten_and_an_open_file_is_closed(env_file):
    write(env_file)
    before = env_file.read_bytes()
    env_file.chmod(0o644)

    assert write(env_file) == []
    assert env_file.read_bytes() == before
    assert mode(env_file) == 0o600


@pytest.mark.parametrize("line", ["SECRET_KEY=#abc", "SECRET_KEY='x'", "export SECRET_KEY=x", "SECRET_KEY_FILE=/x"])
def test_a_secret_is_recognised_however_it_is_written(line, env_file):
    env_file.write_text(line + "\n")

    assert "SECRET_KEY" not in write(env_file)
    assert line in env_file.read_text().splitlines()


def test_what_the_environment_holds_is_not_written_beside_it(env_file):
    assert "UNLOCK_KEYS" not in write(env_file, UNLOCK_KEYS="1:" + "0f" * 32)


def test_a_link_stays_a_link(env_file, tmp_path):
    target = tmp_path / "elsewhere"
    target.write_text("")
    env_file.symlink_to(target)

    write(env_file)

    assert env_file.is_symlink()
    assert "SECRET_KEY=" in target.read_text()


def test_a_write_that_fails_leaves_the_file_and_no_other(env_file, monkeypatch):
    env_file.write_text("PORTAL_URL=https://a.example\n")

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(new_keys.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(env_file)

    assert env_file.read_text() == "PORTAL_URL=https://a.example\n"
    assert list(env_file.parent.iterdir()) == [env_file]


def test_two_calls_at_once_write_one_set_of_secrets(env_file):
    added = [len(each) for each in together(lambda: write(env_file), lambda: write(env_file))]

    assert sorted(added) == [0, 4]
    assert [env_file.read_text().count(f"{name}=") for name in NAMES] == [1] * 4


def test_the_command_needs_no_settings_and_the_second_call_refuses(tmp_path):
    program = (
        "import sys; from pathlib import Path; from licensing_portal import command_line; "
        "command_line.portal_folder = lambda folder=Path(sys.argv.pop()): folder; command_line.main()"
    )
    bare = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}

    def call():
        arguments = [sys.executable, "-c", program, "make_keys", "--write", str(tmp_path)]
        return subprocess.run(arguments, cwd=settings.BASE_DIR, env=bare, capture_output=True, text=True)

    first, second = call(), call()

    assert (first.returncode, first.stderr) == (0, "")
    assert all(name in first.stdout for name in NAMES)
    assert second.returncode == 1
    assert "none is overwritten" in second.stderr
    assert read(tmp_path / ".env")["SECRET_KEY"] not in first.stdout + second.stderr
