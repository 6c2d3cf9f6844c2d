"""Requests per second of the look-up's JSON under gunicorn with 2 workers and 8 connections, beside a bare function."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.conf import settings
from django.test import Client

WORKERS, CONNECTIONS, SECONDS = 2, 8, 5.0


def measure(browser: Client, codes: list[str], url: str) -> dict[str, float]:
    """Requests per second: ours, and the bare function's."""
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    applications = {"json": "licensing_portal.wsgi", "bare": "tests.benchmarks.bare_wsgi"}
    return {name: _rate(application, codes, cookie, url) for name, application in applications.items()}


def _rate(application: str, codes: list[str], cookie: str, url: str) -> float:
    with _served(application, url) as port:
        _ask_for(port, codes, cookie, seconds=SECONDS)  # until both workers have started
        return round(_ask_for(port, codes, cookie, seconds=SECONDS), 1)


@contextmanager
def _served(application: str, url: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--bind", f"127.0.0.1:{port}"]
    command += ["--log-level", "error", f"{application}:application"]
    environment = {**os.environ, "DATABASE_URL": url}
    server = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(port: int) -> None:
    for _attempt in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server does not start")


def _ask_for(port: int, codes: list[str], cookie: str, *, seconds: float) -> float:
    """Responses per second that ``CONNECTIONS`` threads get together."""
    end = time.perf_counter() + seconds
    answered = [0] * CONNECTIONS
    threads = [threading.Thread(target=_ask, args=(port, codes, cookie, end, answered, n)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answered) / seconds


def _ask(port: int, codes: list[str], cookie: str, end: float, answered: list[int], number: int) -> None:
    headers = {"Cookie": cookie, "Host": "localhost"}
    position = number
    while time.perf_counter() < end:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", f"/lookup/?q={quote(codes[position % len(codes)])}&format=json", headers=headers)
        response = connection.getresponse()
        response.read()
        connection.close()
        if response.status != 200:
            raise RuntimeError(f"the server answers {response.status}")
        answered[number] += 1
        position += CONNECTIONS
