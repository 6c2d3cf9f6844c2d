"""The primary dies and the standby is promoted: with the address of both, the portal goes on by itself."""

import pytest

from tests import servers
from tests.servers import Cluster, Portal, environment, registration, stage, until


@pytest.fixture
def primary(folder):
    cluster = Cluster(folder, "first")
    cluster.start()
    servers.database_of(cluster)
    yield cluster
    cluster.stop()


def test_the_address_of_both_hosts_follows_the_primary(folder, primary):
    cast = stage(environment(primary.url()))
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


def _has_received_all(primary, standby):
    [(written,)] = primary.ask("SELECT pg_current_wal_lsn()::text")
    [(received,)] = standby.ask("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", written)
    return received
