"""pgbouncer between portal and PostgreSQL, in session mode: what the portal keeps in a session stays in it."""

import os
import subprocess
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from tests import servers
from tests.imports.files import csv_bytes, row
from tests.servers import Cluster, Portal, environment, manage, registration, stage, until

PROGRAM = Path("/usr/sbin/pgbouncer")
CONFIGURATION = """
[databases]
portal = host=127.0.0.1 port={server} dbname=portal user=portal
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = session
default_pool_size = 20
"""


@pytest.fixture
def database(folder):
    if not PROGRAM.exists():
        servers.wanted("pgbouncer")
    cluster = Cluster(folder, "behind-pgbouncer")
    cluster.start()
    servers.database_of(cluster)
    yield cluster
    cluster.stop()


@pytest.fixture
def pooled(database, folder):
    """The address of the pooler."""
    port = servers.free_port()
    configuration = folder / "pgbouncer.ini"
    configuration.write_text(CONFIGURATION.format(server=database.port, port=port))
    configuration.chmod(0o644)
    who = servers.OWNER if os.geteuid() == 0 else None
    with (folder / "pgbouncer.log").open("ab") as log:
        pooler = subprocess.Popen([PROGRAM, configuration], cwd="/", user=who, stdout=log, stderr=log)
    address = f"postgres://portal@127.0.0.1:{port}/portal"
    until(lambda: _answers(address), "the pooler answers")
    yield address
    pooler.terminate()
    pooler.wait(servers.PATIENCE)


def _answers(address):
    with suppress(psycopg.OperationalError), psycopg.connect(address):
        return True


def test_pages_calls_and_imports_work_through_it(database, pooled, folder):
    cast = stage(environment(pooled))
    portal = Portal(environment(pooled), folder / "pooled-portal.log")
    portal.cookies["sessionid"] = cast["session"]
    try:
        serials = list(zip(cast["serials"], cast["site_ids"], strict=True))[:3]
        answers = [portal.call("registrations", registration(*each)) for each in serials]
        looked_up = [portal.get(f"/lookup/?format=json&q={serial}").json()["results"] for serial, _ in serials]
    finally:
        portal.end()
    file = folder / "purchases.csv"
    file.write_bytes(csv_bytes(*(row(f"PO-{number}", customer_number=f"K-{number}") for number in range(3))))
    imported = manage(environment(pooled), "import_purchases", file, "--accept-valid")

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert [hit["registered"] for [hit] in looked_up] == [True, True, True]
    assert imported.returncode == 0, imported.stdout + imported.stderr
    wanted = "SELECT count(*) FROM licences_licencegrant WHERE purchase_reference IN ('PO-0', 'PO-1', 'PO-2')"
    assert database.ask(wanted, database="portal") == [(3,)]
    assert "Traceback" not in portal.log.read_text()
