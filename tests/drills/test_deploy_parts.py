"""The units and the logrotate entry of docs/deploy are accepted by the programs that read them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests import servers

PARTS = Path(settings.BASE_DIR) / "docs" / "deploy"
UNITS = sorted((PARTS / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
MOST_EXPOSED = 20  # tenths; the units have 12, and systemd says OK below 50


def program(name):
    found = shutil.which(name, path="/usr/bin:/usr/sbin:/bin:/sbin")
    return found or servers.wanted(name)


def test_systemd_accepts_all_units(tmp_path):
    """With programs and a user that every machine has: the guide makes the real ones."""
    analyze = program("systemd-analyze")
    copies = []
    for unit in UNITS:
        text = re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text())
        copies.append(tmp_path / unit.name)
        copies[-1].write_text(re.sub(r"(?m)^(User|Group)=licensing$", r"\1=daemon", text))

    verified = subprocess.run([analyze, "verify", "--man=no", *copies], capture_output=True, text=True, check=False)

    assert len(copies) == 9
    assert (verified.returncode, verified.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.stem)
def test_systemd_finds_each_service_hardened(unit):
    analyze = program("systemd-analyze")

    judged = subprocess.run(
        [analyze, "security", "--no-pager", "--offline=yes", f"--threshold={MOST_EXPOSED}", unit],
        capture_output=True,
        text=True,
        check=False,
    )

    assert judged.returncode == 0, judged.stdout + judged.stderr


def test_every_timer_has_its_service_and_every_service_the_folder_of_the_portal():
    timers = {path.stem for path in UNITS if path.suffix == ".timer"}

    assert timers == {f"licensing-portal-{name}" for name in ("anchor", "backup", "retention")}
    assert timers < {path.stem for path in SERVICES}
    assert [
        path.name for path in SERVICES if "WorkingDirectory=/var/lib/licensing-portal" not in path.read_text()
    ] == []


def test_logrotate_accepts_its_entry(tmp_path):
    logrotate = program("logrotate")
    entry = tmp_path / "licensing-portal"
    entry.write_text((PARTS / "logrotate").read_text())
    entry.chmod(0o644)

    read = subprocess.run(
        [logrotate, "--debug", "--state", tmp_path / "state", entry], capture_output=True, text=True, check=False
    )

    assert read.returncode == 0
    assert "error" not in read.stderr.lower()
    assert "licensing-portal/nginx.log" in read.stderr
