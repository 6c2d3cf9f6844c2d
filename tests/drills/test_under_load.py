"""One fault after the other while forty requests a second go on: what was answered is stored, once, and errors are 503
with words in the seconds of a fault and at no other time.

nginx in front of two web servers, two workers, a primary and a standby that confirms every commit. ``LOAD_SECONDS`` is
how long the load goes on between two faults.
"""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.conf import settings

from tests import servers
from tests.drills import code_before, load, proxies
from tests.servers import Cluster, Portal, environment, manage, registration, until

RATE = 40  # requests a second
CALM = float(os.environ.get("LOAD_SECONDS", "3"))
SETTLED = 5  # seconds after a fault, from which on no request fails
LEFT_ALONE = 11  # seconds after which nginx asks a server again that did not answer
FILES, ROWS = 3, 5_000
IMPORTS = f"""
from licences.tasks import advance_import
from tests.imports.entry_points import confirm, preview
from tests.imports.files import csv_bytes, row
for number in range({FILES}):
    rows = [row(f"BULK-{{number}}-{{n}}", customer_number=f"B-{{number}}") for n in range({ROWS})]
    confirmed = confirm(preview(csv_bytes(*rows), name=f"{{number}}.csv"))
    advance_import.enqueue(confirmed.pk)
"""
AT_WORK = """
SELECT worker_ids ->> -1 FROM django_tasks_database_dbtaskresult
WHERE status = 'RUNNING' AND task_path LIKE '%%advance_import'
"""


class Site:
    """Two machines with a web server, a worker and a database each; ``database`` is the cluster that is written to."""

    def __init__(self, folder, old_code):
        self.folder, self.archive, self.code = folder, folder / "archive", old_code
        self.nodes, self.workers, self.clusters = {}, {}, []

    def begin(self):
        self.archive.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(self.archive, servers.OWNER, servers.OWNER)
        self.primary = self.database = self._cluster("db1")
        servers.database_of(self.primary)
        serials = int(12 * (130 + 10 * CALM))
        self.cast = load.stage(self.primary, serials, self.folder / "purchases.csv", folder=self.code)
        self.standby = self._cluster("db2", of=self.primary)
        self.primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary.ask("SELECT pg_reload_conf()")
        asks = "SELECT 1 FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')"
        until(lambda: self.primary.ask(asks), "the standby confirms commits")
        self.address(f"127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}", "?target_session_attrs=read-write")
        for name in ("web1", "web2"):
            self.start_node(name)

    def _cluster(self, name, **options):
        made = Cluster(self.folder, name, **options)
        self.clusters.append(made)
        made.start(archive_mode="on", archive_command=f"cp %p {self.archive}/%f")
        return made

    def address(self, hosts, more=""):
        self.surroundings = environment(
            f"postgres://portal@{hosts}/portal{more}",
            PYTHONPATH="",
            TRUSTED_PROXY_COUNT="1",
            ALLOWED_HOSTS=f"{proxies.HOST},localhost",
            PORTAL_URL=f"https://{proxies.HOST}",
            RATE_LIMIT_SERIAL="100000",
            ALLOCATED_SERIALS_DIR=str(self.folder / "allocated"),
        )

    def start_node(self, name):
        port = self.nodes[name].port if name in self.nodes else None
        log = self.folder / f"{name}.log"
        self.nodes[name] = Portal(self.surroundings, log, folder=self.code, port=port)

    def start_worker(self, name):
        command = [sys.executable, "manage.py", "worker", "--no-startup-delay", "--worker-id", name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.workers[name] = subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=self.surroundings, stdout=log, stderr=log
            )

    def migrate(self):
        """To the tables of now; web servers that are started later have the code of now."""
        migrated = manage(self.surroundings, "migrate", "--verbosity", "0", "--skip-checks")
        assert migrated.returncode == 0, migrated.stderr
        self.code = None

    def kill_worker_at_work(self):
        """Kill the worker that has just begun an import, and return its name."""
        [(name,), *_] = until(lambda: self.database.ask(AT_WORK, database="portal"), "a worker is at work")
        self.workers[name].kill()
        self.workers[name].wait(servers.PATIENCE)
        return name

    def imports(self):
        """The number of imports in each state."""
        counted = "SELECT state, count(*) FROM licences_fileimport GROUP BY state"
        return dict(self.database.ask(counted, database="portal"))

    def promote(self):
        self.primary.kill()
        self.standby.ask("SELECT pg_promote()")
        self.database = self.standby

    def restore(self, copy):
        """To the newest point of the archive, from a copy that was made under load; the database itself has gone."""
        [(segment,)] = self.database.ask("SELECT pg_walfile_name(pg_switch_wal())")
        until(lambda: (self.archive / segment).exists(), "the newest point is in the archive")
        self.database.kill()
        (copy.data / "standby.signal").rename(copy.data / "recovery.signal")
        self.clusters.append(copy)
        copy.start(restore_command=f"cp {self.archive}/%f %p", archive_mode="off")
        until(lambda: copy.ask("SELECT NOT pg_is_in_recovery()") == [(True,)], "it has recovered all")
        self.database = copy
        self.address(f"127.0.0.1:{copy.port}")

    def end(self):
        for portal in self.nodes.values():
            if portal.process.poll() is None:
                portal.end()
        for worker in self.workers.values():
            if worker.poll() is None:
                worker.terminate()
                worker.wait(servers.PATIENCE)

    def close(self):
        self.end()
        for each in self.clusters:
            each.stop()


@pytest.fixture(scope="module")
def old_code(tmp_path_factory):
    """The folder of the code before, or None for that of now where no code before is known."""
    try:
        return code_before.unpacked(tmp_path_factory.mktemp("before"))[0]
    except pytest.skip.Exception:
        return None


@pytest.fixture
def site(folder, old_code):
    made = Site(folder, old_code)
    try:
        made.begin()
        yield made
    finally:
        made.close()


class Story:
    """The faults and their seconds, and what was wrong with the store after each."""

    def __init__(self, site, running):
        self.site, self.running, self.faults, self.wrong = site, running, {}, []

    @contextmanager
    def fault(self, name):
        began = self.running.now
        yield
        self.faults[name] = (began, self.running.now)

    def goes_on(self):
        """The load goes on; then look at what is stored."""
        self.running.pause(CALM)
        self.wrong += load.faults_in_store(self.site.database, self.running.answered)

    def fault_of(self, told):
        """The fault in whose seconds an error lies, if there is one."""
        names = [name for name, (began, ended) in self.faults.items() if began <= told.at <= ended + SETTLED]
        return names[-1] if names else ""

    def figures(self):
        told, seconds = len(self.running.told), self.running.lasted
        said = [f"{told} requests in {seconds:.0f} s, {len(self.running.answered)} of them registrations"]
        for name, (began, ended) in self.faults.items():
            errors = [told.at - began for told in self.running.failed if self.fault_of(told) == name]
            span = f", from {min(errors):.1f} to {max(errors):.1f} s after its beginning" if errors else ""
            said.append(f"{name}: {ended - began:.1f} s, {len(errors)} errors{span}")
        return "\n".join(said)


@pytest.mark.timeout(900)
def test_one_fault_after_the_other(site, folder):
    [one, other] = site.nodes.values()
    with (
        proxies.proxy("nginx", folder / "nginx", one.port, other.port) as front,
        load.Load(front, site.cast, rate=RATE) as running,
    ):
        story = Story(site, running)
        upgraded(story)
        a_worker_is_killed(story)
        a_web_server_is_killed(story)
        the_primary_is_killed(story)
        copy = Cluster(folder, "copy", of=site.database)
        story.goes_on()
        failed = running.failed
        again = [running.ask_again(told) for told in failed if told.serial]
    print(story.figures())  # noqa: T201
    site.end()

    assert [told for told in failed if not told.is_503_with_words] == []
    assert [told for told in failed if not story.fault_of(told)] == []
    assert [told for told in again if not told.is_answered] == []
    assert story.wrong + load.faults_in_store(site.database, running.answered + again) == []
    assert "Internal Server Error" not in "".join((folder / f"{name}.log").read_text() for name in site.nodes)

    site.restore(copy)
    restored(site, running.answered + again)


def upgraded(story):
    """From the code before to that of now: the tables, then one web server after the other."""
    story.goes_on()
    story.site.migrate()
    for name in list(story.site.nodes):
        with story.fault(f"{name} restarted"):
            story.site.nodes[name].end()
        story.site.start_node(name)
        story.running.pause(LEFT_ALONE)
    for name in ("worker1", "worker2"):
        story.site.start_worker(name)
    story.goes_on()


def a_worker_is_killed(story):
    """What it was at is done by the other one, and nothing is done twice."""
    site = story.site
    given = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", IMPORTS],
        cwd=settings.BASE_DIR, env=site.surroundings,
    )  # fmt: skip
    killed = site.kill_worker_at_work()
    with story.fault("worker killed, until another has done its work"):
        assert site.imports().get("applied", 0) < 1 + FILES, "it was killed at work"
        assert given.wait(servers.PATIENCE) == 0
        until(lambda: site.imports() == {"applied": 1 + FILES}, "another worker takes it up")
    site.start_worker(killed)
    story.goes_on()

    counted = "SELECT count(*), count(DISTINCT purchase_reference) FROM licences_licencegrant"
    bulk = site.database.ask(f"{counted} WHERE purchase_reference ~ '^BULK-'", database="portal")
    assert bulk == [(FILES * ROWS, FILES * ROWS)]


def a_web_server_is_killed(story):
    with story.fault("web server killed"):
        story.site.nodes["web1"].kill()
    story.goes_on()
    story.site.start_node("web1")


def the_primary_is_killed(story):
    """The standby is promoted; web servers and workers find it by themselves."""
    site = story.site
    with story.fault("primary killed, until all find the promoted standby"):
        site.promote()
        until(lambda: all(node.get("/readyz").status_code == 200 for node in site.nodes.values()), "they find it")
    story.goes_on()


def restored(site, answered):
    """What was answered is in what was restored, and the portal goes on with it."""
    said = manage(site.surroundings, "after_restore")
    site.start_node("web1")
    serial, site_id = site.cast["serials"][-1], site.cast["site_ids"][-1]
    goes_on = site.nodes["web1"].call("registrations", registration(serial, site_id))
    checked = manage(site.surroundings, "verify_log")

    assert load.faults_in_store(site.database, answered) == []
    assert said.returncode == 0, said.stdout + said.stderr
    assert "sequences raised by 100" in said.stdout
    assert "lost:" not in said.stdout
    assert goes_on.status_code == 201, goes_on.text
    assert checked.returncode == 0, checked.stdout + checked.stderr
