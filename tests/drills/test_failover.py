"""The primary dies and the standby is promoted: with the address of both, the portal goes on by itself."""

import threading
from datetime import UTC

import pytest

from tests import servers
from tests.imports.files import csv_bytes, row
from tests.servers import Cluster, Portal, environment, manage, registration, stage, until


@pytest.fixture(scope="module")
def staged(folder):
    """A database with tables, products and serial numbers, and who is in it."""
    cluster = Cluster(folder, "staged")
    cluster.start()
    servers.database_of(cluster)
    yield cluster, stage(environment(cluster.url()))
    cluster.stop()


@pytest.fixture
def cast(staged):
    return staged[1]


@pytest.fixture
def primary(folder, staged, request):
    """A copy of it that can be written to."""
    cluster = Cluster(folder, request.node.name[:40], of=staged[0])
    (cluster.data / "standby.signal").unlink()
    cluster.start()
    yield cluster
    cluster.stop()


def test_the_address_of_both_hosts_follows_the_primary(folder, primary, cast):
    standby = Cluster(folder, "second", of=primary)
    standby.start()
    hosts = f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}"
    portal = Portal(
        environment(f"postgres://portal@{hosts}/portal?target_session_attrs=read-write"), folder / "portal.log"
    )
    try:
        before, [first, second, *_] = portal.worker(), zip(cast["serials"], cast["site_ids"], strict=True)
        answered = portal.call("registrations", registration(*first))
        assert answered.status_code == 201, answered.text
        until(lambda: _has_received_all(primary, standby), "the standby has received it")

        primary.stop()
        away = portal.call("registrations", registration(*second))
        standby.ask("SELECT pg_promote()")
        until(lambda: portal.get("/readyz").status_code == 200, "it finds the new primary")
        again = portal.call("registrations", registration(*first))
        goes_on = portal.call("registrations", registration(*second))

        assert away.status_code == 503
        assert away.headers["Retry-After"]
        assert again.json()["unlock_code"] == answered.json()["unlock_code"]
        assert goes_on.status_code == 201, goes_on.text
        assert portal.worker() == before
        assert "Internal Server Error" not in portal.log.read_text()
    finally:
        portal.end()
        standby.stop()


# --- A standby that has fallen behind ----------------------------------------------------------------


def test_what_a_standby_had_not_received_is_lost_and_after_restore_says_since_when(folder, primary, cast):
    standby = Cluster(folder, "behind", of=primary)
    standby.start()
    lists = {"ALLOCATED_SERIALS_DIR": str(folder / "allocated")}
    portal = Portal(environment(primary.url(), **lists), folder / "lost.log")
    try:
        [first, second, *_] = zip(cast["serials"], cast["site_ids"], strict=True)
        assert portal.call("registrations", registration(*first)).status_code == 201
        until(lambda: _has_received_all(primary, standby), "the standby has received it")
        [(last,)] = primary.ask("SELECT max(at) FROM licences_event", database="portal")
        standby.stop()
        lost = portal.call("registrations", registration(*second))
        purchases = folder / "PO-lost.csv"
        purchases.write_bytes(csv_bytes(row("PO-LOST", customer_number="K-LOST", customer_name="Verloren KG")))
        imported = manage(environment(primary.url(), **lists), "import_purchases", purchases)

        primary.kill()
        standby.start()
        standby.ask("SELECT pg_promote()")
        said = manage(environment(standby.url(), **lists), "after_restore")

        assert (lost.status_code, imported.returncode) == (201, 0)
        assert said.returncode == 0, said.stdout + said.stderr
        assert f"the last event in this database is from {last.astimezone(UTC):%Y-%m-%dT%H:%M:%S}" in said.stdout
        assert "lost: PO-lost.csv" in said.stdout
        assert "sequences raised by 100" in said.stdout
        assert standby.ask(_REGISTERED, second[0], database="portal") == [(0,)]
    finally:
        portal.end()
        standby.stop()


def test_with_a_standby_that_confirms_nothing_is_answered_that_it_has_not_received(folder, primary, cast):
    standby = Cluster(folder, "confirming", of=primary)
    standby.start()
    primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
    primary.ask("SELECT pg_reload_conf()")
    until(lambda: primary.ask("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"), "it confirms")
    portal, answers = Portal(environment(primary.url()), folder / "confirmed.log"), []
    [first, second, *_] = zip(cast["serials"], cast["site_ids"], strict=True)
    try:
        assert portal.call("registrations", registration(*first)).status_code == 201
        standby.freeze()
        caller = threading.Thread(target=lambda: answers.append(portal.call("registrations", registration(*second))))
        caller.start()
        until(lambda: primary.ask(_WAITS), "the commit waits for the standby")
        until(lambda: not caller.is_alive() or _seconds_waited(primary) > 3, "it waits for longer")
        meanwhile = list(answers)
        standby.thaw()
        caller.join(servers.PATIENCE)

        assert meanwhile == []
        assert [each.status_code for each in answers] == [201]
        assert standby.ask(_REGISTERED, second[0], database="portal") == [(1,)]
    finally:
        standby.thaw()
        portal.end()
        primary.ask("ALTER SYSTEM RESET synchronous_standby_names")
        standby.stop()


_WAITS = "SELECT state_change FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
_REGISTERED = """
SELECT count(*) FROM licences_registration r JOIN licences_serial s ON s.id = r.serial_id WHERE s.code = %s
"""


def _seconds_waited(primary):
    waited = "SELECT max(extract(epoch FROM clock_timestamp() - query_start)) FROM pg_stat_activity"
    return primary.ask(f"{waited} WHERE wait_event = 'SyncRep'")[0][0] or 0


def _has_received_all(primary, standby):
    [(written,)] = primary.ask("SELECT pg_current_wal_lsn()::text")
    [(received,)] = standby.ask("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", written)
    return received
