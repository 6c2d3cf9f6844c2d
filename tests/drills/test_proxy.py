"""The proxies of docs/deploy in front of gunicorn: forged headers of a client have no effect."""

import json
import re
import subprocess
from urllib.parse import urlencode

import pytest

from licences import licence_files
from licences.models import SerialGuess
from tests.benchmarks._gunicorn import gunicorn
from tests.benchmarks._temporary_database import database_url
from tests.drills import proxies
from tests.drills.proxies import HOST, echo, proxy
from tests.web.production import run as in_production

NAMES = ["nginx", "caddy"]
FORGED = [f"203.0.113.{number}" for number in range(1, 13)]
LOCKED = "Too many failed attempts"


def sent(headers, name):
    return [value for each, value in headers if each == name]


@pytest.mark.parametrize("name", NAMES)
def test_the_configuration_is_valid(name, tmp_path):
    configuration = proxies.CONFIGURATIONS[name](tmp_path, 8000, proxies.free_port(), proxies.free_port())

    checked = subprocess.run(
        proxies.command(name, configuration, only_check=True),
        capture_output=True,
        text=True,
        env={"HOME": str(tmp_path)},
    )

    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr


@pytest.mark.parametrize("name", NAMES)
def test_the_portal_is_told_what_the_proxy_sees_and_not_what_the_client_says(name, tmp_path):
    proxies.program(name, f"/usr/sbin/{name}")
    forged = [
        ("X-Forwarded-For", "203.0.113.1"),
        ("X-Forwarded-For", "203.0.113.2, 203.0.113.3"),
        ("X-Forwarded-Proto", "http"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Port", "1"),
        ("X-Real-IP", "203.0.113.1"),
        ("Forwarded", "for=203.0.113.1;proto=http"),
        ("X-Request-ID", "made-up-by-the-client"),
    ]

    with echo() as upstream, proxy(name, tmp_path, upstream) as front:
        headers = json.loads(front.ask("GET", "/", *forged).body)

    assert sent(headers, "x-forwarded-for") == ["127.0.0.1"]
    assert sent(headers, "x-forwarded-proto") == ["https"]
    assert sent(headers, "host") == [HOST]
    assert [bool(re.fullmatch(r"[0-9a-f-]{32,36}", each)) for each in sent(headers, "x-request-id")] == [True]
    for header in ("x-forwarded-host", "x-forwarded-port", "x-real-ip", "forwarded"):
        assert sent(headers, header) == []


def test_without_its_line_nginx_passes_on_what_the_client_says(tmp_path, monkeypatch):
    """This shows that the test above would notice if the line were missing."""
    line = "proxy_set_header X-Forwarded-For $remote_addr;"
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "nginx.conf").write_text(proxies.replaced((proxies.SHIPPED / "nginx.conf").read_text(), (line, "")))
    monkeypatch.setattr(proxies, "SHIPPED", shipped)

    with echo() as upstream, proxy("nginx", tmp_path / "nginx", upstream) as front:
        headers = json.loads(front.ask("GET", "/", ("X-Forwarded-For", "203.0.113.1")).body)

    assert sent(headers, "x-forwarded-for") == ["203.0.113.1"]


@pytest.mark.parametrize("name", NAMES)
def test_plain_http_leads_to_https_and_reaches_no_portal(name, tmp_path):
    proxies.program(name, f"/usr/sbin/{name}")
    with echo() as upstream, proxy(name, tmp_path, upstream) as front:
        response = front.ask("GET", "/lookup/?q=1", ("X-Forwarded-Proto", "https"), tls=False)

    assert response.status in (301, 308)
    assert re.fullmatch(rf"https://{re.escape(HOST)}(:\d+)?/lookup/\?q=1", response.header("Location"))


def test_the_access_log_of_nginx_holds_neither_searches_nor_keys(tmp_path):
    with echo() as upstream, proxy("nginx", tmp_path, upstream) as front:
        front.ask("GET", "/lookup/?q=Karin+Meyer")
        front.ask("GET", "/accounts/password/reset/1-c4f1-deadbeef/")
        front.ask("GET", "/serials/AB1C-O9XZ/")

    log = (tmp_path / "access.log").read_text()
    assert "GET /lookup/ 200" in log
    assert "GET /accounts/password/reset/- 200" in log
    assert "GET /serials/AB1C-O9XZ/ 200" in log
    assert "Meyer" not in log
    assert "deadbeef" not in log


@pytest.fixture(scope="module")
def static_root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    collected = in_production("manage.py", "collectstatic", "--noinput", STATIC_ROOT=str(folder))
    assert collected.returncode == 0, collected.stderr
    return folder


@pytest.fixture
def served(static_root):
    """gunicorn with the settings of production, and low limits for guesses and failed log-ins from one address."""
    environment = {
        "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
        "PORTAL_URL": f"https://{HOST}",
        "STATIC_ROOT": str(static_root),
        "RATE_LIMIT_ADDRESS": "20",
        "SIGN_IN_TRIES_ADDRESS": "5",
    }
    key = licence_files.new_key()
    with gunicorn("licensing_portal.wsgi", database_url=database_url(), workers=2, signing_key=key, **environment) as (
        port,
        _master,
    ):
        yield port


def guess(front, forged, number):
    query = urlencode({"serial": f"AB1C-O9X{number % 10}", "site_id": "AB1C-O9XZ-AB1C", "to": "2.6"})
    return front.ask("GET", f"/api/v1/upgrade-check?{query}", *forged).status


def log_in(front, forged, number):
    page = front.ask("GET", "/accounts/login/")
    cookie = page.header("Set-Cookie").partition(";")[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body)[1]
    body = urlencode({"csrfmiddlewaretoken": token, "username": f"nobody{number}", "password": "wrong"})
    headers = [
        ("Cookie", cookie),
        ("Referer", f"https://{HOST}/accounts/login/"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ]
    return front.ask("POST", "/accounts/login/", *headers, *forged, body=body).body


WAYS = {
    "one": lambda address: [("X-Forwarded-For", address)],
    "a list": lambda address: [("X-Forwarded-For", f"{address}, {address}")],
    "two headers": lambda address: [("X-Forwarded-For", address), ("X-Forwarded-For", address)],
    "with an underscore": lambda address: [("X_Forwarded_For", address)],
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", NAMES)
def test_rotating_addresses_do_not_get_round_the_limits(name, tmp_path, served):
    with proxy(name, tmp_path, served) as front:
        forgeries = [way(address) for address in FORGED[:5] for way in WAYS.values()]
        guesses = [guess(front, forged, number) for number, forged in enumerate(forgeries)]
        pages = [log_in(front, forged, number) for number, forged in enumerate(forgeries[:10])]

    assert guesses.count(404) <= 2
    assert set(guesses[2:]) == {429}
    assert ["Wrong username or password" in page for page in pages] == [True] * 5 + [False] * 5
    assert [LOCKED in page for page in pages] == [False] * 5 + [True] * 5
    assert set(SerialGuess.objects.values_list("address", flat=True)) == {"127.0.0.1"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", NAMES)
def test_the_scheme_cannot_be_forged(name, tmp_path, served):
    with proxy(name, tmp_path, served) as front:
        over_tls = front.ask("GET", "/accounts/login/", ("X-Forwarded-Proto", "http"))
        twice = front.ask("GET", "/accounts/login/", ("X-Forwarded-Proto", "http"), ("X_Forwarded_Proto", "http"))
        plain = front.ask("GET", "/accounts/login/", ("X-Forwarded-Proto", "https"), tls=False)

    assert (over_tls.status, twice.status) == (200, 200)
    assert "Secure" in over_tls.header("Set-Cookie")
    assert plain.status in (301, 308)
    assert plain.header("Set-Cookie") == ""


@pytest.mark.django_db(transaction=True)
def test_gunicorn_itself_believes_the_last_of_several_headers_and_no_scheme_of_its_own(served, tmp_path):
    front = proxies.Proxy("none", 0, served, tmp_path)
    proto = ("X-Forwarded-Proto", "https")
    last = ("X-Forwarded-For", "198.51.100.9")

    statuses = [guess(_Plain(front), [proto, ("X-Forwarded-For", forged), last], 1) for forged in FORGED[:6]]

    assert statuses.count(404) <= 2
    assert set(statuses[2:]) == {429}
    assert set(SerialGuess.objects.values_list("address", flat=True)) == {"198.51.100.9"}


class _Plain:
    def __init__(self, front):
        self.front = front

    def ask(self, *arguments, **options):
        return self.front.ask(*arguments, **options, tls=False)
