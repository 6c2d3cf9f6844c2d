"""The client in docs/samples: which calls it tries again, and what it raises."""

import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import settings

SPECIFICATION = importlib.util.spec_from_file_location(
    "portal_client", settings.BASE_DIR / "docs" / "samples" / "portal_client.py"
)
client = importlib.util.module_from_spec(SPECIFICATION)
SPECIFICATION.loader.exec_module(client)


def problem(name, status, **headers):
    return status, {"type": f"https://x/api/programs/docs#{name}", "status": status, "detail": "Why."}, headers


@pytest.fixture
def portal(monkeypatch):
    """A portal that gives the answers of ``portal.answers`` and keeps what it was asked."""
    waits = []
    monkeypatch.setattr(client.time, "sleep", waits.append)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            length = int(self.headers.get("Content-Length") or 0)
            server.asked.append((self.path, self.headers, json.loads(self.rfile.read(length) or "null")))
            status, document, headers = server.answers.pop(0)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(document if isinstance(document, bytes) else json.dumps(document).encode())

        do_POST = do_GET  # noqa: N815  (the name that http.server calls)

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.answers, server.asked, server.waits = [], [], waits
    server.calls = client.Portal(f"http://127.0.0.1:{server.server_port}/", "xlp_key", language="de")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_it_sends_key_language_and_idempotency_key(portal):
    portal.answers = [(201, {"state": "recorded"}, {})]

    assert portal.calls.record([{"line": 1}], idempotency_key="a-1", mode="valid") == {"state": "recorded"}

    ((path, headers, body),) = portal.asked
    assert (path, body) == ("/api/v1/purchases", {"lines": [{"line": 1}], "mode": "valid"})
    assert (headers["Authorization"], headers["Accept-Language"]) == ("Bearer xlp_key", "de")
    assert headers["Idempotency-Key"] == "a-1"


def test_it_reads_all_pages(portal):
    portal.answers = [(200, {"sites": [1, 2], "next": "2-AB1CO9XZ"}, {}), (200, {"sites": [3], "next": None}, {})]

    assert list(portal.calls.sites("Müller & Söhne")) == [1, 2, 3]

    assert portal.asked[1][0] == "/api/v1/sites?q=M%C3%BCller+%26+S%C3%B6hne&cursor=2-AB1CO9XZ"


@pytest.mark.parametrize(
    ("name", "status"), [("too-many-requests", 429), ("unavailable", 503), ("call-in-progress", 409)]
)
def test_it_tries_again_what_says_when(portal, name, status):
    portal.answers = [problem(name, status, Retry_After="7"), (200, {"callers": []}, {})]

    assert portal.calls.callers("1") == []

    assert portal.waits == [7]


def test_it_gives_up_after_some_tries(portal):
    portal.answers = [problem("unavailable", 503, Retry_After="900")] * client.TRIES

    with pytest.raises(client.PortalProblem, match="Why") as raised:
        portal.calls.site("AB1C-O9XZ")

    assert (raised.value.name, raised.value.status) == ("unavailable", 503)
    assert portal.waits == [client.LONGEST_WAIT] * (client.TRIES - 1)


def test_another_problem_is_raised_at_once(portal):
    portal.answers = [problem("lines-rejected", 409)]

    with pytest.raises(client.PortalProblem) as raised:
        portal.calls.try_out([{}])

    assert raised.value.name == "lines-rejected"
    assert portal.asked[0][2] == {"lines": [{}], "mode": "valid", "dry_run": True}


def test_a_proxy_may_answer_without_a_problem(portal):
    portal.answers = [(502, b"<html>Bad gateway</html>", {})]

    with pytest.raises(client.PortalProblem) as raised:
        portal.calls.callers("1")

    assert (raised.value.name, raised.value.status) == ("http-502", 502)


def test_a_portal_that_cannot_be_reached_is_tried_again(portal):
    unreachable = client.Portal("http://127.0.0.1:9", "xlp_key")

    with pytest.raises(client.URLError):
        unreachable.callers("1")

    assert portal.waits == [2, 4, 8, 16, 32]
