"""``manage.py metrics`` beside a real gunicorn with two processes, one of which is killed; its log is JSON."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from contextlib import suppress

import pytest
from django.conf import settings

from tests import servers
from tests.servers import Portal, environment, manage, until


@pytest.fixture
def surroundings(tmp_path):
    """The environment of a portal that counts, on SQLite."""
    made = environment(
        f"sqlite:///{tmp_path / 'portal.sqlite3'}",
        METRICS_DIR=str(tmp_path / "metrics"),
        METRICS_BIND=f"127.0.0.1:{servers.free_port()}",
        MEDIA_ROOT=str(tmp_path / "media"),
        LOG_FORMAT="json",
        LOG_LEVEL="INFO",
    )
    migrated = manage(made, "migrate", "--verbosity", "0", "--skip-checks")
    assert migrated.returncode == 0, migrated.stderr
    return made


@pytest.fixture
def metrics(surroundings):
    """``metrics("name{labels}")`` is a sample that is served now."""
    command = [sys.executable, "manage.py", "metrics"]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=surroundings, stdout=subprocess.DEVNULL)

    def answer():
        with suppress(OSError), urllib.request.urlopen(f"http://{surroundings['METRICS_BIND']}/metrics") as page:
            return page.read().decode()
        return ""

    until(answer, "the metrics are served")
    yield lambda name: next((float(line.split()[-1]) for line in answer().splitlines() if line.startswith(name)), None)
    process.terminate()
    assert process.wait(servers.PATIENCE) == 0


def is_object(line):
    try:
        return {"time", "level", "logger", "message"} <= json.loads(line).keys()
    except ValueError:
        return False


def test_what_processes_count_adds_up_also_after_one_was_killed(surroundings, metrics, tmp_path):
    log_in = 'portal_requests_total{status="200",view="account_login"}'
    portal = Portal(surroundings, tmp_path / "portal.log")
    try:
        portal.process.send_signal(signal.SIGTTIN)  # one process more
        until(lambda: len(portal.worker()) == 2, "there are two processes")
        for _time in range(20):
            assert portal.get("/accounts/login/").status_code == 200
        assert metrics(log_in) == 20

        first = portal.worker()
        os.kill(int(first[0]), signal.SIGKILL)
        until(lambda: len(portal.worker()) == 2 and portal.worker() != first, "another one took its place")
        for _time in range(20):
            assert portal.get("/accounts/login/").status_code == 200
        public = portal.get("/metrics")
    finally:
        portal.end()

    assert metrics(log_in) == 40
    assert metrics('portal_request_duration_seconds_count{view="account_login"}') == 40
    assert metrics("portal_database_up") == 1
    assert sorted(path.name for path in (tmp_path / "metrics").glob("counter*")) == ["counter_p0.db", "counter_p1.db"]
    assert public.status_code in (302, 404)
    assert [line for line in portal.log.read_text().splitlines() if not is_object(line)] == []
    assert "portal_requests" not in public.text
