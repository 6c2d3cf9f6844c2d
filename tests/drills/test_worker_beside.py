"""``WORKER=1`` beside a real gunicorn: a worker that is killed is started again, and all ends with gunicorn."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings

STARTS_WITHIN = 60  # seconds


def wait_for(question):
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        result = question()
        if result:
            return result
        time.sleep(0.2)
    return pytest.fail("it did not happen")


def children(pid):
    shown = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True)
    return {int(line.split(None, 1)[0]): line.split(None, 1)[1] for line in shown.stdout.splitlines()}


def is_alive(pid):
    return subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()[
        :1
    ] not in ("", "Z")


def test_beside_gunicorn_a_killed_worker_comes_back_and_ends_with_it(tmp_path):
    environment = os.environ | {"WORKER": "1", "DATABASE_URL": f"sqlite:///{tmp_path / 'd.sqlite3'}"}
    environment |= {"DJANGO_SETTINGS_MODULE": "licensing_portal.settings", "WEB_CONCURRENCY": "1"}
    command = [sys.executable, "-m", "gunicorn", "-c", "licensing_portal/gunicorn_conf.py", "-b", "127.0.0.1:0"]
    with (tmp_path / "output").open("wb") as output:
        server = subprocess.Popen(
            [*command, "licensing_portal.wsgi"], cwd=settings.BASE_DIR, env=environment, stdout=output, stderr=output
        )
    try:
        supervisor = wait_for(lambda: [pid for pid, line in children(server.pid).items() if "worker_beside" in line])[0]
        first = wait_for(lambda: [pid for pid, line in children(supervisor).items() if "portal worker" in line])[0]
        os.kill(first, signal.SIGKILL)
        second = wait_for(lambda: [pid for pid in children(supervisor) if pid != first])[0]
    finally:
        server.terminate()
        server.wait(timeout=60)

    wait_for(lambda: not is_alive(supervisor) and not is_alive(second))
