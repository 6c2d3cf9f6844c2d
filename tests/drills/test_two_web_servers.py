"""Two gunicorns behind the shipped nginx share sessions, limits and records; one of them is killed under load."""

import json

import pytest

from tests import servers
from tests.drills import load, proxies
from tests.servers import Cluster, Portal, environment, manage, registration

RATE, BEFORE, AFTER = 40, 4, 6  # requests a second; seconds of load before and after one server is killed
SETTLED = 5  # seconds after the fault, from which on no request fails


@pytest.fixture(scope="module")
def cluster(folder):
    primary = Cluster(folder, "shared")
    primary.start()
    servers.database_of(primary)
    yield primary
    primary.stop()


@pytest.fixture(scope="module")
def cast(cluster, folder):
    return load.stage(cluster, 250, folder / "purchases.csv")


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


def test_one_of_two_is_killed_under_load_and_what_was_answered_is_stored(cast, cluster, pair, folder):
    one, other = pair(RATE_LIMIT_SERIAL="100000")
    fresh = manage(environment(cluster.url()), "shell", "--verbosity", "0", "-c", SESSION)
    unused = {name: cast[name][1:] for name in ("serials", "site_ids")}
    cast = {"session": fresh.stdout.strip().splitlines()[-1], **unused}
    with proxies.proxy("nginx", folder / "nginx", one.port, other.port) as front:
        with load.Load(front, cast, rate=RATE) as running:
            running.pause(BEFORE)
            killed = running.now
            one.kill()
            running.pause(AFTER)
        last = front.ask("GET", "/readyz")

    failed = running.failed
    print(f"{len(running.told)} requests, {len(running.answered)} registered, {len(failed)} failed")  # noqa: T201
    assert len(running.answered) >= RATE * (BEFORE + AFTER) // 4 - len(failed)
    assert load.faults_in_store(cluster, running.answered) == []
    assert [told for told in failed if not killed <= told.at <= killed + SETTLED] == []
    assert [told for told in failed if not told.is_503_with_words] == []
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
