"""Look-ups with a real streaming standby that is current, behind, stopped, hanging, promoted, and back again."""

import pytest

from tests import servers
from tests.servers import Cluster, Portal, environment, registration, stage, until

MOST = 3  # REPLICA_MAX_AGE_SECONDS of these tests


@pytest.fixture(scope="module")
def primary(folder):
    cluster = Cluster(folder, "primary")
    cluster.start()
    servers.database_of(cluster)
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def cast(primary):
    """Users and serial numbers, created before the standby, so that it starts with them."""
    return stage(environment(primary.url()))


@pytest.fixture(scope="module")
def standby(folder, primary, cast):
    cluster = Cluster(folder, "standby", of=primary)
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def running(folder, primary, standby, cast):
    urls = environment(
        primary.url(), DATABASE_REPLICA_URL=standby.url(), REPLICA_MAX_AGE_SECONDS=str(MOST), REPLICA_RETRY_SECONDS="1"
    )
    portal = Portal(urls, folder / "portal.log")
    portal.cookies["sessionid"] = cast["session"]
    yield portal
    portal.end()


@pytest.fixture
def portal(running):
    """The portal with a current replica; checks that the same worker process runs at the end."""
    running.cookies.pop("wrote", None)
    until(lambda: readiness(running)["replica"] == "current", "the replica is current")
    before = running.worker()
    yield running
    assert running.worker() == before


@pytest.fixture
def bought(cast):
    """An unregistered serial number and a site ID."""
    return cast["serials"].pop(), cast["site_ids"].pop()


def readiness(portal):
    """The content of /readyz; the portal is ready whatever the state of the replica."""
    response = portal.get("/readyz")
    assert response.status_code == 200
    return response.json()


def is_registered(portal, serial):
    response = portal.get(f"/lookup/?format=json&q={serial}")
    assert response.status_code == 200, response.text
    [result] = response.json()["results"]
    return result["registered"]


def test_a_replica_that_is_well_is_read(portal, standby, bought):
    serial, _ = bought

    assert not is_registered(portal, serial)

    asked = standby.ask("SELECT query FROM pg_stat_activity WHERE datname = 'portal'")
    assert any("licences_" in query for (query,) in asked), asked
    assert readiness(portal)["replica_age_seconds"] == 0


def test_a_quiet_primary_makes_no_replica_old(portal, primary, standby):
    """Where nothing is written nothing is replayed, so the time since the last replay is no age."""
    replayed = "SELECT extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())"

    primary.ask("CREATE TABLE written ()")
    until(lambda: standby.ask(replayed) != [(None,)], "it is replayed")

    until(lambda: float(standby.ask(replayed)[0][0]) > MOST, "the last replay is long ago")

    assert (readiness(portal)["replica"], readiness(portal)["replica_age_seconds"]) == ("current", 0)


def test_what_was_registered_is_never_told_as_unregistered_by_a_replica_that_lags(portal, standby, bought):
    serial, site_id = bought
    standby.ask("SELECT pg_wal_replay_pause()")
    try:
        assert portal.call("registrations", registration(serial, site_id)).status_code == 201
        until(lambda: readiness(portal)["replica"] == "behind", "the replica is behind")

        assert is_registered(portal, serial)
        assert readiness(portal)["replica_age_seconds"] > MOST
        assert is_registered(portal, serial)
    finally:
        standby.ask("SELECT pg_wal_replay_resume()")
    until(lambda: readiness(portal)["replica"] == "current", "the replica has caught up")
    assert is_registered(portal, serial)


def test_who_writes_sees_it_whatever_the_replica_has(portal, standby, bought):
    serial, site_id = bought
    details = registration(serial, site_id)
    portal.get("/registrations/new/")
    standby.ask("SELECT pg_wal_replay_pause()")
    try:
        assert not is_registered(portal, serial)
        response = portal.post("/registrations/new/", {**details.pop("customer"), **details})
        assert response.status_code == 302

        assert is_registered(portal, serial)
    finally:
        standby.ask("SELECT pg_wal_replay_resume()")


def test_one_that_is_stopped_keeps_nobody_from_looking_up_and_is_read_when_it_is_back(portal, standby, bought):
    serial, site_id = bought
    is_registered(portal, serial)
    standby.stop()
    try:
        for _ in range(5):
            assert not is_registered(portal, serial)
        assert readiness(portal)["replica"] == "away"
        assert portal.call("registrations", registration(serial, site_id)).status_code == 201
        assert is_registered(portal, serial)
    finally:
        standby.start()
    until(lambda: readiness(portal)["replica"] == "current", "it is back")
    assert is_registered(portal, serial)


def test_one_that_hangs_is_not_waited_for(portal, standby, bought):
    serial, site_id = bought
    is_registered(portal, serial)
    standby.freeze()
    try:
        assert not is_registered(portal, serial)
        assert readiness(portal)["replica"] == "away"
        assert portal.call("registrations", registration(serial, site_id)).status_code == 201
        assert is_registered(portal, serial)
    finally:
        standby.thaw()
    until(lambda: readiness(portal)["replica"] == "current", "it is back")


def test_a_query_that_is_ended_there_is_asked_of_the_primary(portal, standby, bought):
    """Its connections are ended between the check of its state and the next query."""
    serial, _ = bought
    is_registered(portal, serial)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'portal'"

    for _ in range(5):
        standby.ask(cut)
        assert not is_registered(portal, serial)


def test_one_that_was_promoted_is_not_read_any_more_and_a_new_one_is(portal, standby, primary, bought):
    serial, site_id = bought
    standby.ask("SELECT pg_promote()")
    try:
        until(lambda: readiness(portal)["replica"] == "promoted", "it is promoted")
        assert portal.call("registrations", registration(serial, site_id)).status_code == 201
        assert is_registered(portal, serial)
    finally:
        standby.again()
    until(lambda: readiness(portal)["replica"] == "current", "a new one is read")
    assert is_registered(portal, serial)


def test_the_log_has_a_line_now_and_then_and_no_traceback(running):
    log = running.log.read_text()

    assert "replica away: " in log
    assert "Traceback" not in log
    assert "Internal Server Error" not in log
    assert log.count("licences.database.read_replica") < 20
