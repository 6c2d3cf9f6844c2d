"""Real servers for a test: PostgreSQL clusters in a temporary folder, and the portal under gunicorn."""

import http.client
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from django.conf import settings

PATIENCE = 60  # seconds, after which something that should have happened has not
OWNER = "postgres"


def programs():
    """Where PostgreSQL's own programs are. Skips without them, and fails with REQUIRE_SERVERS=1."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_basebackup"), key=lambda path: int(path.parts[-3]))
    beside = shutil.which("pg_basebackup")
    folder = found[-1].parent if found else Path(beside).resolve().parent if beside else None
    if folder is None or not (folder / "initdb").exists():
        wanted("PostgreSQL's programs (initdb, postgres, pg_basebackup)")
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(OWNER)
        except KeyError:
            wanted(f"a user {OWNER}, since PostgreSQL does not run as root,")
    return folder


def wanted(what):
    reason = f"{what} is missing here"
    if os.environ.get("REQUIRE_SERVERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def folder():
    """A temporary folder that PostgreSQL's user may pass through."""
    path = Path(tempfile.mkdtemp(prefix="licensing-portal-servers-"))
    path.chmod(0o711)
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(true, what="it"):
    """Wait for something; what it is when it is true."""
    end = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < end, f"{what} does not happen"
        time.sleep(0.1)
    return found


def _as_owner():
    return {"user": OWNER, "group": OWNER, "extra_groups": []} if os.geteuid() == 0 else {}


class Cluster:
    """A PostgreSQL server of its own. ``of`` is the primary of which it is a standby."""

    def __init__(self, parent, name, *, of=None):
        self.data, self.port, self.of, self.process = parent / name, free_port(), of, None
        self.log = parent / f"{name}.log"
        self.make()

    def make(self):
        self.data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(self.data, OWNER, OWNER)
        if self.of is None:
            self._run(
                "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"
            )
        else:
            origin = f"host=127.0.0.1 port={self.of.port} user=postgres"
            self._run(
                "pg_basebackup", "-R", "--checkpoint=fast", "--no-sync", "--wal-method=stream", "--dbname", origin
            )

    def _run(self, program, *arguments):
        command = [str(programs() / program), f"--pgdata={self.data}", *arguments]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=PATIENCE, **_as_owner())
        assert done.returncode == 0, done.stderr

    def start(self, **configuration):
        chosen = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "", "fsync": "off",
            "wal_receiver_status_interval": "1s", "wal_retrieve_retry_interval": "200ms", **configuration,
        }  # fmt: skip
        options = [each for name, value in chosen.items() for each in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            command = [str(programs() / "postgres"), "-D", str(self.data), *options]
            self.process = subprocess.Popen(command, cwd="/", stdout=log, stderr=log, **_as_owner())
        until(self.answers, f"{self.data.name} starts")

    def answers(self):
        with suppress(psycopg.OperationalError):
            return bool(self.ask("SELECT 1"))
        assert self.process.poll() is None, self.log.read_text()
        return False

    def ask(self, sql, *parameters, database="postgres"):
        where = f"host=127.0.0.1 port={self.port} user=postgres dbname={database} connect_timeout=5"
        with psycopg.connect(where, autocommit=True) as connection:
            cursor = connection.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []

    def stop(self):
        """At once, as in a crash that lost nothing."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(PATIENCE)
            self.process = None

    def kill(self):
        """All its processes at the same moment, as when the machine has gone."""
        self.freeze()
        for pid in self._processes():
            os.kill(pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        self.process = None

    def freeze(self):
        for pid in self._processes():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self):
        for pid in reversed(self._processes()):
            os.kill(pid, signal.SIGCONT)

    def _processes(self):
        own = self.process.pid
        return [own, *map(int, Path(f"/proc/{own}/task/{own}/children").read_text().split())]

    def again(self):
        """A new copy of the primary, where the old one is of no use any more."""
        self.stop()
        shutil.rmtree(self.data)
        self.make()
        self.start()

    def url(self, database="portal", user="portal"):
        return f"postgres://{user}@127.0.0.1:{self.port}/{database}"


def manage(environment, *arguments, folder=None, **options):
    """``manage.py``, in a process of its own. ``folder`` is another checkout."""
    command = [sys.executable, "manage.py", *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=folder or settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        **options,
    )


def environment(url, **more):
    """That of a portal on this database, with the secrets of the tests."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "licensing_portal.settings",
        "DATABASE_URL": url,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "PORTAL_URL": "http://localhost",
        "PYTHONUNBUFFERED": "1",
        "RATE_LIMIT_ADDRESS": "100000",
        **more,
    }


class Answer:
    def __init__(self, response):
        self.status_code, self.headers, self.content = response.status, response.headers, response.read()

    def json(self):
        return json.loads(self.content)

    @property
    def text(self):
        return self.content.decode()


class Portal:
    """The portal under gunicorn, with one worker, as its users see it. ``log`` is what it wrote, ``folder`` another
    checkout, ``port`` that of one that ran before.
    """

    def __init__(self, environment, log, *, folder=None, port=None):
        self.port, self.log, self.cookies = port or free_port(), log, {}
        command = [
            sys.executable, "-m", "gunicorn", "--config", "python:licensing_portal.gunicorn_conf",
            "--bind", f"127.0.0.1:{self.port}", "--workers", "1", "licensing_portal.wsgi",
        ]  # fmt: skip
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                command, cwd=folder or settings.BASE_DIR, env=environment, stdout=out, stderr=out
            )
        until(self._lives, "the portal starts")

    def _lives(self):
        with suppress(OSError):
            return self.get("/healthz").status_code == 200
        assert self.process.poll() is None, self.log.read_text()
        return False

    def worker(self):
        """The number of the process that answers."""
        own = self.process.pid
        return Path(f"/proc/{own}/task/{own}/children").read_text().split()

    def get(self, path, **headers):
        return self._ask("GET", path, None, headers)

    def post(self, path, fields, **headers):
        """As a form, with the token of the browser."""
        token = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self._ask("POST", path, urlencode(token | fields), headers)

    def call(self, path, body):
        """As an Xchange Server does, without cookies."""
        return self._ask("POST", f"/api/v1/{path}", json.dumps(body), {"Content-Type": "application/json"}, cookies={})

    def _ask(self, method, path, body, headers, cookies=None):
        cookies = self.cookies if cookies is None else cookies
        line = "; ".join(f"{name}={value}" for name, value in cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {"Host": "localhost", "Cookie": line, **headers})
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        for each in answer.headers.get_all("Set-Cookie", []):
            name, _, value = each.partition(";")[0].partition("=")
            cookies[name] = value
        return answer

    def end(self):
        self.process.terminate()
        self.process.wait(PATIENCE)

    def kill(self):
        """The master and its processes at once, as when the machine has gone."""
        for pid in [self.process.pid, *map(int, self.worker())]:
            os.kill(pid, signal.SIGKILL)
        self.process.wait(PATIENCE)


STAGE = """
import json
from django.contrib.auth.models import User
from django.test import Client
from tests import factories
factories.catalogue()
user = User.objects.create_superuser("viewer", password="a long test password")
browser = Client()
browser.force_login(user)
print(json.dumps({
    "session": browser.cookies["sessionid"].value,
    "serials": [factories.bought().code for _ in range(12)],
    "site_ids": [factories.new_site_id() for _ in range(12)],
}))
"""


def stage(environment, *, folder=None):
    """Tables, products, unregistered serial numbers and somebody who is logged in; by the code in another checkout if
    ``folder`` names one.
    """
    made = manage(environment, "migrate", "--verbosity", "0", "--skip-checks", folder=folder)
    assert made.returncode == 0, made.stderr
    said = manage(environment, "shell", "--verbosity", "0", "-c", STAGE, folder=folder)
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout.strip().splitlines()[-1])


def database_of(cluster):
    """A database whose owner is a plain user, as docs/look-up.md asks for."""
    cluster.ask("CREATE ROLE portal LOGIN")
    cluster.ask("GRANT pg_read_all_stats TO portal")
    cluster.ask("CREATE DATABASE portal OWNER portal")


def registration(serial, site_id):
    return {
        "serial": serial,
        "site_id": site_id,
        "installation_token": f"{site_id}-token-of-the-drill",
        "server_version": "2.4",
        "client_version": "2.4",
        "customer": {
            "name": "Böhm & Söhne",
            "address_line1": "Hauptstraße 1",
            "contact_name": "Sabine Vogel",
            "contact_phone": "07071/555 0163",
        },
    }
