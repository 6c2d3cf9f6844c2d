"""The database of a running portal is stopped, out of connections, read-only, slow, and back again."""

import re
import subprocess
import sys
from contextlib import suppress

import psycopg
import pytest
from django.conf import settings

from tests import servers
from tests.servers import Cluster, Portal, environment, manage, registration, stage, until

BROKEN = ("Traceback", "Internal Server Error")


@pytest.fixture(scope="module")
def cluster(folder):
    started = Cluster(folder, "cluster")
    started.start(max_connections="20")
    servers.database_of(started)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def urls(cluster):
    return environment(cluster.url())


@pytest.fixture(scope="module")
def cast(urls):
    return stage(urls)


@pytest.fixture(scope="module")
def start_portal(folder, urls, cast):
    """``start_portal(name, **settings)`` starts a portal with a logged-in user; ``name`` is that of its log file."""
    running = []

    def start_one(name, **more):
        running.append(Portal({**urls, **more}, folder / f"{name}.log"))
        running[-1].cookies["sessionid"] = cast["session"]
        assert running[-1].get("/registrations/new/").status_code == 200
        return running[-1]

    yield start_one
    for each in running:
        each.end()


@pytest.fixture(scope="module")
def running(start_portal):
    return start_portal("portal")


@pytest.fixture
def portal(running, cast):
    """The portal shared by the tests that do not read its log."""
    running.cookies["sessionid"] = cast["session"]
    return running


@pytest.fixture
def stopped(portal, cluster):
    cluster.stop()
    yield
    cluster.start(max_connections="20")
    until(lambda: portal.get("/readyz").status_code == 200, "the portal goes on")


def form(cast):
    details = registration(cast["serials"].pop(), cast["site_ids"].pop())
    return {**details.pop("customer"), **details}


def lines(portal):
    """The lines of the log, without gunicorn's own."""
    return [line for line in portal.log.read_text().splitlines() if "[INFO]" not in line]


# --- Away ------------------------------------------------------------------------------------------------


def test_every_page_says_so_and_when_to_come_back(portal, stopped):
    for path in ("/", "/lookup/?q=x", "/admin/", "/admin/licences/event/", "/accounts/login/?next=/", "/quality/"):
        response = portal.get(path)

        assert (response.status_code, response.headers["Retry-After"]) == (503, "30"), path
        assert "The portal cannot reach its database" in response.text
        assert "Nothing was changed." in response.text
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "Traceback" not in response.text


def test_what_was_typed_is_sent_again_when_it_is_back(portal, cluster, cast):
    typed = form(cast)
    cluster.stop()
    try:
        response = portal.post("/registrations/new/", typed)
    finally:
        cluster.start(max_connections="20")

    assert response.status_code == 503
    assert "Nothing was changed." in response.text
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', response.text))
    assert kept.pop("csrfmiddlewaretoken")
    assert kept["serial"] == typed["serial"]
    until(lambda: portal.get("/readyz").status_code == 200, "the portal goes on")
    assert portal.post("/registrations/new/", typed).status_code == 302


def test_a_server_gets_a_problem_document(portal, stopped):
    registered = portal.call("registrations", registration("AB1CO9XZ", "4K7MPO2WQZ8R"))

    assert registered.status_code == 503
    assert registered.headers["Content-Type"] == "application/problem+json"
    assert registered.headers["Retry-After"] == "30"
    assert registered.json()["type"].endswith("#unavailable")
    assert "Nothing was changed." in registered.json()["detail"]


def test_the_public_page_says_so_as_a_page_and_to_a_program_as_a_problem(portal, stopped, cast):
    typed = form(cast)
    portal.cookies.pop("sessionid")

    page = portal.post("/register/", typed)
    document = portal.post("/register/", typed, Accept="application/json")

    assert (page.status_code, document.status_code) == (503, 503)
    assert "The portal cannot reach its database" in page.text
    assert document.json()["type"].endswith("#unavailable")


def test_the_look_up_while_one_types_gets_data(portal, stopped):
    response = portal.get("/lookup/?format=json&q=x")

    assert response.status_code == 503
    assert response.json()["type"].endswith("#unavailable")


def test_hundreds_of_requests_are_one_line(start_portal, cluster):
    portal = start_portal("lines")
    cluster.stop()
    try:
        for _ in range(80):
            assert portal.get("/").status_code == 503
            assert portal.call("registrations", registration("AB1CO9XZ", "4K7MPO2WQZ8R")).status_code == 503
            assert portal.get("/readyz").status_code == 503
            assert portal.get("/lookup/?format=json&q=x").status_code == 503
    finally:
        cluster.start(max_connections="20")

    log_lines = lines(portal)
    assert len(log_lines) <= 3, log_lines  # it may have lasted longer than a minute
    assert "database not reachable" in log_lines[0]
    assert not any(word in line for word in BROKEN for line in log_lines)


# --- Crowded, read-only, slow ----------------------------------------------------------------------------


def test_when_all_connections_are_in_use(start_portal, cluster):
    portal = start_portal("crowded")
    where = f"host=127.0.0.1 port={cluster.port} user=portal dbname=portal"
    cluster.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'portal'")
    connections = []
    try:
        with suppress(psycopg.OperationalError):
            while True:
                connections.append(psycopg.connect(where))

        response = portal.get("/")

        assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
        assert "All connections to the database are in use." in response.text
        assert ["no connection left" in line for line in lines(portal)] == [True]
    finally:
        for each in connections:
            each.close()
    until(lambda: portal.get("/readyz").status_code == 200, "the portal goes on")


def test_a_database_that_can_only_be_read_is_read(start_portal, cluster, cast):
    cluster.ask("ALTER DATABASE portal SET default_transaction_read_only = on")
    try:
        portal = start_portal("read-only")
        seen = portal.get("/registrations/new/")
        written = portal.post("/registrations/new/", form(cast))

        assert seen.status_code == 200
        assert (written.status_code, written.headers["Retry-After"]) == (503, "60")
        assert "Nothing can be saved at the moment" in written.text
        assert "Nothing was changed." in written.text
        assert not any(word in line for word in BROKEN for line in lines(portal))
    finally:
        cluster.ask("ALTER DATABASE portal RESET default_transaction_read_only")


def test_a_statement_that_takes_too_long_ends_with_words(start_portal, cluster):
    """Another connection locks the table of sessions for longer than a statement may take."""
    portal = start_portal("slow", DATABASE_STATEMENT_SECONDS="2")
    where = f"host=127.0.0.1 port={cluster.port} user=portal dbname=portal"

    with psycopg.connect(where) as other:
        other.execute("LOCK TABLE django_session")
        response = portal.get("/")

    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert "This took too long" in response.text
    assert portal.get("/").status_code == 200
    assert not any(word in line for word in BROKEN for line in lines(portal))


# --- Cut off while something is written ------------------------------------------------------------------


def test_what_may_be_stored_is_not_told_as_not_stored(portal, cluster, cast):
    """The unlock code is committed, and the connection ends before the page is rendered."""
    # What the session keeps is written after the operation: a trigger ends the connection there.
    cluster.ask(
        """
        CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
        CREATE TRIGGER cut BEFORE UPDATE ON django_session FOR EACH ROW EXECUTE FUNCTION cut();
        """,
        database="portal",
    )
    typed = form(cast)
    try:
        response = portal.post("/registrations/new/", typed)
    finally:
        cluster.ask("DROP FUNCTION cut CASCADE", database="portal")

    assert response.status_code == 503
    assert "Your last step may have been saved." in response.text
    assert "Nothing was changed." not in response.text
    assert 'name="serial"' not in response.text
    [(registered,)] = cluster.ask(
        "SELECT count(*) FROM licences_registration r JOIN licences_serial s ON s.id = r.serial_id WHERE s.code = %s",
        typed["serial"],
        database="portal",
    )
    assert registered == 1


# --- The command line and the worker ---------------------------------------------------------------------


def test_a_command_says_it_in_a_line(portal, stopped, urls, tmp_path):
    for command in (
        ["import_purchases", "docs/samples/purchases.csv"],
        ["export_log", tmp_path / "log.jsonl"],
        ["migrate"],
        ["worker", "--batch"],
    ):
        done = manage(urls, *command)

        assert done.returncode == 1, command
        assert "Traceback" not in done.stderr
        assert [line for line in done.stderr.splitlines() if line][-1].startswith("database not reachable: ")


def test_a_worker_goes_on_when_the_database_is_back(cluster, urls, cast, folder):
    log = folder / "worker.log"
    with log.open("wb") as out:
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "worker", "--no-startup-delay"],
            cwd=settings.BASE_DIR, env={**urls, "PGAPPNAME": "worker of the drill"}, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        asks = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'worker of the drill' AND query <> ''"
        until(lambda: cluster.ask(asks), "it works")
        cluster.stop()
        until(lambda: "database not reachable" in log.read_text(), "it says so")
        cluster.start(max_connections="20")

        until(lambda: cluster.ask(asks), "it works again")
        assert worker.poll() is None
        assert "Traceback" not in log.read_text()
    finally:
        worker.terminate()
        worker.wait(servers.PATIENCE)
