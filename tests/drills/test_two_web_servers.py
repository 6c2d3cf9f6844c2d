"""Two gunicorns behind the shipped nginx share sessions, limits and records; one of them is killed under load."""

import http.client
import json
import os
import signal
import threading
import time
from dataclasses import dataclass

import pytest

from tests import servers
from tests.drills import proxies
from tests.servers import Cluster, Portal, environment, manage, registration

SECONDS, RATE, KILLED_AT = 10, 40, 4  # of load; requests a second; when one server is killed
SETTLED = 5  # seconds after the fault, from which on no request fails
CALLERS = 10
SERIALS = 120
STAGE = f"""
import json
from django.contrib.auth.models import User
from django.test import Client
from tests import factories
factories.catalogue()
user = User.objects.create_superuser("viewer", password="a long test password")
browser = Client()
browser.force_login(user)
print(json.dumps({{
    "session": browser.cookies["sessionid"].value,
    "serials": [factories.bought().code for _ in range({SERIALS})],
    "site_ids": [factories.new_site_id() for _ in range({SERIALS})],
}}))
"""


@pytest.fixture(scope="module")
def cluster(folder):
    primary = Cluster(folder, "shared")
    primary.start()
    servers.database_of(primary)
    yield primary
    primary.stop()


@pytest.fixture(scope="module")
def cast(cluster):
    made = manage(environment(cluster.url()), "migrate", "--verbosity", "0", "--skip-checks")
    assert made.returncode == 0, made.stderr
    said = manage(environment(cluster.url()), "shell", "--verbosity", "0", "-c", STAGE)
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout.strip().splitlines()[-1])


@pytest.fixture
def pair(cluster, folder, request):
    """``pair(NAME=value)`` are two web servers with one database, and settings of their own."""
    started = []

    def start(**more):
        surroundings = environment(
            cluster.url(),
            TRUSTED_PROXY_COUNT="1",
            ALLOWED_HOSTS=f"{proxies.HOST},localhost",
            PORTAL_URL=f"https://{proxies.HOST}",
            **more,
        )
        for number in (1, 2):
            started.append(Portal(surroundings, folder / f"{request.node.name}-{number}.log"))
        return started

    yield start
    for portal in started:
        if portal.process.poll() is None:
            portal.end()


# --- What they share ---------------------------------------------------------------------------------


def test_a_session_is_known_to_both_and_ends_on_both(cast, pair):
    one, other = pair()
    one.cookies["sessionid"] = other.cookies["sessionid"] = cast["session"]
    before = [portal.get("/").status_code for portal in (one, other)]

    one.get("/accounts/logout/")
    left = one.post("/accounts/logout/", {}, Origin=f"https://{proxies.HOST}")
    after = other.get("/")

    assert before == [200, 200]
    assert left.status_code == 302, left.text
    assert (after.status_code, after.headers["Location"].partition("?")[0]) == (302, "/accounts/login/")


def test_limits_count_what_both_were_asked(cast, pair):
    one, other = pair(RATE_LIMIT_ADDRESS="10")
    body = registration(cast["serials"][0], cast["site_ids"][0])

    answers = [portal.call("registrations", body).status_code for _time in range(15) for portal in (one, other)]

    answered = [status for status in answers if status in (200, 201)]
    assert set(answers) == {*answered, 429}
    assert 10 <= len(answered) <= 15  # a place becomes free every six seconds


# --- One is killed -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What a caller was told: when (seconds of the load), of which serial number if one was registered."""

    at: float
    status: int
    text: str
    retry_after: str
    serial: str = ""


class Load:
    """Requests at a steady rate from several callers: every fourth a registration, the others look-ups and pages."""

    def __init__(self, front, cast):
        self.front, self.cast, self.told, self.began = front, cast, [], time.monotonic()
        self._guard, self._next = threading.Lock(), 0

    def run(self, kill):
        callers = [threading.Thread(target=self._call) for _ in range(CALLERS)]
        for caller in callers:
            caller.start()
        time.sleep(KILLED_AT)
        kill()
        for caller in callers:
            caller.join(servers.PATIENCE)
        assert [caller for caller in callers if caller.is_alive()] == []

    def _call(self):
        while True:
            with self._guard:
                number, self._next = self._next, self._next + 1
            if number >= SECONDS * RATE:
                return
            time.sleep(max(self.began + number / RATE - time.monotonic(), 0))
            self._ask(number)

    def _ask(self, number):
        cookie = ("Cookie", f"sessionid={self.cast['session']}")
        serial = ""
        try:
            if number % 4 == 0:
                serial = self.cast["serials"][number // 4 + 1]
                body = json.dumps(registration(serial, self.cast["site_ids"][number // 4 + 1]))
                json_type = ("Content-Type", "application/json")
                answer = self.front.ask("POST", "/api/v1/registrations", json_type, body=body)
            else:
                known = self.cast["serials"][number % SERIALS]
                path = ("/", "/healthz", f"/lookup/?format=json&q={known}")[number % 4 - 1]
                answer = self.front.ask("GET", path, cookie)
            said = (answer.status, answer.body, answer.header("Retry-After"))
        except (OSError, http.client.HTTPException) as error:
            said = (0, repr(error), "")
        with self._guard:
            self.told.append(Told(time.monotonic() - self.began, *said, serial))


def kill_all(portal):
    """The master and its processes at once, as when a machine is gone."""
    for pid in [portal.process.pid, *map(int, portal.worker())]:
        os.kill(pid, signal.SIGKILL)
    portal.process.wait(servers.PATIENCE)


def test_one_of_two_is_killed_under_load_and_what_was_answered_is_stored(cast, cluster, pair, folder):
    one, other = pair(RATE_LIMIT_SERIAL="100000", WEB_CONCURRENCY="1")
    fresh = manage(environment(cluster.url()), "shell", "--verbosity", "0", "-c", SESSION)
    cast = {**cast, "session": fresh.stdout.strip().splitlines()[-1]}
    killed = []
    with proxies.proxy("nginx", folder / "nginx", one.port, other.port) as front:
        load = Load(front, cast)

        def kill():
            killed.append(time.monotonic() - load.began)
            kill_all(one)

        load.run(kill)
        last = front.ask("GET", "/readyz")

    registered = [told for told in load.told if told.serial and told.status == 201]
    failed = [told for told in load.told if told.status not in (200, 201)]
    rows = cluster.ask(
        "SELECT s.code FROM licences_serial s JOIN licences_installation i ON i.serial_id = s.id", database="portal"
    )
    print(f"answered {len(load.told)}, registered {len(registered)}, failed {[told.at for told in failed]}")  # noqa: T201

    assert len(load.told) == SECONDS * RATE
    assert len(registered) >= SECONDS * RATE // 4 - len(failed)
    assert {told.serial for told in registered} - {code for (code,) in rows} == set()
    assert [told for told in failed if not killed[0] - 1 <= told.at <= killed[0] + SETTLED] == []
    assert [told for told in failed if told.status != 503] == []
    assert [told for told in failed if not told.retry_after or "ry again in" not in told.text] == []
    assert last.status == 200
    assert "Internal Server Error" not in other.log.read_text()


SESSION = """
from django.contrib.auth.models import User
from django.test import Client
browser = Client()
browser.force_login(User.objects.get(username="viewer"))
print(browser.cookies["sessionid"].value)
"""


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_with_no_server_left_the_proxy_says_so_in_words(name, tmp_path):
    proxies.program(name, f"/usr/sbin/{name}")
    with proxies.proxy(name, tmp_path, servers.free_port()) as front:
        page = front.ask("GET", "/lookup/?q=Anna")
        form = front.ask("POST", "/register/", body="serial=x")
        call = front.ask("POST", "/api/v1/registrations", ("Content-Type", "application/json"), body="{}")

    assert (page.status, form.status, call.status) == (503, 503, 503)
    assert [answer.header("Retry-After") for answer in (page, form, call)] == ["10"] * 3
    assert [answer.header("Content-Type") for answer in (page, form)] == ["text/html; charset=utf-8"] * 2
    assert "Try again in ten seconds" in page.body
    assert "Versuchen Sie es in zehn Sekunden noch einmal" in form.body
    assert call.header("Content-Type") == "application/problem+json"
    assert json.loads(call.body)["type"] == f"https://{proxies.HOST}/api/docs#unavailable"
